"""Randomised response: the share comes back, and intervals hold it as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from utils.privacy import randomised
from utils.privacy.errors import PrivacyError


def test_an_answer_reveals_exactly_epsilon():
    true = randomised.honesty(1.5)
    assert math.log(true / (1 - true)) == pytest.approx(1.5)


def test_answers_are_true_as_often_as_they_should_be():
    said = randomised.respond(np.ones(20_000), 1.0, seed=3)
    assert said.mean() == pytest.approx(randomised.honesty(1.0), abs=4 * 0.5 / math.sqrt(20_000))


def test_the_interval_holds_the_share_in_95_of_100():
    random = np.random.RandomState(0)
    held = sum(
        randomised.estimate(
            randomised.respond(random.random_sample(2_000) < 0.3, 1.0, seed), 1.0
        ).holds(0.3)
        for seed in range(400)
    )
    assert abs(held / 400 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 400)


@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan")])
def test_silence_is_no_answer(epsilon):
    with pytest.raises(PrivacyError, match="above zero"):
        randomised.honesty(epsilon)


def test_nobody_was_asked():
    with pytest.raises(PrivacyError, match="no answer"):
        randomised.estimate([], 1.0)
