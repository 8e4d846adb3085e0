"""The noise floor: what was measured when the data were designed, and what the formula says."""

from __future__ import annotations

import pytest

from utils.complaints import planted
from utils.validation.errors import ValidationError
from utils.validation.noise import noise_floor


@pytest.mark.parametrize("rows", sorted(planted.NOISE_FLOOR))
def test_the_planted_floor_is_found(s1, rows):
    floor = noise_floor(s1["product"], rows)
    mean, high = planted.NOISE_FLOOR[rows]
    assert floor.mean == pytest.approx(mean, rel=0.1)
    assert floor.high == pytest.approx(high, rel=0.15)


def test_two_values_follow_the_normal_distribution():
    floor = noise_floor(["a", "b"] * 50, rows=10_000)
    spread = (2 * 0.25 / 10_000) ** 0.5
    assert floor.mean == pytest.approx(spread * (2 / 3.14159) ** 0.5, rel=0.05)
    assert floor.high == pytest.approx(2.576 * spread, rel=0.08)


def test_false_alarms_fall_with_the_threshold_and_agree_with_the_floor(s1):
    floor = noise_floor(s1["product"], rows=10_000)
    assert floor.false_alarms(0.0) == 1.0
    assert floor.false_alarms(floor.high) == pytest.approx(0.01, abs=0.002)
    assert 0.15 < floor.false_alarms(0.01) < 0.4
    assert floor.false_alarms(0.02) < 0.01


def test_the_same_draws_each_time(s1):
    first, second = (noise_floor(s1.state, rows=500) for _ in range(2))
    assert first == second
    assert (first.distances == second.distances).all()


def test_missing_values_are_left_out_and_numbers_are_values_too():
    plain = noise_floor([1, 2] * 50, rows=200)
    assert noise_floor([1, None, 2] * 50, rows=200) == plain == noise_floor(["a", "b"] * 9, 200)
    assert (plain.rows, plain.draws, len(plain.distances)) == (200, 2_000, 2_000)


def test_a_distance_at_the_threshold_is_no_alarm():
    floor = noise_floor(["a"] * 9, rows=50)
    assert (floor.mean, floor.high, floor.false_alarms(0.0)) == (0.0, 0.0, 0.0)


def test_two_rows_and_a_hundred_draws_suffice():
    floor = noise_floor(["a", "b"], rows=2, draws=100)
    assert (floor.rows, floor.draws) == (2, 100)
    assert set(floor.distances) == {0.0, 0.5, 1.0}


def test_what_says_nothing_is_refused():
    with pytest.raises(ValidationError, match=r"has no value.*\s.*column with values"):
        noise_floor([None, None], rows=100)
    for rows, draws in ((100, 99), (1, 2_000)):
        with pytest.raises(ValidationError, match=r"say nothing about.*\s.*100 draws or more"):
            noise_floor(["a", "b"], rows=rows, draws=draws)
