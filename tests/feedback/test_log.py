"""The serving log, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from tests.feedback.rows import outcome, predictions
from utils.feedback import databases
from utils.feedback.errors import FeedbackError
from utils.feedback.log import (
    CONTRADICTORY,
    KNOWN,
    MISSING,
    PENDING,
    Outcome,
    Prediction,
    ServingLog,
    Written,
    moment,
)
from utils.feedback.spool import Spool


def states(log, now, **named):
    table = log.joined(now, **named)
    return dict(zip(table.prediction_id, table.state, strict=True))


def test_what_is_written_twice_is_counted_once(log):
    assert log.predictions(predictions(3)) == Written(new=3)
    again = log.predictions(predictions(3, version=2))
    assert (again.new, again.known) == (0, 3)
    assert set(log.joined("2016-02-01").version) == {1}, "the first answer stays"


def test_duplicates_within_one_batch(log):
    assert log.predictions(predictions(2) + predictions(2)) == Written(new=2, known=2)
    assert log.counts()["predictions"] == 2
    assert log.predictions([]) == Written()


def test_the_request_and_the_score_come_back(log):
    log.predictions(predictions(3))
    table = log.joined("2016-02-01")
    assert table.request[0] == {"product": "Mortgage </script>", "state": None}
    assert table.score.tolist() == [0, 1 / 3, 2 / 3]
    assert table.complaint_id.tolist() == ["c0", "c1", "c2"]


def test_text_that_a_database_may_not_like(log):
    text = "' ; DROP TABLE predictions; -- \0 \ud800 ? %s \u202e"
    log.predictions([Prediction("it's ?", "%s", "2016-01-01", 1, 0.5, {"narrative": text})])
    (found,) = log.joined("2016-01-02").to_dict("records")
    assert found["request"] == {"narrative": text}
    assert (found["prediction_id"], found["complaint_id"]) == ("it's ?", "%s")


def test_late_missing_and_pending(log):
    log.predictions(predictions(3))
    log.outcomes(
        [outcome("p0", True, "2016-02-01"), outcome("p1", False, "2016-02-01", 0, "2016-03-20")]
    )
    assert states(log, "2016-01-31") == dict.fromkeys(("p0", "p1", "p2"), PENDING)
    assert states(log, "2016-02-01") == {"p0": KNOWN, "p1": PENDING, "p2": PENDING}
    assert states(log, "2016-03-10") == {"p0": KNOWN, "p1": MISSING, "p2": MISSING}
    assert states(log, "2016-04-01") == {"p0": KNOWN, "p1": KNOWN, "p2": MISSING}
    table = log.joined("2016-04-01").set_index("prediction_id")
    assert table.disputed["p0"] == 1 and table.disputed["p1"] == 0
    assert math.isnan(table.disputed["p2"])
    assert states(log, "2016-02-01", mature_after=7)["p2"] == MISSING


def test_the_latest_observation_counts_whenever_it_arrives(log):
    log.predictions(predictions(1))
    log.outcomes([outcome("p0", True, "2016-02-10", arrived="2016-02-11")])
    log.outcomes([outcome("p0", False, "2016-02-05", arrived="2016-02-20")])
    (found,) = log.joined("2016-03-01").to_dict("records")
    assert found["disputed"] == 1 and found["outcomes"] == 2
    assert found["arrived_at"] == "2016-02-11T00:00:00"


def test_contradictory_outcomes_are_no_label(log):
    log.predictions(predictions(2))
    log.outcomes([outcome("p0", True, "2016-02-01", 1), outcome("p0", False, "2016-02-01", 2)])
    log.outcomes([outcome("p1", True, "2016-02-01", 1), outcome("p1", True, "2016-02-01", 2)])
    table = log.joined("2016-03-01").set_index("prediction_id")
    assert table.state.to_dict() == {"p0": CONTRADICTORY, "p1": KNOWN}
    assert math.isnan(table.disputed["p0"]) and table.disputed["p1"] == 1
    log.outcomes([outcome("p0", False, "2016-02-02", 3)])
    assert log.joined("2016-03-01").disputed[0] == 0, "a later word settles it"


def test_an_outcome_may_come_before_its_prediction(log):
    log.outcomes([outcome("p0", True, "2016-02-01")])
    assert len(log.joined("2016-03-01")) == 0
    log.predictions(predictions(1))
    assert states(log, "2016-03-01") == {"p0": KNOWN}


def test_since_and_now_limit_the_predictions(log):
    log.predictions(predictions(1, "2016-01-01"))
    log.predictions([Prediction("later", "c", "2016-06-01", 1, 0.5)])
    assert set(states(log, "2016-05-31")) == {"p0"}
    assert set(states(log, "2016-07-01", since="2016-02-01")) == {"later"}
    assert states(log, "2015-01-01") == {}


def test_turns_are_kept_as_they_were_first_recorded(log):
    assert log.turn("S2") is None
    log.finish("S2", {"reasons": ["</script>"]})
    log.finish("S2", {"reasons": []})
    assert log.turn("S2") == {"reasons": ["</script>"]}


IMPOSSIBLE = pytest.mark.parametrize(
    ("row", "said"),
    [
        (Prediction("", "c", "2016-01-01", 1, 0.5), "no id or name"),
        (Prediction("\ud800", "c", "2016-01-01", 1, 0.5), "no id or name"),
        (Prediction("p", "c", "2016-01-01", 2**63, 0.5), "no version"),
        (Prediction("p", "c", "2016-01-01", -(2**63) - 1, 0.5), "no version"),
        (Prediction("p", "c", "2016-01-01", None, 0.5), "no version"),
        (Prediction("p", "c", "2016-01-01", 1, "abc"), "no number"),
        (Prediction("p", "c", "2016-01-01", 1, None), "no number"),
        (Prediction("a\0", "c", "2016-01-01", 1, 0.5), "no id or name"),
        (Prediction("p", "c", "yesterday", 1, 0.5), "no moment"),
        (Prediction("p", "c", "2016-01-01", 1, float("nan")), "no number"),
        (Prediction("p", "c", "2016-01-01", 1, float("inf")), "no number"),
    ],
)


@IMPOSSIBLE
def test_a_prediction_that_cannot_be_is_refused_with_its_batch(log, row, said):
    with pytest.raises(FeedbackError, match=said):
        log.predictions([*predictions(2), row])
    assert log.counts()["predictions"] == 0


@IMPOSSIBLE
def test_nor_does_it_wait_for_a_database_that_is_away(tmp_path, row, said):
    away = ServingLog(databases.sqlite(tmp_path / "none"), Spool(tmp_path / "waiting.jsonl"))
    with pytest.raises(FeedbackError, match=said):
        away.predictions([*predictions(2), row])
    assert len(away.spool) == 0


def test_the_greatest_versions_come_back(log):
    log.predictions([Prediction("a", "c", "2016-01-01", 2**63 - 1, 0.5)])
    log.predictions([Prediction("b", "c", "2016-01-01", -(2**63), 0.5)])
    assert log.joined("2016-01-02").version.tolist() == [2**63 - 1, -(2**63)]


@pytest.mark.parametrize("label", [None, 2, "1", float("nan")])
def test_no_outcome_is_not_an_outcome(log, label):
    with pytest.raises(FeedbackError, match="neither 0 nor 1"):
        log.outcomes([Outcome("o", "p", "2016-01-01", "2016-01-01", label)])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.date(2016, 1, 2), "2016-01-02T00:00:00"),
        (dt.datetime(2016, 1, 2, 3, 4, 5, 6), "2016-01-02T03:04:05"),
        ("2016-01-02", "2016-01-02T00:00:00"),
        (
            dt.datetime(2016, 1, 2, 3, tzinfo=dt.timezone(dt.timedelta(hours=2))),
            "2016-01-02T01:00:00",
        ),
    ],
)
def test_moments_are_written_one_way(value, text):
    assert moment(value) == text


def test_a_wrong_statement_is_no_reason_to_wait(database):
    with pytest.raises(Exception, match="nowhere") as caught:
        database.query("SELECT 1 FROM nowhere")
    assert not isinstance(caught.value, FeedbackError)
