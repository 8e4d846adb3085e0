"""The mistakes that readers of chapter 7 make, each answered by a message that names the cure."""

from types import SimpleNamespace

import pandas as pd
import pytest

from tests.analysis.test_rows import write
from utils import paths
from utils.analysis import explanations, groups, metrics, rows, tfma_results
from utils.analysis.explanations import ExplanationError
from utils.analysis.rows import RowsError
from utils.examples import ExamplesError
from utils.labels import LabelError


def test_transformed_examples_in_place_of_raw_ones(tmp_path):
    write(tmp_path, "eval", [{"product_xf": 3, "consumer_disputed_xf": 1}])
    with pytest.raises(RowsError, match="give the output of ExampleGen"):
        rows.read_examples(tmp_path)


def test_a_split_that_is_not_there(tmp_path):
    write(tmp_path, "train", [{"complaint_id": "1"}])
    with pytest.raises(ExamplesError, match="Use one of train"):
        rows.read_examples(tmp_path, "eval")


def test_a_split_without_rows(tmp_path):
    write(tmp_path, "eval", [])
    with pytest.raises(RowsError, match="The split 'eval' has no row"):
        rows.read_examples(tmp_path)


def test_rows_without_labels():
    with pytest.raises(RowsError, match="use a labelled span, S1 to S4"):
        rows.read_complaints(paths.DATA / "complaints" / "S5.csv")


def test_two_models_on_different_rows(scored):
    with pytest.raises(RowsError, match="score both models on the same rows"):
        groups.gap_change((scored, 0.4), (scored.head(10), 0.4), "side", "in")
    with pytest.raises(RowsError, match="score both models on the same rows"):
        tfma_results.evaluate_models({"a": scored, "b": scored.head(10)})


def test_a_threshold_in_percent(scored):
    with pytest.raises(ValueError, match=r"for example 0\.3 for 30 percent"):
        metrics.confusion(scored.consumer_disputed, scored.score, 30)


def test_a_group_or_a_slice_that_is_spelt_wrong(scored):
    with pytest.raises(RowsError, match="Did you mean 'side'"):
        groups.rates(scored, "sides", 0.4)
    with pytest.raises(RowsError, match="there are in, out"):
        groups.gap(scored, "side", "inside", 0.4)
    with pytest.raises(RowsError, match="use one of false positive rate"):
        groups.gap(scored, "side", "in", 0.4, rate="fpr")


def test_a_threshold_that_was_not_counted():
    counted = {"fairness_indicators_metrics/false_positive_rate@0.30": 0.1}
    assert tfma_results.key_at(counted, "false_positive_rate", 0.3) in counted
    with pytest.raises(LookupError, match=r"use one of 0\.30, or name it among the thresholds"):
        tfma_results.key_at(counted, "false_positive_rate", 0.4)


def test_scores_that_were_forgotten(scored):
    with pytest.raises(RowsError, match=r"make the table with scored\(\.\.\.\)"):
        groups.rates(scored.drop(columns="score"), "side", 0.4)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), None])
def test_scores_that_are_no_numbers(scored, odd):
    table = scored.head(40).copy()
    table.loc[3, "score"] = odd

    def by_tfma(rows_of_one):
        return tfma_results.evaluate_models({"a": rows_of_one})

    for judge in (by_tfma, rows.labels_and_scores):
        with pytest.raises(
            LabelError, match=r"1 of 40 scores are not a number \(NaN\) or infinite"
        ):
            judge(table)


def test_scores_that_are_texts(scored):
    with pytest.raises(LabelError, match="hold something other than numbers"):
        rows.labels_and_scores(scored.assign(score="high"))


def test_an_empty_slice():
    empty = pd.DataFrame({"consumer_disputed": [], "score": []})
    with pytest.raises(RowsError, match="the slice is empty"):
        rows.labels_and_scores(empty)


def test_an_evaluator_that_has_not_run():
    nothing = SimpleNamespace(get=lambda: [])
    with pytest.raises(LookupError, match=r"run it with context\.run"):
        tfma_results.verdict(SimpleNamespace(outputs={"evaluation": nothing}))


def test_an_explanation_of_nothing():
    with pytest.raises(ExplanationError, match="choose another threshold"):
        explanations.nearest_counterfactual({}, 0.9, [{}], [0.8], 0.5, ["state"])


def test_a_card_with_a_hole(scored):
    from tests.analysis.test_model_card import card

    with pytest.raises(ValueError, match="nothing under 'limits'"):
        card(scored, limits=[])
