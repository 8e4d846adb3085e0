"""The Evaluator's configuration says what the thresholds and slices say."""

import json

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.metrics import metric_specs, metric_types

from tests.analysis import evaluators
from utils.pipeline.config import PipelineConfig, Thresholds
from utils.pipeline.evaluation import eval_config
from utils.training import runs


def metric(config, name):
    (found,) = [one for one in config.metrics_specs[0].metrics if one.class_name == name]
    return found


def test_the_blessing_is_decided_by_auc_over_all_rows():
    config = eval_config(PipelineConfig(thresholds=Thresholds(min_auc=0.55, max_auc_drop=0.02)))
    (threshold,) = metric(config, "AUC").per_slice_thresholds
    assert list(threshold.slicing_specs) == [tfma.SlicingSpec()]
    assert threshold.threshold.value_threshold.lower_bound.value == 0.55
    change = threshold.threshold.change_threshold
    assert change.absolute.value == -0.02
    assert change.direction == tfma.MetricDirection.HIGHER_IS_BETTER


def test_slices_may_be_crossed_and_overall_is_always_there():
    config = eval_config(PipelineConfig(slices=("product", ("product", "state_group"))))
    assert [list(spec.feature_keys) for spec in config.slicing_specs] == [
        [],
        ["product"],
        ["product", "state_group"],
    ]


def test_fairness_indicators_look_at_the_thresholds():
    config = eval_config(PipelineConfig(thresholds=Thresholds(fairness=(0.4, 0.25))))
    assert json.loads(metric(config, "FairnessIndicators").config) == {"thresholds": [0.25, 0.4]}


def test_the_model_is_read_by_its_names():
    (model,) = eval_config(PipelineConfig()).model_specs
    assert (model.label_key, model.prediction_key) == ("consumer_disputed", "probability")


def test_no_metric_costs_a_pass_that_another_one_makes_already():
    """Each computation that is not derived goes through all rows of all slices."""
    config = eval_config(PipelineConfig())
    computations = metric_specs.to_computations(list(config.metrics_specs), eval_config=config)
    passes = {one for one in computations if isinstance(one, metric_types.MetricComputation)}
    assert len(passes) == 5


def test_an_evaluation_without_metrics_is_read_as_none(tmp_path):
    config = (
        "metrics_specs { thresholds { key: 'auc' value { value_threshold { lower_bound {} } } } } "
        "slicing_specs {}"
    )
    evaluators.run(config, tmp_path)
    assert runs.read_metrics(tmp_path / "evaluation") == {runs.OVERALL: {}}
