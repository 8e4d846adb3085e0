import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from utils.analysis import metrics
from utils.intervals import auc
from utils.labels import LabelError

ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
    min_size=2,
    max_size=40,
)


@given(ROWS, st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]))
def test_the_counts_and_rates_are_scikit_learns(rows, threshold):
    labels, scores = map(np.array, zip(*rows, strict=True))
    matrix = metrics.confusion(labels, scores, threshold)
    flagged = scores > threshold
    (tn, fp), (fn, tp) = sk.confusion_matrix(labels, flagged, labels=[False, True])
    assert (matrix.true_positives, matrix.false_positives) == (tp, fp)
    assert (matrix.true_negatives, matrix.false_negatives) == (tn, fn)
    assert (matrix.rows, matrix.threshold) == (len(rows), threshold)
    assert matrix.accuracy == pytest.approx(sk.accuracy_score(labels, flagged))
    assert matrix.flagged == pytest.approx(flagged.mean())
    for mine, theirs in (
        (matrix.precision, sk.precision_score),
        (matrix.recall, sk.recall_score),
    ):
        if math.isnan(mine):
            continue
        assert mine == pytest.approx(theirs(labels, flagged, zero_division=0))


def test_a_rate_of_nothing_is_not_a_number():
    matrix = metrics.confusion([False, False], [0.1, 0.2], 0.5)
    assert math.isnan(matrix.recall)
    assert math.isnan(matrix.precision)
    assert matrix.false_positive_rate == 0


def test_the_threshold_flags_the_share_that_was_asked_for():
    scores = np.linspace(0, 1, 1001)
    limit = metrics.threshold_for(scores, 0.234)
    assert (scores > limit).mean() == pytest.approx(0.234, abs=0.001)
    with pytest.raises(ValueError, match="it is a share"):
        metrics.threshold_for(scores, 23.4)


def test_nobody_and_everybody_may_be_flagged():
    assert metrics.threshold_for([0.25, 0.5, 1.0], 0) == 1
    assert metrics.threshold_for([0.25, 0.5, 1.0], 1) == 0.25
    for share in (-0.1, 1.1):
        with pytest.raises(ValueError, match="it is a share"):
            metrics.threshold_for([0.25, 0.5, 1.0], share)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, 30])
def test_a_threshold_is_a_probability(threshold):
    with pytest.raises(ValueError, match=r"for example 0\.3 for 30 percent"):
        metrics.confusion([0, 1], [0.2, 0.6], threshold)


def test_labels_and_scores_are_looked_at_before_they_are_counted():
    with pytest.raises(LabelError, match="labels are text"):
        metrics.confusion(["0", "1"], [0.2, 0.6], 0.5)
    with pytest.raises(LabelError, match="2 labels and 1 scores"):
        metrics.confusion([0, 1], [0.2], 0.5)


def test_a_model_that_always_says_no_is_accurate_and_worthless():
    labels = [True] + [False] * 3
    matrix = metrics.confusion(labels, [0.0] * 4, 0.5)
    assert matrix.accuracy == 0.75
    assert matrix.recall == 0
    assert auc(labels, [0.0] * 4) == 0.5
