"""Pictures of what was watched and measured."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from utils.monitoring import views

SERIES = pd.DataFrame(
    {"series": ["", "", ""], "seconds": [-2.0, -1.0, 0.0], "value": [1.0, math.nan, 3.0]}
)


def test_a_curve_and_its_bound_are_drawn():
    view = views.over_time({"errors": SERIES}, "Errors", "share", threshold=2.0)
    assert view.data["curve"].tolist() == ["errors"] * 3
    assert view.data["value"].dropna().tolist() == [1.0, 3.0]
    assert "bound 2" in view.picture
    assert 'aria-label="Errors: at the end errors 3"' in view.picture
    assert view.picture.count("workbook-mark-0") == 3, "two values and the legend"
    assert "nan" not in view.picture
    assert "errors  -2" in view.text()


def test_a_table_alone_is_told_apart_by_its_labels():
    two = SERIES.assign(series=["a", "a", "b"])
    assert views.over_time(two, "Two").data["curve"].unique().tolist() == ["a", "b"]


def test_nothing_to_draw():
    with pytest.raises(ValueError, match="no value"):
        views.over_time({"none": SERIES.head(0)}, "Nothing")
