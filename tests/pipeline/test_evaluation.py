"""The Evaluator's configuration says what the thresholds and slices say."""

import json

import tensorflow_model_analysis as tfma

from utils.pipeline.config import PipelineConfig, Thresholds
from utils.pipeline.evaluation import eval_config


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
