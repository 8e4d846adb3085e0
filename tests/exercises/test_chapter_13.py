"""Answers to chapter 13 that a test can make without a model."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow_model_analysis as tfma

from utils import intervals
from utils.exercises import chapter_13
from utils.exercises.reading import AnswerForm

ONE = "(SELECT prediction_id, MAX(disputed) AS disputed FROM outcomes GROUP BY prediction_id)"
QUERY = (
    "SELECT version, COUNT(*), COUNT(disputed), {rate} FROM predictions {kind} {outcomes} AS o "
    "ON o.prediction_id = predictions.prediction_id {where} {group}"
)


def query(**changes):
    parts = {
        "rate": "AVG(disputed)",
        "kind": "LEFT JOIN",
        "outcomes": ONE,
        "where": "WHERE asked_at < '2015-10-30'",
        "group": "GROUP BY version",
    }
    return QUERY.format(**{**parts, **changes})


def test_the_query():
    assert chapter_13.rates_by_version(query(), None)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (query(kind="JOIN"), "use a LEFT JOIN"),
        (query(outcomes="outcomes"), "arrived twice"),
        (query(where=""), "not mature"),
        (query(where="", outcomes="outcomes"), "not mature"),
        (query(rate="AVG(COALESCE(disputed, 0))"), "neither 0 nor 1"),
        (query(rate="SUM(disputed) / COUNT(disputed)"), "AVG does not"),
        (query(group=""), "one row for each version"),
        (query(rate="printf('%.4f', AVG(disputed))"), "numbers, and not texts"),
        (query() + " UNION SELECT 'all', 1, 1, 1.0", "numbers, and not texts"),
        (query().replace("COUNT(*)", "SUM(CASE version WHEN 1 THEN 4 END)"), "counts [16, None]"),
        ("SELECT 1\0", "SQLite refuses"),
        ("SELECT 1", "four columns"),
        ("DROP TABLE predictions", "four columns"),
        ("SELEC", "SQLite refuses"),
    ],
)
def test_other_queries(answer, said):
    verdict = chapter_13.rates_by_version(answer, None)
    assert not verdict and said in verdict.reason


def by_interval(labels, scores):
    known = ~np.isnan(labels)
    return intervals.bootstrap(np.mean, scores[known] - labels[known], rounds=200).excludes_zero


def test_the_trigger():
    assert chapter_13.calibration_trigger(by_interval, None)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda labels, scores: False, "too many"),
        (lambda labels, scores: True, "half of the outcomes"),
        (lambda labels, scores: np.nanmean(scores - labels) > 0.02, "both sides"),
        (
            lambda labels, scores: abs(scores.mean() - np.nan_to_num(labels).mean()) > 0.03,
            "leave out",
        ),
        (lambda labels, scores: abs(np.nanmean(scores - labels)) > 0.02, "excludes zero"),
        (lambda labels: True, "TypeError"),
    ],
)
def test_other_triggers(answer, said):
    verdict = chapter_13.calibration_trigger(answer, None)
    assert not verdict and said in verdict.reason


def threshold(value=0.6, direction=tfma.MetricDirection.HIGHER_IS_BETTER, **change):
    return tfma.MetricThreshold(
        value_threshold=value and tfma.GenericValueThreshold(lower_bound={"value": value}),
        change_threshold=None if not change else tfma.GenericChangeThreshold(
            direction=direction, **{kind: {"value": by} for kind, by in change.items()}
        ),
    )  # fmt: skip


def test_the_bound():
    assert chapter_13.better_than_the_one_in_use(threshold(absolute=0.02), None)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (threshold(absolute=-0.02), "worse by up to 0.02"),
        (threshold(relative=0.02), "an absolute one"),
        (threshold(absolute=0.02, direction=tfma.MetricDirection.LOWER_IS_BETTER), "direction"),
        (threshold(absolute=0.2), "it asks for 0.2"),
        (threshold(value=0.7, absolute=0.02), "should reach 0.6"),
        (threshold(value=None, absolute=0.02), "keep the value threshold"),
        (threshold(), "the change_threshold"),
    ],
)
def test_other_bounds(answer, said):
    verdict = chapter_13.better_than_the_one_in_use(answer, None)
    assert not verdict and said in verdict.reason


def explore(scores, capacity, random, share=0.1):
    by_chance = int(share * capacity)
    order = np.argsort(-scores)
    chosen = np.zeros(len(scores), bool)
    chosen[order[: capacity - by_chance]] = True
    chosen[random.choice(order[capacity - by_chance :], by_chance, replace=False)] = True
    return chosen


def test_the_policy():
    assert chapter_13.policy_with_exploration(explore, None)


def overlapping(scores, capacity, random):
    chosen = scores >= np.sort(scores)[-capacity]
    chosen[random.choice(len(scores), 25, replace=False)] = True
    return chosen


def the_same_few(scores, capacity, random):
    return explore(scores, capacity, np.random.RandomState(1))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda scores, capacity, random: scores >= np.sort(scores)[-capacity], "with a low score"),
        (lambda scores, capacity, random: explore(scores, capacity, random, 0.8), "a small part"),
        (overlapping, "must not overlap"),
        (the_same_few, "no chance at all"),
        (lambda scores, capacity: scores > 1, "TypeError"),
    ],
)
def test_other_policies(answer, said):
    verdict = chapter_13.policy_with_exploration(answer, None)
    assert not verdict and said in verdict.reason


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (chapter_13.rates_by_version, 5),
        (chapter_13.calibration_trigger, "no function"),
        (chapter_13.better_than_the_one_in_use, 0.02),
        (chapter_13.policy_with_exploration, 0.1),
        (chapter_13.policy_with_exploration, lambda scores, capacity, random: scores),
    ],
)
def test_answers_of_another_form(check, answer):
    with pytest.raises(AnswerForm):
        check(answer, None)
