"""What is not 0 or 1 is refused, by whoever measures a model: a pending complaint is never a "No"."""

import datetime

import numpy as np
import pandas as pd
import pytest

from utils.analysis import explanations, groups, metrics, model_card, rows, tfma_results
from utils.intervals import Interval, auc
from utils.labels import LabelError, as_labels, as_scores
from utils.preprocessing import skew
from utils.training import uncertainty

SCORES = [0.1, 0.9, 0.8, 0.2]

BAD = {
    "text": (["0", "1", "1", "0"], "text, such as '0'"),
    "bytes": ([b"0", b"1", b"1", b"0"], "text, such as b'0'"),
    "pending": ([0, 1, 1, None], "1 of 4 labels are missing"),
    "pending as text": (["0", "1", "1", None], "text, such as '0'"),
    "not a number": ([0.0, 1.0, np.nan, np.nan], "2 of 4 labels are missing"),
    "nullable": (pd.array([0, 1, 1, None], "Int64"), "1 of 4 labels are missing"),
    "all pending": ([None] * 4, "4 of 4 labels are missing"),
    "another number": ([0, 1, 2, 0], "A label is 2"),
    "dates": ([datetime.date(2015, 4, 1), None, 1, 0], "A label of the type date is neither 0"),
    "times": (
        pd.to_datetime(["2015-04-01", None, "2015-04-02", None]),
        "the type datetime64.ns. is neither 0",
    ),
    "a number beyond a float": ([0, 1, 10**400, 0], "A label of the type int is neither 0"),
    "a probability": ([0.0, 0.5, 1.0, 0.0], "A label is 0.5"),
}


@pytest.mark.parametrize(
    "values",
    [
        [0, 1, 1, 0],
        [False, True, True, False],
        [0.0, 1.0, 1.0, 0.0],
        pd.Series([0, 1, 1, 0], dtype=object),
        pd.array([0, 1, 1, 0], "Int64"),
        pd.array([False, True, True, False], "boolean"),
        np.array([0, 1, 1, 0], "uint8"),
    ],
    ids=lambda values: str(getattr(values, "dtype", type(values[0]).__name__)),
)
def test_zero_and_one_are_labels_in_every_type(values):
    assert as_labels(values).tolist() == [False, True, True, False]
    assert as_labels(values).dtype == bool


@pytest.mark.parametrize(("values", "words"), BAD.values(), ids=BAD)
def test_all_else_is_refused_with_a_cure(values, words):
    with pytest.raises(LabelError, match=words) as caught:
        as_labels(values)
    assert caught.value.cure


def test_scores_belong_to_their_labels():
    labels = np.array([True, False])
    assert as_scores([1, 0], labels).dtype == "float64"
    with pytest.raises(LabelError, match="2 labels and 3 scores"):
        as_scores([1, 0, 1], labels)
    with pytest.raises(LabelError, match="other than numbers that fit into a float"):
        as_scores([0.5, 10**400], labels)
    with pytest.raises(LabelError, match=r"shape \[2, 1\].* is needed: give scores\[:, 0\]"):
        as_scores([[0.5], [0.6]], labels)
    with pytest.raises(LabelError, match="1 of 2 scores are not a number"):
        as_scores([0.5, np.nan], labels)


class Fixed:
    def predict(self, complaints):
        return np.full(len(list(complaints)), 0.5, "float32")


def card(table):
    return model_card.model_card(
        "one",
        "one",
        model={"features": "state"},
        use=["-"],
        rows={"eval": table},
        metrics={"AUC": Interval(0.5, 0.4, 0.6)},
        groups=pd.DataFrame({"rows": [4]}),
        decision="blessed",
        limits=["-"],
    )


WAYS = {
    "auc": lambda t: auc(t.consumer_disputed, t.score),
    "confusion": lambda t: metrics.confusion(t.consumer_disputed, t.score, 0.5),
    "labels and scores": lambda t: rows.labels_and_scores(t),
    "rates by group": lambda t: groups.rates(t, "side", 0.5),
    "gap": lambda t: groups.gap(t, "side", "in", 0.5),
    "cost": lambda t: groups.cost(t, "side", 0.5, 0.4),
    "equal rates": lambda t: groups.thresholds_for_equal_rates(t, "side", 0.5, "in"),
    "TFMA": lambda t: tfma_results.evaluate_models({"a": t}),
    "importance": lambda t: explanations.importance(Fixed(), t, ["side"]),
    "model card": card,
    "AUC's interval": lambda t: uncertainty.auc_interval(t.consumer_disputed, t.score),
    "difference": lambda t: uncertainty.auc_difference(t.consumer_disputed, t.score, t.score),
    "accuracy": lambda t: uncertainty.accuracy_gain(t.consumer_disputed, t.score),
    "by slice": lambda t: uncertainty.by_slice(t, "side", t.score, t.score),
    "by run": lambda t: uncertainty.by_run(t.consumer_disputed, t.score, {"a": t.score}),
    "skew": lambda t: skew.effects(lambda some: some.score.to_numpy(), t, {}, t.consumer_disputed),
}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text", "labels are text"),
        ("pending", "labels are missing"),
        ("not a number", "labels are missing"),
        ("another number", "A label is 2"),
    ],
)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nobody_measures_a_model_by_what_is_no_label(way, kind, words):
    table = pd.DataFrame(
        {
            "complaint_id": list("1234"),
            "side": ["out", "in", "out", "out"],
            "consumer_disputed": pd.Series(BAD[kind][0], dtype=object),
            "score": SCORES,
        }
    )
    with pytest.raises(LabelError, match=words):
        way(table)
