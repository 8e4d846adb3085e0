"""TFMA and scikit-learn on the same rows, and what an Evaluator's files say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from google.protobuf import text_format

from tests.analysis import evaluators
from utils.analysis import tfma_results
from utils.analysis.tfma_results import Failure, Verdict
from utils.intervals import auc


@pytest.fixture(scope="module")
def results(scored):
    other = scored.assign(score=1 - scored.score)
    return tfma_results.evaluate_models({"one": scored, "other": other}, data="all")


def test_tfma_says_what_is_counted_by_hand(results, scored):
    found = results["one"].get_metrics_for_slice()
    assert found["example_count"]["doubleValue"] == len(scored)
    area = auc(scored.consumer_disputed, scored.score)
    assert found["auc"]["doubleValue"] == pytest.approx(area, abs=5e-4)
    assert found["mean_label"]["doubleValue"] == pytest.approx(scored.consumer_disputed.mean())
    assert found["mean_prediction"]["doubleValue"] == pytest.approx(scored.score.mean())


def test_several_models_keep_their_names_and_their_numbers(results, scored):
    assert [(r.model_location, r.data_location) for r in results.values()] == [
        ("one", "all"),
        ("other", "all"),
    ]
    one, other = (r.get_metrics_for_slice() for r in results.values())
    assert other["auc"]["doubleValue"] == pytest.approx(1 - one["auc"]["doubleValue"], abs=1e-3)
    assert other["mean_prediction"]["doubleValue"] == pytest.approx(1 - scored.score.mean())


VALIDATION = """
validation_ok: false
metric_validations_per_slice {
  slice_key {}
  failures {
    metric_key { name: "auc" }
    metric_value { double_value { value: 0.95 } }
    metric_threshold { value_threshold {
      lower_bound { value: 0.6 } upper_bound { value: 0.75 } } }
  }
  failures {
    metric_key { name: "auc" is_diff: true }
    metric_value { double_value { value: -0.03 } }
    metric_threshold { change_threshold { absolute { value: -0.01 } } }
  }
}
"""


def evaluator(folder, blessed):
    (folder / "BLESSED" if blessed else folder / "NOT_BLESSED").touch()
    artifact = SimpleNamespace(uri=str(folder))
    channel = SimpleNamespace(get=lambda: [artifact])
    return SimpleNamespace(outputs={"evaluation": channel, "blessing": channel})


def verdict(text, blessed, folder, monkeypatch, baseline):
    import tensorflow_model_analysis as tfma
    from tensorflow_model_analysis.proto import config_pb2, validation_result_pb2

    specs = [
        config_pb2.ModelSpec(),
        *([config_pb2.ModelSpec(is_baseline=True)] if baseline else []),
    ]
    result = SimpleNamespace(config=config_pb2.EvalConfig(model_specs=specs))
    monkeypatch.setattr(tfma, "load_eval_result", lambda uri: result)

    found = text_format.Parse(text, validation_result_pb2.ValidationResult())
    monkeypatch.setattr(tfma, "load_validation_result", lambda uri: found)
    return tfma_results.verdict(evaluator(folder, blessed))


def test_a_refusal_names_metric_value_and_bound(tmp_path, monkeypatch):
    found = verdict(VALIDATION, False, tmp_path, monkeypatch, baseline=True)
    assert found == Verdict(
        False,
        True,
        (
            Failure("auc", "all rows", 0.95, "at least 0.600 and at most 0.750"),
            Failure(
                "auc",
                "all rows",
                -0.03,
                "at least -0.010 against the baseline",
                change=True,
            ),
        ),
    )
    assert found.reason.startswith("refused: auc of all rows is 0.950")
    assert (
        "auc of all rows changes by -0.030; at least -0.010 against the baseline is required"
        in found.reason
    )


def test_a_first_run_says_that_nothing_was_compared(tmp_path, monkeypatch):
    found = verdict("validation_ok: true", True, tmp_path, monkeypatch, baseline=False)
    assert found.blessed and not found.compared
    assert "no model to compare with" in found.reason


AT_LEAST = "threshold { value_threshold { lower_bound { value: 0.1 } } }"
CHANGE = "threshold { change_threshold { direction: HIGHER_IS_BETTER absolute { value: -0.1 } } }"


def test_a_model_that_was_never_compared_and_has_no_bound_is_not_blessed(tmp_path):
    config = f"metrics_specs {{ metrics {{ class_name: 'AUC' {CHANGE} }} }} slicing_specs {{}}"
    found = tfma_results.verdict(evaluators.run(config, tmp_path))
    assert not found.blessed
    assert found.reason.startswith("not blessed: there was no threshold to check")
    assert "only where there is a model to compare with" in found.reason


def test_thresholds_that_could_not_be_checked_bless_nothing(tmp_path):
    """On a slice without rows, on all rows where these are no slice, and on a metric by its class's name."""
    config = f"""metrics_specs {{
      metrics {{
        class_name: 'AUC'
        per_slice_thresholds {{
          slicing_specs {{ feature_values {{ key: 'product' value: 'Student loan' }} }} {AT_LEAST}
        }}
        per_slice_thresholds {{ slicing_specs {{}} {AT_LEAST} }}
      }}
      thresholds {{ key: 'AUC' value {{ value_threshold {{ lower_bound {{}} }} }} }}
    }}
    slicing_specs {{ feature_keys: 'product' }}"""
    found = tfma_results.verdict(evaluators.run(config, tmp_path))
    assert not found.blessed
    assert set(found.missing_slices) == {"product=Student loan", "all rows"}
    bound, hint = "at least 0.000", "did you mean 'auc'?"
    assert set(found.failures) == {
        Failure("AUC", f"product={name}", None, bound, hint) for name in evaluators.PRODUCTS
    }
    assert "AUC of product=Loan was not computed; at least 0.000 is required" in found.reason
    assert "nothing was computed for product=Student loan" in found.reason


