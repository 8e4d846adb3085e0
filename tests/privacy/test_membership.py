"""The attack finds what is there, and nothing where nothing is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from utils.privacy import membership
from utils.privacy.errors import PrivacyError


def test_losses_are_the_cross_entropy():
    found = membership.losses([1, 0, 1], [0.5, 0.2, 0.0])
    assert found[:2] == pytest.approx([math.log(2), -math.log(0.8)])
    assert np.isfinite(found[2])


def test_rows_that_are_known_by_heart_are_found():
    random = np.random.RandomState(0)
    found = membership.attack(random.exponential(0.2, 2_000), random.exponential(1.0, 2_000))
    best = max(np.exp(-x) - np.exp(-x / 0.2) for x in np.linspace(0, 3, 300))
    assert found.advantage.value == pytest.approx(best, abs=0.1)
    assert found.advantage.low > 0.3
    assert found.auc.holds(5 / 6)


def test_an_advantage_of_chance_is_not_found():
    random = np.random.RandomState(1)
    inside = 0
    for seed in range(20):
        found = membership.attack(random.normal(size=300), random.normal(size=300), seed)
        inside += found.advantage.holds(0.0)
    assert inside >= 16


def test_few_rows_are_refused():
    with pytest.raises(PrivacyError, match="too few"):
        membership.attack(np.zeros(5), np.zeros(100))


def test_the_bound_grows_from_delta_to_one():
    assert membership.bound(0.0, 1e-5) == pytest.approx(1e-5)
    assert membership.bound(math.inf, 1e-5) == 1
    assert membership.bound(1.0, 0.0) == pytest.approx(math.tanh(0.5))
