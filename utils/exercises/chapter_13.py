"""The exercises of chapter 13: a query, a trigger, a bound and a policy, each tried on cases whose answer is known."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.feedback.log import TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIPE = "2015-10-30"
"""Exercise 13.1 asks for predictions before this day."""

GAIN = 0.02
"""How much better the candidate of exercise 13.3 must be."""

LEAST_AUC = 0.6
"""The AUC that it must reach in any case."""

_AGAIN = "o1 again"
_PREDICTIONS = (
    ("a1", "2015-10-01T10:00:00", 1), ("a2", "2015-10-02T10:00:00", 1), ("a3", "2015-10-03T10:00:00", 1),
    ("a4", "2015-10-29T23:59:59", 1), ("b1", "2015-10-05T10:00:00", 2), ("b2", "2015-10-06T10:00:00", 2),
    ("y1", "2015-10-30T00:00:00", 1), ("y2", "2015-12-24T10:00:00", 2),
)  # fmt: skip
_OUTCOMES = (
    ("o1", "a1", 1), (_AGAIN, "a1", 0), ("o2", "a2", 0), ("o3", "a3", 0), ("o4", "b1", 1),
    ("o5", "y1", 1), ("o6", "y2", 1), ("o7", "nobody", 1),
)  # fmt: skip
_WANTED: list[tuple[int, int, int, float]] = [(1, 4, 3, 1 / 3), (2, 2, 1, 1.0)]
"""By version: predictions, known outcomes, dispute rate."""

_TRIES = 20
_MOST_ALARMS = 5


@exercise("13.1")
def rates_by_version(answer: Any, context: Any) -> Verdict:
    """Check a query over predictions and outcomes, by running it on a small database.

    Args:
        answer: One ``SELECT``.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    query = reading.text(answer)
    try:
        found = _answered(query, _PREDICTIONS, _OUTCOMES)
        once = _answered(query, _PREDICTIONS, [one for one in _OUTCOMES if one[0] != _AGAIN])
        ripe = _answered(query, [one for one in _PREDICTIONS if one[1] < RIPE], _OUTCOMES)
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        return not_yet(f"SQLite refuses the query: {error}.")
    if not found or any(len(row) != 4 for row in found):
        return not_yet("it should return four columns, and one row for each version.")
    if any(isinstance(value, (str, bytes)) for row in found for value in row):
        return not_yet("it should return numbers, and not texts such as printf and quotes make.")
    rows = [row for row in found if row[0] is not None]
    if sorted(row[0] for row in rows) != [1, 2]:
        return not_yet("it should return exactly one row for each version: group by it.")
    rows.sort(key=lambda row: row[0])
    if set(found) != set(ripe):
        return not_yet(
            f"it counts predictions that were asked on or after {RIPE}, which are not mature."
        )
    if Counter(row[1] for row in found) != Counter(row[1] for row in once):
        return not_yet(
            "an outcome that arrived twice, under two ids, makes two predictions of one: join one row a prediction."
        )
    counts = [row[1] for row in rows]
    if counts != [one[1] for one in _WANTED]:
        return not_yet(
            f"on a small log it counts {counts} predictions, which should be [4, 2]: one without an outcome counts, so "
            "use a LEFT JOIN."
        )
    if [row[2] for row in rows] != [one[2] for one in _WANTED]:
        return not_yet(
            f"on a small log it finds {[row[2] for row in rows]} known outcomes, which should be [3, 1]."
        )
    rates = [row[3] for row in rows]
    if any(rate is None for rate in rates) or not np.allclose(rates, [one[3] for one in _WANTED]):
        return not_yet(
            "the rate is that of the known outcomes only; a missing one is neither 0 nor 1. And whole numbers divide "
            "to whole numbers in SQL: AVG does not."
        )
    return yes(
        "a late outcome, a missing one and one that came twice: each prediction counts once."
    )


