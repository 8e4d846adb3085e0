import numpy as np
import pandas as pd
import pytest

from utils.analysis import bootstrap
from utils.analysis.bootstrap import Interval


def test_the_interval_of_a_mean_is_the_textbooks():
    rows = pd.DataFrame({"x": np.random.RandomState(3).normal(5, 2, 2000)})
    found = bootstrap.interval(lambda some: some["x"].mean(), rows)
    error = 1.96 * rows["x"].std() / np.sqrt(len(rows))
    assert found.value == pytest.approx(rows["x"].mean())
    assert found.high - found.low == pytest.approx(2 * error, rel=0.2)
    assert found.holds(5) and found.excludes_zero


def test_it_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(100):
        rows = pd.DataFrame({"x": np.random.RandomState(seed).random_sample(200) < 0.3})
        hits += bootstrap.interval(lambda some: some["x"].mean(), rows, rounds=200).holds(0.3)
    assert 86 <= hits <= 100


def test_the_same_rows_give_the_same_interval():
    rows = pd.DataFrame({"x": range(50)})
    first, second = (bootstrap.interval(lambda some: some["x"].max(), rows) for _ in range(2))
    assert first == second


def test_a_difference_on_the_same_draws_is_narrower():
    random = np.random.RandomState(0)
    x = random.normal(0, 1, 500)
    rows = pd.DataFrame({"x": x, "y": x + random.normal(0.1, 0.05, 500)})
    one = bootstrap.interval(lambda some: some["x"].mean(), rows)
    both = bootstrap.interval(lambda some: (some["y"] - some["x"]).mean(), rows)
    assert both.high - both.low < (one.high - one.low) / 5
    assert both.excludes_zero and not one.excludes_zero


def test_text_and_emptiness():
    assert str(Interval(0.5, 0.41, 0.59)) == "0.500 (0.410 to 0.590)"
    assert not Interval(0, -1, 1).excludes_zero
    with pytest.raises(ValueError, match="slice is empty"):
        bootstrap.interval(len, pd.DataFrame({"x": []}))
