"""Arrivals, spans from the log, patterns and the loop, without TFX."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from utils.complaints import planted
from utils.complaints.csvio import read_records
from utils.complaints.schema import COLUMNS, KEY, LABEL
from utils.feedback import arrivals, databases, exports, loop, patterns
from utils.feedback.errors import FeedbackError
from utils.feedback.log import Prediction, ServingLog, moment

PLENTY = 20_000


@pytest.fixture(scope="module")
def s1():
    return arrivals.complaints("S1", 400)


def test_complaints_are_spread_over_the_span(s1):
    assert len(s1) == 400 and s1[KEY].is_unique and list(s1.columns) == list(COLUMNS)
    assert s1.date_received.min() < "2015-03-25" and s1.date_received.max() > "2015-12-25"
    assert set(s1[LABEL]) == {0, 1}
    assert all(value is None or isinstance(value, str) for value in s1.zip_code)


@pytest.mark.parametrize(("span", "rows"), [("S5", 10), ("S1", 0), ("S1", 10_001), ("S9", 5)])
def test_no_other_complaints(span, rows):
    with pytest.raises(FeedbackError, match="labelled complaints"):
        arrivals.complaints(span, rows)


def test_delays_are_those_of_the_variant_and_always_the_same():
    days = np.array([arrivals.delay(str(n)).total_seconds() / 86_400 for n in range(PLENTY)])
    assert abs(days.mean() - planted.IMMATURE_MEAN_DAYS) < 4 * 21 / np.sqrt(PLENTY)
    assert abs((days < 63).mean() - (1 - np.exp(-3))) < planted.tolerance(PLENTY, np.exp(-3))
    assert arrivals.delay("7") == arrivals.delay("7") != arrivals.delay("8")
    assert arrivals.received("7", "2016-01-31").date() == dt.date(2016, 1, 31)


def test_outcomes_keep_the_labels(s1):
    made = arrivals.outcomes(s1, s1[KEY])
    assert [one.disputed for one in made] == s1[LABEL].astype(bool).tolist()
    asked = [arrivals.received(*one) for one in zip(s1[KEY], s1.date_received, strict=True)]
    assert all(moment(one.arrived_at) >= moment(at) for one, at in zip(made, asked, strict=True))


def test_immature_labels_are_pending_or_known():
    table = arrivals.immature(30)
    known = table[LABEL].notna().mean()
    assert abs(known - planted.IMMATURE_FACTOR) < planted.tolerance(
        len(table), planted.IMMATURE_FACTOR
    )
    assert table.date_received.min() == "2015-12-02"


@pytest.fixture
def log(tmp_path):
    return ServingLog(databases.sqlite(databases.create(tmp_path / "log.sqlite"))).create()


def as_predictions(rows):
    return [
        Prediction(one[KEY], one[KEY], one["date_received"], 1, 0.5, {k: v for k, v in one.items() if k != LABEL})
        for one in rows.to_dict("records")
    ]  # fmt: skip


def test_a_span_is_what_was_asked_with_what_is_known(log, s1, tmp_path):
    some = s1.head(5)
    log.predictions(as_predictions(some))
    log.outcomes(arrivals.outcomes(some.head(3), some.head(3)[KEY]))
    joined = log.joined("2030-01-01")
    again = joined.assign(asked_at="2029-01-01", disputed=1 - joined.disputed)
    file = tmp_path / "S1" / "complaints.csv"
    assert exports.span(pd.concat([again, joined]), file) == 3
    written = {row[KEY]: row for row in read_records(file)}
    for row in some.to_dict("records"):
        wanted = {name: row[name] or "" for name in COLUMNS if name != LABEL}
        assert {name: written[row[KEY]][name] for name in wanted} == wanted
    labels = [written[row[KEY]][LABEL] for row in some.to_dict("records")]
    assert labels == [*some.head(3)[LABEL].astype(str), "", ""]


def test_an_equal_span_is_left_as_it_is(log, s1, tmp_path):
    log.predictions(as_predictions(s1.head(5)))
    file = tmp_path / "complaints.csv"
    exports.span(log.joined("2030-01-01"), file)
    before = file.stat().st_ino
    exports.span(log.joined("2030-01-01"), file)
    assert file.stat().st_ino == before
    log.outcomes(arrivals.outcomes(s1.head(1), s1.head(1)[KEY]))
    exports.span(log.joined("2030-01-01"), file)
    assert file.stat().st_ino != before


def test_what_was_not_logged_cannot_be_written(log, tmp_path):
    with pytest.raises(FeedbackError, match="no prediction"):
        exports.span(log.joined("2030-01-01"), tmp_path / "no.csv")
    log.predictions([Prediction("p", "c", "2016-01-01", 1, 0.5, {"product": "Mortgage"})])
    with pytest.raises(FeedbackError, match="c has no 'date_received'"):
        exports.span(log.joined("2030-01-01"), tmp_path / "no.csv")


def test_patterns_bring_what_they_are_made_of():
    truth = (np.arange(PLENTY) % 4 == 0).astype(int)
    found = patterns.compare(truth)
    assert found.labels["implicit action"] == PLENTY and found.right["implicit action"] == 1
    assert found.rate["rating"].low > 0.5, "the angry answer more often"
    assert abs(found.rate["expert"].value - 0.265) < planted.tolerance(
        found.labels["expert"], 0.265
    )
    assert abs(found.right["crowd"] - (0.8**3 + 3 * 0.8**2 * 0.2)) < 0.03
    assert found.labels["expert"] < found.labels["rating"] < found.labels["automatic"]


def test_patterns_that_cannot_be():
    with pytest.raises(FeedbackError, match="even number"):
        patterns.Pattern("a", "", 1, 1, voters=2)
    with pytest.raises(FeedbackError, match="outside of 0 to 1"):
        patterns.Pattern("a", "", 1.5, 1)
    with pytest.raises(FeedbackError, match="no label"):
        patterns.compare([0, 1], [patterns.Pattern("a", "", 0, 0)])


def test_the_loop_does_each_turn_once(log):
    done = []

    def turn(name):
        done.append(name)
        return {"value": len(done)}

    first = loop.run(["S2", "S3"], turn, log)
    again = loop.run(["S2", "S3", "S4"], turn, log)
    assert done == ["S2", "S3", "S4"]
    assert [one.fresh for one in first + again] == [True, True, False, False, True]
    assert [one.record["value"] for one in again] == [1, 2, 3]
    with pytest.raises(FeedbackError, match="one name"):
        loop.run(["S2", "S2"], turn, log)


def test_a_turn_that_fails_is_not_finished(log):
    with pytest.raises(RuntimeError):
        loop.run(["S2"], lambda name: (_ for _ in ()).throw(RuntimeError(name)), log)
    assert log.turn("S2") is None
