"""Intervals hold what they should, and agree with scikit-learn where both can measure."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from utils.labels import LabelError
from utils.training import uncertainty
from utils.training.errors import TrainingError

RANDOM = np.random.RandomState(3)
LABELS = (RANDOM.rand(2_000) < 0.25).astype(int)
GOOD = RANDOM.randn(2_000) + LABELS
USELESS = RANDOM.randn(2_000)


def test_a_useless_score_is_within_chance_and_a_good_one_is_not():
    useless, good = (uncertainty.auc_interval(LABELS, s) for s in (USELESS, GOOD))
    assert useless.low < 0.5 < useless.high
    assert good.low > 0.6
    assert good.value == pytest.approx(roc_auc_score(LABELS, GOOD))


def test_differences_are_measured_on_the_same_rows():
    same = uncertainty.auc_difference(LABELS, GOOD, GOOD * 2)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert not same.excludes_zero
    lost = uncertainty.auc_difference(LABELS, GOOD, USELESS)
    assert lost.high < 0
    assert lost.excludes_zero
    nearly = uncertainty.auc_difference(LABELS, GOOD, GOOD + 0.05 * RANDOM.randn(2_000))
    alone = uncertainty.auc_interval(LABELS, GOOD)
    assert nearly.high - nearly.low < (alone.high - alone.low) / 3


def test_the_width_shrinks_with_the_square_root_of_the_rows():
    many = [np.tile(column, 4) for column in (LABELS, GOOD)]
    few = uncertainty.auc_interval(LABELS, GOOD)
    assert (few.high - few.low) / 2 == pytest.approx(
        uncertainty.auc_interval(*many).high - uncertainty.auc_interval(*many).low, rel=0.15
    )


def test_the_lazy_answer_gains_nothing():
    nothing = uncertainty.accuracy_gain(LABELS, np.zeros(2_000))
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    assert uncertainty.accuracy_gain(LABELS, LABELS.astype(float)).low > 0.2


def test_the_gain_is_the_share_of_right_answers_less_that_of_the_majority():
    labels = np.array([0] * 6 + [1] * 4)
    answers = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0])
    assert uncertainty.accuracy_gain(labels, answers).value == pytest.approx(0.8 - 0.6)
    assert uncertainty.accuracy_gain(1 - labels, 1 - answers).value == pytest.approx(0.8 - 0.6)


def test_only_differences_carry_a_sign():
    assert repr(uncertainty.auc_interval(LABELS, GOOD)).startswith("0.7")
    assert repr(uncertainty.auc_difference(LABELS, USELESS, GOOD)).startswith("+0.")
    assert repr(uncertainty.accuracy_gain(LABELS, LABELS.astype(float))).startswith("+0.")


def test_resamples_are_the_same_each_time():
    assert uncertainty.auc_interval(LABELS, GOOD) == uncertainty.auc_interval(LABELS, GOOD)
    assert uncertainty.auc_interval(LABELS, GOOD, seed=1) != uncertainty.auc_interval(LABELS, GOOD)


def test_each_seed_has_its_draws_and_the_first_is_zero():
    table = pd.DataFrame({"consumer_disputed": LABELS, "product": "a"})
    for measure in (
        lambda **how: uncertainty.auc_interval(LABELS, GOOD, **how),
        lambda **how: uncertainty.auc_difference(LABELS, USELESS, GOOD, **how),
        lambda **how: uncertainty.accuracy_gain(LABELS, GOOD, **how),
        lambda **how: uncertainty.by_run(LABELS, USELESS, {"a": GOOD}, **how).to_numpy().tolist(),
        lambda **how: (
            uncertainty.by_slice(table, "product", USELESS, GOOD, **how).to_numpy().tolist()
        ),
    ):
        assert measure() == measure(seed=0) != measure(seed=1) == measure(seed=1)


def test_a_score_at_the_threshold_answers_yes():
    assert uncertainty.accuracy_gain([0, 0, 1], [0.2, 0.2, 0.5]).value == pytest.approx(1 / 3)
    assert uncertainty.accuracy_gain([0, 0, 1], [0.2, 0.2, 0.5], 0.6).value == 0


def test_columns_hold_what_was_measured():
    table = pd.DataFrame({"consumer_disputed": LABELS, "product": ["a"] * 1_500 + ["b"] * 500})
    change = uncertainty.auc_difference(LABELS[:1_500], USELESS[:1_500], GOOD[:1_500], seed=3)
    measured = {
        "difference": change.value,
        "low": change.low,
        "high": change.high,
        "beyond_chance": True,
    }
    areas = {
        name: pytest.approx(roc_auc_score(LABELS[:1_500], scores[:1_500]))
        for name, scores in (("before", USELESS), ("after", GOOD))
    }
    slices = uncertainty.by_slice(table, "product", USELESS, GOOD, seed=3)
    assert slices.iloc[1].to_dict() == {"slice": "a", "rows": 1_500, **areas, **measured}
    runs = uncertainty.by_run(LABELS[:1_500], USELESS[:1_500], {"x": GOOD[:1_500]}, seed=3)
    assert runs.iloc[0].to_dict() == {"run": "x", "rows": 1_500, **measured}


def test_slices():
    table = pd.DataFrame(
        {"consumer_disputed": LABELS, "product": ["a"] * 1_500 + ["b"] * 480 + ["c"] * 20}
    )
    found = uncertainty.by_slice(table, "product", USELESS, GOOD).set_index("slice")
    assert found.index.tolist() == ["all", "a", "b"], "c has too few rows"
    assert found.loc["all", "difference"] == pytest.approx(
        uncertainty.auc_difference(LABELS, USELESS, GOOD).value
    )
    assert found.loc["a", "after"] == pytest.approx(roc_auc_score(LABELS[:1_500], GOOD[:1_500]))
    assert found.beyond_chance.all()


@pytest.mark.parametrize("label", [0, 1])
def test_a_slice_with_too_few_rows_of_either_class_is_left_out(label):
    rare = np.flatnonzero(label == LABELS)[:24]
    common = np.flatnonzero(1 - label == LABELS)[:200]
    product = np.full(len(LABELS), "a", object)
    product[rare] = product[common] = "b"
    table = pd.DataFrame({"consumer_disputed": LABELS, "product": product})
    assert uncertainty.by_slice(table, "product", USELESS, GOOD).slice.tolist() == ["all", "a"]
    found = uncertainty.by_slice(table, "product", USELESS, GOOD, least=24)
    assert found.slice.tolist() == ["all", "a", "b"]


def test_by_run():
    found = uncertainty.by_run(LABELS, GOOD, {"same": GOOD, "worse": USELESS})
    assert found.run.tolist() == ["same", "worse"]
    assert found.beyond_chance.tolist() == [False, True]


def test_what_cannot_be_measured():
    with pytest.raises(LabelError, match="2 labels and 1 scores"):
        uncertainty.auc_interval([0, 1], [0.5])
    with pytest.raises(TrainingError, match=r"All labels are the same.*\s.*both classes"):
        uncertainty.auc_interval([1, 1], [0.1, 0.2])
    table = pd.DataFrame({"consumer_disputed": [0, 1]})
    with pytest.raises(TrainingError, match=r"no column 'product'.*\s.*one of consumer_disputed"):
        uncertainty.by_slice(table, "product", [0, 1], [0, 1])
    table = table.assign(product="a")
    with pytest.raises(LabelError, match="2 labels and 1 scores"):
        uncertainty.by_slice(table, "product", [0], [0, 1])
    with pytest.raises(LabelError, match="labels are text"):
        uncertainty.by_slice(table.assign(consumer_disputed="1"), "product", [0, 1], [0, 1])