@exercise("13.2")
def calibration_trigger(answer: Any, context: Any) -> Verdict:
    """Check a trigger that fires when a model expects another number of disputes than there are.

    Args:
        answer: From labels and scores to True or False.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    trigger = reading.function(answer, "a function of labels and scores")
    cases = {
        "too many": [_sample(3_000, 0.046, 0.0, seed) for seed in range(_TRIES)],
        "too few": [_sample(3_000, -0.046, 0.0, seed) for seed in range(_TRIES)],
        "right": [_sample(3_000, 0.0, 0.0, seed) for seed in range(_TRIES)],
        "pending": [_sample(3_000, 0.0, 0.5, seed) for seed in range(_TRIES)],
        "few": [_sample(40, 0.0, 0.2, seed) for seed in range(_TRIES)],
    }
    try:
        fired = {
            name: sum(bool(trigger(labels, scores)) for labels, scores in tries)
            for name, tries in cases.items()
        }
    except Exception as error:
        return not_yet(f"it stops with {type(error).__name__}: {error}.")
    if fired["too many"] < _TRIES - 2:
        return not_yet(
            "it stays silent although 3,000 scores promise almost five disputes in a hundred too many."
        )
    if fired["too few"] < _TRIES - 2:
        return not_yet(
            "it stays silent although the scores promise too few disputes: look at both sides."
        )
    if fired["pending"] > _MOST_ALARMS:
        return not_yet(
            "it fires for a model that is right, when half of the outcomes are pending: leave out the rows whose label "
            "is NaN, of the scores too."
        )
    if max(fired["few"], fired["right"]) > _MOST_ALARMS:
        return not_yet(
            "it fires for models that are right, when chance alone makes a difference: ask for an interval that "
            "excludes zero."
        )
    return yes(
        f"it fires {fired['too many']} and {fired['too few']} of {_TRIES} times where the scores are wrong, and "
        f"{fired['right']} and {fired['pending']} times where they are right."
    )


@exercise("13.3")
def better_than_the_one_in_use(answer: Any, context: Any) -> Verdict:
    """Check a threshold that lets a new model pass only if it is clearly better than the old one.

    Args:
        answer: A ``tfma.MetricThreshold``.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    from tensorflow_model_analysis.proto import config_pb2

    if not isinstance(answer, config_pb2.MetricThreshold):
        raise reading.AnswerForm("a tfma.MetricThreshold", answer)
    if not answer.HasField("value_threshold"):
        return not_yet(
            "nothing is asked of a first model, which has no baseline: keep the value threshold."
        )
    if abs(answer.value_threshold.lower_bound.value - LEAST_AUC) > 1e-6:
        return not_yet(f"the AUC itself should reach {LEAST_AUC}.")
    if not answer.HasField("change_threshold"):
        return not_yet("it does not compare with the model in use: that is the change_threshold.")
    change = answer.change_threshold
    if change.direction != config_pb2.MetricDirection.HIGHER_IS_BETTER:
        return not_yet(
            "say in which direction the metric is better, or TFMA compares the other way round."
        )
    if not change.HasField("absolute"):
        return not_yet(
            "a relative change of 0.02 is 2 percent of the old AUC: ask for an absolute one."
        )
    if change.absolute.value < 0:
        return not_yet(
            f"it lets a model pass that is worse by up to {-change.absolute.value:g}: which sign has a gain?"
        )
    if abs(change.absolute.value - GAIN) > 1e-6:
        return not_yet(f"it asks for {change.absolute.value:g}; {GAIN} was asked for.")
    return yes("a candidate that is only as good as the model in use is not pushed any more.")


@exercise("13.4")
def policy_with_exploration(answer: Any, context: Any) -> Verdict:
    """Check a policy for the desk: as many calls as before, most of them by score, and a chance for everybody.

    Args:
        answer: From scores, the number of calls and a ``numpy.random.RandomState`` to True or False for each row.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    policy = reading.function(answer, "a function of scores, capacity and random")
    scores = np.random.RandomState(0).permutation(1_000) / 1_000
    capacity, tries = 250, 60
    chosen = []
    for seed in range(tries):
        try:
            found = np.asarray(policy(scores.copy(), capacity, np.random.RandomState(seed)))
        except Exception as error:
            return not_yet(f"it stops with {type(error).__name__}: {error}.")
        if found.shape != scores.shape or found.dtype != bool:
            raise reading.AnswerForm("an array of True and False, one for each score", found)
        if found.sum() != capacity:
            return not_yet(
                f"it calls about {found.sum()} complaints, and the desk can make {capacity} calls: the two parts must "
                "not overlap."
            )
        chosen.append(found)
    often = np.mean(chosen, axis=0)
    low = often[scores < 0.75]
    if not (low > 0).any():
        return not_yet(
            "it never calls about a complaint with a low score, so nobody learns what becomes of those."
        )
    if low.max() == 1 or (low == 0).mean() > 0.5:
        return not_yet(
            "some complaints with a low score have no chance at all: draw from all that the score leaves over, anew "
            "each time."
        )
    best = often[scores >= 0.85].mean()
    if best < 0.95:
        return not_yet(
            f"of the complaints with the highest scores it reviews {best:.0%} only: spend a small part of the reviews "
            "on chance, say a tenth."
        )
    return yes(
        f"{capacity} calls each time; a complaint with a low score gets one {low.mean():.1%} of the time."
    )


def _answered(
    query: str, predictions: Sequence[tuple], outcomes: Sequence[tuple]
) -> list[tuple[Any, ...]]:
    """Run a query on a small log."""
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in TABLES:
            database.execute(statement)
        database.executemany(
            "INSERT INTO predictions VALUES (?, ?, ?, ?, 0.5, '{}')",
            [(one, one, at, version) for one, at, version in predictions],
        )
        database.executemany(
            "INSERT INTO outcomes VALUES (?, ?, '2015-11-20T00:00:00', '2015-11-20T00:00:00', ?, 'consumer')",
            outcomes,
        )
        return [tuple(row) for row in database.execute(query)]


def _sample(
    rows: int, excess: float, pending: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Labels, and scores that promise so many disputes too many."""
    random = np.random.RandomState(seed)
    true = random.beta(2, 7, rows)
    labels = (random.uniform(size=rows) < true).astype("float64")
    labels[random.uniform(size=rows) < pending] = np.nan
    return labels, np.clip(true + excess, 0.001, 0.999)
