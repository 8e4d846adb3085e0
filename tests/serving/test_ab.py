"""A/B tests: keys are divided as asked and the same way each time, and the figures are the textbook's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from utils.serving import ab


def test_a_key_keeps_its_arm():
    keys = [str(number) for number in range(20_000)]
    arms = [ab.arm(key, 0.25, "narrative") for key in keys]
    assert arms == [ab.arm(key, 0.25, "narrative") for key in keys]
    spread = math.sqrt(0.25 * 0.75 / len(keys))
    assert abs(arms.count("B") / len(keys) - 0.25) < 4 * spread


def test_another_test_divides_anew():
    keys = [str(number) for number in range(20_000)]
    both = [ab.arm(key, 0.5, "one") == ab.arm(key, 0.5, "two") for key in keys]
    assert abs(sum(both) / len(keys) - 0.5) < 4 * math.sqrt(0.25 / len(keys))


@pytest.mark.parametrize(("share", "arm"), [(0, "A"), (1, "B")])
def test_nobody_and_everybody(share, arm):
    assert {ab.arm(str(number), share) for number in range(200)} == {arm}


def test_a_larger_share_only_adds_keys():
    keys = [str(number) for number in range(2_000)]
    few, many = ({k for k in keys if ab.arm(k, share, "t") == "B"} for share in (0.1, 0.3))
    assert few < many


def test_no_share():
    with pytest.raises(ValueError, match="from 0 to 1"):
        ab.arm("1", 50)


def test_the_p_value_is_that_of_the_chi_square_test():
    found = ab.compare(30, 100, 45, 110)
    table = [[30, 70], [45, 65]]
    assert found.p_value == pytest.approx(stats.chi2_contingency(table, correction=False)[1])
    assert found.difference.value == pytest.approx(45 / 110 - 0.3)
    assert found.difference.holds(0)
    assert str(found).startswith("A 0.300, B 0.409, difference +0.109 (")


def test_the_interval_holds_the_truth_19_times_out_of_20():
    random, rounds = np.random.RandomState(1), 2_000
    draws = zip(random.binomial(300, 0.3, rounds), random.binomial(400, 0.35, rounds), strict=True)
    held = sum(ab.compare(a, 300, b, 400).difference.holds(0.05) for a, b in draws)
    assert abs(held / rounds - 0.95) < 4 * math.sqrt(0.95 * 0.05 / rounds)


@pytest.mark.parametrize("given", [(1, 0, 1, 2), (3, 2, 1, 2), (-1, 2, 1, 2)])
def test_arms_that_cannot_be(given):
    with pytest.raises(ValueError, match="all its rows"):
        ab.compare(*given)


def test_two_arms_without_hits_are_alike():
    assert ab.compare(0, 10, 0, 20).p_value == 1


@pytest.mark.parametrize("power", [0.8, 0.9])
def test_so_many_rows_find_the_difference_as_often_as_promised(power):
    rows, rounds = ab.rows_needed(0.3, 0.36, power), 2_000
    random = np.random.RandomState(2)
    draws = zip(
        random.binomial(rows, 0.3, rounds), random.binomial(rows, 0.36, rounds), strict=True
    )
    found = sum(ab.compare(a, rows, b, rows).p_value < 0.05 for a, b in draws) / rounds
    assert abs(found - power) < 4 * math.sqrt(power * (1 - power) / rounds) + 0.005


def test_a_smaller_difference_needs_more():
    assert ab.rows_needed(0.3, 0.31) > 3.5 * ab.rows_needed(0.3, 0.32)
    assert ab.rows_needed(0.3, 0.32) == ab.rows_needed(0.32, 0.3)


@pytest.mark.parametrize(
    ("given", "said"),
    [((0.3, 0.3), "equal"), ((0, 0.3), "a is 0"), ((0.3, 0.4, 80), "power is 80")],
)
def test_what_no_number_of_rows_can_tell(given, said):
    with pytest.raises(ValueError, match=said):
        ab.rows_needed(*given)
