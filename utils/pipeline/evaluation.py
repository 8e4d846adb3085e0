"""What the Evaluator measures, by which slices, and when it blesses a model.

Source: book, chapter 7; https://www.tensorflow.org/tfx/model_analysis
"""

from __future__ import annotations

import json

from tensorflow_model_analysis.proto import config_pb2

from .config import PipelineConfig
from .modules import features

PREDICTION = "probability"
"""The name of the model's output."""


def eval_config(config: PipelineConfig) -> config_pb2.EvalConfig:
    """Write TFMA's configuration.

    A model is blessed when its AUC over all rows reaches ``min_auc`` and lies at most ``max_auc_drop`` below
    that of the latest blessed model. Where there is none yet, TFX leaves the comparison out and ``min_auc``
    alone decides, and so it does where ``max_auc_drop`` is None.

    Each metric that TFMA cannot derive from what another one counts costs a pass over all rows of all slices, so there
    is none here that another one already says.

    Args:
        config: ``thresholds`` and ``slices`` are used.

    Returns:
        Metrics: number of examples, AUC with its thresholds, accuracy, mean label and mean prediction, the plots of
        calibration and of confusion matrices, and Fairness Indicators at ``thresholds.fairness``.
    """
    thresholds = config.thresholds
    blessing = config_pb2.MetricThreshold(
        value_threshold=config_pb2.GenericValueThreshold(lower_bound={"value": thresholds.min_auc})
    )
    if thresholds.max_auc_drop is not None:
        blessing.change_threshold.direction = config_pb2.MetricDirection.HIGHER_IS_BETTER
        blessing.change_threshold.absolute.value = -thresholds.max_auc_drop
    # Without a slice, a threshold would hold for each slice, and chance alone would fail the small ones.
    overall = {"slicing_specs": [config_pb2.SlicingSpec()], "threshold": blessing}
    metrics = [
        config_pb2.MetricConfig(class_name="ExampleCount"),
        config_pb2.MetricConfig(class_name="AUC", per_slice_thresholds=[overall]),
        config_pb2.MetricConfig(class_name="BinaryAccuracy"),
        config_pb2.MetricConfig(class_name="MeanLabel"),
        config_pb2.MetricConfig(class_name="MeanPrediction"),
        config_pb2.MetricConfig(class_name="CalibrationPlot"),
        config_pb2.MetricConfig(class_name="ConfusionMatrixPlot"),
        config_pb2.MetricConfig(
            class_name="FairnessIndicators",
            module="fairness_indicators.fairness_indicators_metrics",
            config=json.dumps({"thresholds": list(thresholds.fairness)}),
        ),
    ]
    slices: list[list[str]] = [[]]
    slices += [[entry] if isinstance(entry, str) else list(entry) for entry in config.slices]
    return config_pb2.EvalConfig(
        model_specs=[
            config_pb2.ModelSpec(
                signature_name="serving_default",
                label_key=features.LABEL,
                prediction_key=PREDICTION,
            )
        ],
        metrics_specs=[config_pb2.MetricsSpec(metrics=metrics)],
        slicing_specs=[config_pb2.SlicingSpec(feature_keys=keys) for keys in slices],
    )