def test_many_missed_thresholds_are_not_all_written_out():
    failures = tuple(
        Failure("auc", f"product={number}", 0.1, "at least 0.5") for number in range(9)
    )
    assert Verdict(False, True, failures).reason.endswith("; and 4 more")


def test_a_refusal_names_relative_changes_and_both_sides_of_crossed_slices(tmp_path, monkeypatch):
    text = """
    metric_validations_per_slice {
      cross_slice_key {
        baseline_slice_key {}
        comparison_slice_key { single_slice_keys { column: "product" bytes_value: "caf\\303\\251" } }
      }
      failures {
        metric_key { name: "loss" is_diff: true }
        metric_value { double_value { value: 0.2 } }
        metric_threshold { change_threshold { direction: LOWER_IS_BETTER relative { value: 0.05 } } }
      }
    }
    missing_cross_slices { baseline_spec {} slicing_specs { feature_keys: "state" } }
    """
    found = verdict(text, False, tmp_path, monkeypatch, baseline=True)
    assert found.failures == (
        Failure(
            "loss",
            "all rows against product=café",
            0.2,
            "at most +5.0% against the baseline",
            change=True,
        ),
    )
    assert found.missing_slices == ("all rows against each state",)


def test_a_bound_is_held_against_the_slices_that_it_names():
    from tensorflow_model_analysis.proto import config_pb2

    values = {(): 0.7, (("product", "Loan"),): 0.4, (("product", "Card"),): 0.9}
    for slices, refused in {
        "slicing_specs {}": [],
        "slicing_specs { feature_keys: 'product' }": ["product=Loan"],
        "slicing_specs { feature_values { key: 'product' value: 'Card' } }": [],
    }.items():
        text = f"{slices} threshold {{ value_threshold {{ lower_bound {{ value: 0.5 }} }} }}"
        bound = text_format.Parse(text, config_pb2.PerSliceMetricThreshold())
        assert tfma_results.refused_slices(bound, values) == refused
