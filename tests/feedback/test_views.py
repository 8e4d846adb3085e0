"""What the views say."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from utils.feedback import views
from utils.feedback.errors import FeedbackError
from utils.intervals import Interval


def joined():
    days = pd.date_range("2015-12-04", "2015-12-31", freq="6h").strftime("%Y-%m-%dT%H:%M:%S")
    known = [float(n % 4 == 0) if n % 2 == 0 or n < 56 else float("nan") for n in range(len(days))]
    return pd.DataFrame({"asked_at": days, "disputed": known})


def test_by_week_shows_what_pending_does():
    view = views.by_week(joined(), truth=0.25)
    assert view.data.week.tolist() == [3, 2, 1, 0]
    first, last = view.data.iloc[0], view.data.iloc[-1]
    assert first.known == 1 and first.pending_as_0 == first.known_only
    assert last.known < 0.6 and last.pending_as_0 < last.known_only
    assert "true rate 0.250" in view.html() and "0 weeks ago" in view.text()


def test_by_week_without_outcomes_or_predictions():
    assert len(views.by_week(joined().assign(disputed=float("nan"))).data) == 4
    assert len(views.by_week(joined().tail(1)).data) == 1
    with pytest.raises(FeedbackError, match="no prediction"):
        views.by_week(joined().head(0))


def test_history_shows_curves_with_intervals_and_events():
    curve = {"S1": Interval(0.68, 0.65, 0.7), "S4": Interval(0.55, 0.52, 0.58)}
    view = views.history({"without": curve, "with": curve}, {"S4": "retrained"})
    assert view.data.event.tolist() == ["", "retrained", "", "retrained"]
    assert "0.520 to 0.580" in view.html() and view.html().count("retrained") >= 3
    for wrong in ({}, {"a": {}}, {"a": curve, "b": {"S1": curve["S1"]}}):
        with pytest.raises(FeedbackError, match="no spans, or not the same"):
            views.history(wrong)


def test_history_draws_what_has_a_value():
    none = Interval(math.nan, math.nan, math.nan)  # a span with labels of one kind
    some = {"S1": Interval(0.68, 0.65, 0.7), "S2": none}
    view = views.history({"without": some, "with": {"S1": none, "S2": none}})
    assert view.picture.count("<circle") == 2  # a point and its legend
    assert "nan" not in view.picture and view.data.value.isna().sum() == 3
    with pytest.raises(FeedbackError, match="in any span"):
        views.history({"with": {"S1": none}})
