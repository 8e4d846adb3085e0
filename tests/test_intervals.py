"""AUC and bootstrap intervals: equal to scikit-learn's and to the textbook's."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from utils.intervals import (
    ROUNDS,
    Interval,
    auc,
    auc_difference,
    auc_interval,
    auc_of_counts,
    auc_of_ranks,
    bootstrap,
    ranks,
    written,
)
from utils.labels import LabelError

ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
    min_size=2,
    max_size=40,
)


def test_the_interval_of_a_mean_is_the_textbooks():
    rows = pd.DataFrame({"x": np.random.RandomState(3).normal(5, 2, 2000)})
    found = bootstrap(lambda some: some["x"].mean(), rows)
    error = 1.96 * rows["x"].std() / np.sqrt(len(rows))
    assert found.value == pytest.approx(rows["x"].mean())
    assert found.high - found.low == pytest.approx(2 * error, rel=0.2)
    assert found.holds(5) and found.excludes_zero


def test_it_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(100):
        rows = pd.DataFrame({"x": np.random.RandomState(seed).random_sample(200) < 0.3})
        hits += bootstrap(lambda some: some["x"].mean(), rows, rounds=200).holds(0.3)
    assert 86 <= hits <= 100


def test_the_same_rows_give_the_same_interval():
    rows = pd.DataFrame({"x": range(50)})
    first, second = (bootstrap(lambda some: some["x"].max(), rows) for _ in range(2))
    assert first == second


def test_a_difference_on_the_same_draws_is_narrower():
    random = np.random.RandomState(0)
    x = random.normal(0, 1, 500)
    rows = pd.DataFrame({"x": x, "y": x + random.normal(0.1, 0.05, 500)})
    one = bootstrap(lambda some: some["x"].mean(), rows)
    both = bootstrap(lambda some: (some["y"] - some["x"]).mean(), rows)
    assert both.high - both.low < (one.high - one.low) / 5
    assert both.excludes_zero and not one.excludes_zero


def test_text_and_emptiness():
    assert str(Interval(0.5, 0.41, 0.59)) == "0.500 (0.410 to 0.590)"
    assert not Interval(0, -1, 1).excludes_zero
    with pytest.raises(ValueError, match="slice is empty"):
        bootstrap(len, pd.DataFrame({"x": []}))


def test_only_differences_carry_a_sign():
    assert repr(Interval(0.5, -0.25, 1, signed=True)) == "+0.500 (-0.250 to +1.000)"
    assert repr(Interval(0.5, -0.25, 1)) == "0.500 (-0.250 to 1.000)"


def test_another_seed_draws_other_rows():
    rows = np.arange(200)
    assert bootstrap(np.mean, rows, seed=1) != bootstrap(np.mean, rows, seed=2)


def test_the_ends_leave_a_fortieth_of_the_draws_on_each_side():
    seen = []

    def mean(rows):
        seen.append(rows.mean())
        return seen[-1]

    found = bootstrap(mean, np.arange(300))
    *draws, value = seen
    assert (found.value, len(draws)) == (value, ROUNDS)
    assert sum(one < found.low for one in draws) == sum(one > found.high for one in draws) == 10


def test_draws_without_a_value_are_left_out():
    rows = np.array([0.0, 1.0, 2.0])
    found = bootstrap(lambda some: some.mean() if 0 in some else float("nan"), rows, 50)
    assert (found.low, found.high) == (pytest.approx(0, abs=0.4), pytest.approx(1.3, abs=0.4))


def test_every_row_may_be_drawn():
    seen = []

    def largest(rows):
        seen.extend(rows.tolist())
        return rows.max()

    bootstrap(largest, np.arange(5), 50)
    assert set(seen) == {0, 1, 2, 3, 4}


def test_zero_has_no_sign():
    assert [written(one, signed=True) for one in (-0.0001, 0, 0.0004)] == ["0.000"] * 3
    assert (written(-0.0001), written(0.0125), written(-1)) == ("0.000", "0.013", "-1.000")


@pytest.mark.parametrize("seed", [1, 2])
def test_intervals_of_areas_are_those_of_scikit_learns(seed):
    random = np.random.RandomState(4)
    labels = random.random_sample(120) < 0.4
    before, after = random.normal(labels, 2), random.normal(labels, 1)

    def area(scores):
        return lambda rows: roc_auc_score(labels[rows], scores[rows])

    def close(one):
        return pytest.approx((one.value, one.low, one.high))

    rows = np.arange(120)
    one = bootstrap(area(after), rows, 30, seed)
    found = auc_interval(labels.astype(int), after, 30, seed)
    assert (found.value, found.low, found.high) == close(one)
    both = bootstrap(lambda some: area(after)(some) - area(before)(some), rows, 30, seed)
    change = auc_difference(labels.astype(int), before, after, 30, seed)
    assert (change.value, change.low, change.high) == close(both)
    assert (found.signed, change.signed) == (False, True)


def test_an_area_of_text_or_of_too_few_scores_is_refused():
    for measure in (auc, auc_interval, lambda labels, some: auc_difference(labels, some, some)):
        with pytest.raises(LabelError, match="labels are text"):
            measure(["0", "1"], [0.1, 0.2])
        with pytest.raises(LabelError, match="2 labels and 1 scores"):
            measure([0, 1], [0.1])


def test_no_row_has_no_area():
    assert math.isnan(auc([], []))
    with pytest.raises(ValueError, match="no row to draw from"):
        auc_interval([], [])


@given(ROWS)
def test_the_area_is_scikit_learns_even_with_ties(rows):
    labels, scores = map(np.array, zip(*rows, strict=True))
    area = auc(labels, scores)
    if labels.all() or not labels.any():
        assert math.isnan(area)
    else:
        assert area == pytest.approx(roc_auc_score(labels, scores))


@given(ROWS, st.data())
def test_the_area_of_rows_drawn_again_needs_no_new_ranks(rows, data):
    labels, scores = map(np.array, zip(*rows, strict=True))
    places = st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=60)
    drawn = np.array(data.draw(places))
    assert auc_of_ranks(labels[drawn], ranks(scores)[drawn]) == pytest.approx(
        auc(labels[drawn], scores[drawn]), nan_ok=True
    )


def test_the_area_of_weights_is_that_of_rows():
    assert auc_of_counts([1, 0, 3], [2, 2, 1]) == pytest.approx(
        roc_auc_score([0, 0, 1, 0, 0, 0, 1, 1, 1], [1, 1, 1, 2, 2, 3, 3, 3, 3])
    )
    assert math.isnan(auc_of_counts([0.0], [1.0]))


def test_zero_has_no_sign_however_many_decimals_are_written():
    assert [written(one, signed=True) for one in (0.0507, -0.0004, 0.0)] == [
        "+0.051",
        "0.000",
        "0.000",
    ]
    small = [written(one, signed=True, decimals=4) for one in (0.0005, -0.00004)]
    assert small == ["+0.0005", "0.0000"]
