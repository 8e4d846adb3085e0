"""Intervals hold what they should, and agree with scikit-learn where both can measure."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from utils.training import chance
from utils.training.errors import TrainingError

RANDOM = np.random.RandomState(3)
LABELS = (RANDOM.rand(2_000) < 0.25).astype(int)
GOOD = RANDOM.randn(2_000) + LABELS
USELESS = RANDOM.randn(2_000)


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 4)), min_size=4, max_size=30
    ).filter(lambda rows: {label for label, _, weight in rows if weight} == {0, 1})
)
def test_weighted_auc_is_that_of_repeated_rows(rows):
    labels, scores, weights = (np.array(column) for column in zip(*rows, strict=True))
    mine = chance._auc(weights[None].astype(float), labels == 1, scores.astype(float))[0]
    assert mine == pytest.approx(
        roc_auc_score(np.repeat(labels, weights), np.repeat(scores, weights))
    )


def test_a_useless_score_is_within_chance_and_a_good_one_is_not():
    useless, good = (chance.auc_interval(LABELS, s) for s in (USELESS, GOOD))
    assert useless.low < 0.5 < useless.high
    assert good.low > 0.6
    assert good.value == pytest.approx(roc_auc_score(LABELS, GOOD))


def test_differences_are_measured_on_the_same_rows():
    same = chance.auc_difference(LABELS, GOOD, GOOD * 2)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert not same.beyond_chance
    lost = chance.auc_difference(LABELS, GOOD, USELESS)
    assert lost.high < 0
    assert lost.beyond_chance
    nearly = chance.auc_difference(LABELS, GOOD, GOOD + 0.05 * RANDOM.randn(2_000))
    alone = chance.auc_interval(LABELS, GOOD)
    assert nearly.high - nearly.low < (alone.high - alone.low) / 3


def test_the_width_shrinks_with_the_square_root_of_the_rows():
    many = [np.tile(column, 4) for column in (LABELS, GOOD)]
    few = chance.auc_interval(LABELS, GOOD)
    assert (few.high - few.low) / 2 == pytest.approx(
        chance.auc_interval(*many).high - chance.auc_interval(*many).low, rel=0.15
    )


def test_the_lazy_answer_gains_nothing():
    nothing = chance.accuracy_gain(LABELS, np.zeros(2_000))
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    assert chance.accuracy_gain(LABELS, LABELS.astype(float)).low > 0.2


def test_only_differences_carry_a_sign():
    assert repr(chance.Interval(0.5, -0.25, 1)) == "+0.500 (from -0.250 to +1.000)"
    assert repr(chance.auc_interval(LABELS, GOOD)).startswith("0.7")


def test_resamples_are_the_same_each_time():
    assert chance.auc_interval(LABELS, GOOD) == chance.auc_interval(LABELS, GOOD)
    assert chance.auc_interval(LABELS, GOOD, seed=1) != chance.auc_interval(LABELS, GOOD)


def test_slices():
    table = pd.DataFrame(
        {"consumer_disputed": LABELS, "product": ["a"] * 1_500 + ["b"] * 480 + ["c"] * 20}
    )
    found = chance.by_slice(table, "product", USELESS, GOOD).set_index("slice")
    assert found.index.tolist() == ["all", "a", "b"], "c has too few rows"
    assert found.loc["all", "difference"] == pytest.approx(
        chance.auc_difference(LABELS, USELESS, GOOD).value
    )
    assert found.loc["a", "after"] == pytest.approx(roc_auc_score(LABELS[:1_500], GOOD[:1_500]))
    assert found.beyond_chance.all()


def test_by_run():
    found = chance.by_run(LABELS, GOOD, {"same": GOOD, "worse": USELESS})
    assert found.run.tolist() == ["same", "worse"]
    assert found.beyond_chance.tolist() == [False, True]


@pytest.mark.parametrize(
    ("labels", "scores", "words"),
    [([0, 1], [0.5], "2 labels and 1 scores"), ([1, 1], [0.1, 0.2], "All labels are the same")],
)
def test_what_cannot_be_measured(labels, scores, words):
    with pytest.raises(TrainingError, match=words):
        chance.auc_interval(labels, scores)
