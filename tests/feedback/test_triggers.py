"""Each trigger fires for its own reason, and says so."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest

from utils import intervals
from utils.feedback import triggers
from utils.feedback.errors import FeedbackError
from utils.feedback.triggers import Trigger
from utils.labels import LabelError


@cache
def sample(count, weight, seed):
    random = np.random.RandomState(seed)
    scores = random.normal(size=count)
    labels = random.uniform(size=count) < 1 / (1 + np.exp(1.2 - weight * scores))
    return labels.astype(float), scores


def test_drift_fires_beyond_its_bound_and_names_what_moved():
    fired = triggers.drift({"product": 0.14, "state": 0.01, "company": 0.08}, 0.06)
    assert fired.fired and "product has moved by 0.140, company" in fired.reason
    silent = triggers.drift({"product": 0.03, "state": 0.01}, 0.06)
    assert not silent.fired and "product has moved furthest" in silent.reason
    with pytest.raises(FeedbackError, match=r"No distance.*\s.*a threshold"):
        triggers.drift({}, 0.06)


def test_what_drift_says():
    fired = triggers.drift({"state": 0.07, "product": 0.14, "issue": 0.06}, 0.06)
    assert fired == Trigger(
        "drift", True, "product has moved by 0.140, state has moved by 0.070; the bound is 0.06"
    )
    silent = triggers.drift({"state": 0.01, "product": 0.03}, 0.06)
    assert silent == Trigger(
        "drift", False, "product has moved furthest, by 0.030; the bound is 0.06"
    )


def test_what_performance_says():
    good, same, bad = sample(3_000, 0.8, 1), sample(3_000, 0.8, 2), sample(3_000, 0.1, 3)
    for now, fired, how in ((bad, True, "wholly"), (same, False, "not wholly")):
        change = triggers.auc_change(good, now)
        assert triggers.performance(good, now) == Trigger(
            "performance", fired, f"the AUC has changed by {change}, {how} below -0.02"
        )
    fall = -triggers.auc_change(good, bad).high
    assert not triggers.performance(good, bad, fall).fired, "the interval ends where it may end"
    assert triggers.performance(good, bad, fall - 1e-9).fired


def test_performance_needs_two_hundred_outcomes():
    good = sample(3_000, 0.8, 1)
    few = [one[: triggers.LEAST] for one in good]
    assert "changed by" in triggers.performance(good, few).reason
    fewer = [one[: triggers.LEAST - 1] for one in good]
    assert triggers.performance(good, fewer) == Trigger(
        "performance", False, "only 199 outcomes are known, and 200 are needed"
    )
    pending = [None] * 10 + few[0].tolist()
    scores = [0.5] * 10 + few[1].tolist()
    assert triggers.performance(good, (pending, scores)) == triggers.performance(good, few)


def test_performance_fires_on_a_real_fall_only():
    good, same, bad = sample(3_000, 0.8, 1), sample(6_000, 0.8, 2), sample(6_000, 0.1, 3)
    assert triggers.performance(good, bad).fired
    assert not triggers.performance(good, same).fired
    assert not triggers.performance(bad, good).fired, "a rise is no reason"


def test_performance_waits_for_outcomes_and_leaves_pending_ones_out():
    good, bad = sample(3_000, 0.8, 1), sample(6_000, 0.1, 3)
    hidden = np.where(np.arange(6_000) < 150, bad[0], np.nan)
    early = triggers.performance(good, (hidden, bad[1]))
    assert not early.fired and "only 150 outcomes" in early.reason
    half = np.where(np.arange(6_000) % 2, bad[0], np.nan)
    assert triggers.performance(good, (half, bad[1])).fired


def test_the_change_of_an_auc_is_that_of_its_parts():
    before, after = sample(3_000, 0.8, 1), sample(3_000, 0.3, 2)
    change = triggers.auc_change(before, after)
    assert abs(change.value - (intervals.auc(*after) - intervals.auc(*before))) < 1e-12
    assert change.low < change.value < change.high < 0 and str(change).startswith("-")
    assert str(triggers.auc_change(after, before)).startswith("+")


def test_samples_of_different_rows_are_drawn_independently():
    """The interval is as wide as the two together, and always the same."""
    before, after = sample(3_000, 0.8, 1), sample(1_000, 0.3, 2)
    change = triggers.auc_change(before, after)
    each = [intervals.auc_interval(*one) for one in (before, after)]
    together = np.hypot(*(one.high - one.low for one in each))
    assert change.high - change.low == pytest.approx(together, rel=0.1)
    assert change == triggers.auc_change(before, after, intervals.ROUNDS, intervals.SEED)
    assert change != triggers.auc_change(before, after, seed=1)


def test_the_ends_leave_a_fortieth_of_the_draws_on_each_side(monkeypatch):
    """The areas stand in for draws: first the value and 200 draws of one sample, then those of the other."""
    areas = iter([0.5, *[0.0] * 200, 0.75, *range(200)])
    monkeypatch.setattr(triggers.intervals, "auc_of_ranks", lambda *_: next(areas))
    change = triggers.auc_change(([0, 1], [0.1, 0.2]), ([0, 1], [0.1, 0.2]), rounds=200)
    assert change.value == 0.25
    assert (change.low, change.high) == pytest.approx((199 * 0.025, 199 * 0.975))


def test_labels_and_scores_are_looked_at_first():
    with pytest.raises(LabelError, match="labels are text"):
        triggers.auc_change((["0", "1"], [0.1, 0.2]), ([0, 1], [0.1, 0.2]))
    with pytest.raises(LabelError, match="2 labels and 1 scores"):
        triggers.auc_change(([0, 1], [0.1, 0.2]), ([0, 1], [0.1]))


def test_the_schedule_counts_days_and_any_trigger_suffices():
    old = triggers.schedule(dt.date(2015, 12, 31), dt.date(2017, 1, 1), 365)
    young = triggers.schedule(dt.date(2016, 12, 31), dt.date(2017, 1, 1), 365)
    assert old.fired and not young.fired
    decision = triggers.decide(young, old)
    assert decision.fired and decision.reasons == [f"schedule: {old.reason}"]
    assert not triggers.decide(young).fired and decision.data.fired.tolist()[-1]
    said = "the model's data ended 367 days ago, and 365 are allowed"
    assert old == Trigger("schedule", True, said)
    assert str(old) == f"schedule: fires, {said}"
    assert str(young).startswith("schedule: silent, ")
    last = triggers.schedule(dt.date(2017, 1, 1), dt.date(2017, 1, 8), 7)
    assert not last.fired, "it may be as old as is allowed"
    with pytest.raises(FeedbackError, match=r"nobody would ever.*\s.*at least one"):
        triggers.decide()
