"""TFMA on scored rows, and what an Evaluator decided and why.

Source: book, chapter 7; ``tfma.analyze_raw_data``; ``tfma.load_validation_result``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.analysis.rows import SCORE, labels_and_scores, same_rows
from utils.complaints.schema import LABEL

if TYPE_CHECKING:
    import pandas as pd

_MODEL = "(model)"
_ALL_ROWS = "all rows"

_REASONS = 5
"""Missed thresholds that :attr:`Verdict.reason` writes out."""


def evaluate_models(models: Mapping[str, pd.DataFrame], *, data: str = "") -> dict[str, Any]:
    """Let TFMA measure several models on the same rows in one go; each further model costs little then.

    Args:
        models: Model name to a table of scored rows.
        data: What the views call the rows.

    Returns:
        Model name to ``tfma.EvalResult``, with the number of rows, the AUC, and the means of labels and scores.

    Raises:
        RowsError: The tables hold different complaints, or no row, label or score.
        ValueError: No model is given.
    """
    import pandas as pd
    import tensorflow_model_analysis as tfma

    if not models:
        raise ValueError("No model is given: name at least one, with its table of scored rows.")
    tables = list(models.values())
    parts = []
    for name, table in models.items():
        labels, scores = labels_and_scores(table)
        same_rows(tables[0], table)
        columns = {_MODEL: name, LABEL: labels.astype("float64"), SCORE: scores}
        parts.append(pd.DataFrame(columns))
    whole = tfma.analyze_raw_data(pd.concat(parts, ignore_index=True), _by_model())
    found = {dict(key)[_MODEL]: outputs for key, outputs in whole.slicing_metrics}
    return {
        name: whole._replace(
            slicing_metrics=[((), found[name])], model_location=name, data_location=data
        )
        for name in models
    }


def key_at(values: Mapping[str, float], rate: str, threshold: float) -> str:
    """Return the name under which Fairness Indicators keeps a rate, with as many decimals as the thresholds need.

    Args:
        values: The metrics of a slice, as ``EvalResult.get_metrics_for_slice`` returns them.
        rate: For example ``"false_positive_rate"``.
        threshold: The threshold.

    Returns:
        The key in ``values``.

    Raises:
        LookupError: The rate was not counted at this threshold.
    """
    counted = []
    for key in values:
        name, _, at = key.rpartition("@")
        if name.rpartition("/")[2] == rate:
            if abs(float(at) - threshold) < 1e-6:
                return key
            counted.append(at)
    raise LookupError(
        f"{rate!r} was not counted at {threshold}: use one of {', '.join(counted) or 'no threshold at all'}, "
        "or name it among the thresholds."
    )


@dataclass(frozen=True)
class Failure:
    """One threshold that a model missed.

    Attributes:
        metric: The metric.
        slice: The slice, or ``"all rows"``.
        value: What was measured; for a change threshold the difference to the baseline. None where the Evaluator
            computed no such metric.
        bound: What was asked for, in words.
        hint: The computed metric that was probably meant, as a question; empty where none is near.
        change: Whether the value is a difference to the baseline.
    """

    metric: str
    slice: str
    value: float | None
    bound: str
    hint: str = ""
    change: bool = False

    def __str__(self) -> str:
        if self.value is None:
            missed = f"{self.metric} of {self.slice} was not computed; {self.bound} is required"
            return f"{missed} ({self.hint})" if self.hint else missed
        found = f"changes by {self.value:+.3f}" if self.change else f"is {self.value:.3f}"
        return f"{self.metric} of {self.slice} {found}; {self.bound} is required"


@dataclass(frozen=True)
class Verdict:
    """What an Evaluator decided.

    Attributes:
        blessed: Whether the model may be pushed.
        compared: Whether there was a baseline to compare with. Without one, TFX takes the change thresholds out of the
            configuration: a *rubber stamp*.
        failures: The thresholds that were missed; none where the model is blessed.
        missing_slices: The slices that have a threshold, and for which no metric was computed.
    """

    blessed: bool
    compared: bool
    failures: tuple[Failure, ...]
    missing_slices: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        found = [str(failure) for failure in self.failures]
        found += [
            f"nothing was computed for {name}, which has a threshold: no row belongs to it, or it is not among "
            "the slices"
            for name in self.missing_slices
        ]
        if found:
            more = len(found) - _REASONS
            return "refused: " + "; ".join(
                [*found[:_REASONS], *([f"and {more} more"] if more > 0 else [])]
            )
        if not self.blessed:
            return "not blessed: there was no threshold to check" + (
                ""
                if self.compared
                else " (a threshold for a change counts only where there is a model to compare with)"
            )
        return "blessed: every threshold held" + (
            "" if self.compared else ", but there was no model to compare with"
        )


def verdict(evaluator: Any) -> Verdict:
    """Read what an Evaluator wrote.

    Args:
        evaluator: An Evaluator that has run.

    Returns:
        Its decision, and the thresholds that were missed.

    Raises:
        LookupError: It has not run.
    """
    import tensorflow_model_analysis as tfma

    evaluations = evaluator.outputs["evaluation"].get()
    if not evaluations or not evaluations[0].uri:
        raise LookupError("The Evaluator has not run: run it with context.run(...) first.")
    (blessing,) = evaluator.outputs["blessing"].get()
    found = tfma.load_validation_result(evaluations[0].uri)
    result = tfma.load_eval_result(evaluations[0].uri)
    failures = [
        _failure(failure, _slice_name(one), result)
        for one in found.metric_validations_per_slice
        for failure in one.failures
    ]
    # TFMA also counts a slice as missing that is there, when its only threshold is on a metric that is not.
    missing = [
        *(_spec_name(one) for one in found.missing_slices if not _was_computed(one, result)),
        *(
            f"{_spec_name(one.baseline_spec)} against {' and '.join(map(_spec_name, one.slicing_specs))}"
            for one in found.missing_cross_slices
        ),
    ]
    return Verdict(
        found.validation_ok and (Path(blessing.uri) / "BLESSED").is_file(),
        any(one.is_baseline for one in result.config.model_specs),
        tuple(sorted(failures, key=lambda failure: failure.slice != _ALL_ROWS)),
        tuple(missing),
    )


def refused_slices(bound: Any, values: Mapping[tuple, float], metric: str = "AUC") -> list[str]:
    """Let TFMA hold a metric that is known already against a bound, as its validation does after an evaluation.

    Args:
        bound: A ``tfma.PerSliceMetricThreshold``.
        values: Slice to value, each slice as ``EvalResult.get_metrics_for_all_slices`` names it: ``()`` for all rows,
            ``(("product", "Mortgage"),)`` for a product.
        metric: The class of the metric.

    Returns:
        The slices for which the model is refused; none where it would be blessed.
    """
    from tensorflow_model_analysis.evaluators import metrics_validator
    from tensorflow_model_analysis.metrics import metric_specs
    from tensorflow_model_analysis.proto import config_pb2

    measured = config_pb2.MetricConfig(class_name=metric, per_slice_thresholds=[bound])
    config = config_pb2.EvalConfig(
        model_specs=[config_pb2.ModelSpec(label_key=LABEL, prediction_key=SCORE)],
        metrics_specs=[config_pb2.MetricsSpec(metrics=[measured])],
    )
    keys = metric_specs.metric_thresholds_from_metrics_specs(
        config.metrics_specs, eval_config=config
    )
    found = [
        metrics_validator.validate_metrics((key, dict.fromkeys(keys, value)), config)
        for key, value in values.items()
    ]
    return [_slice_name(one) for each in found for one in each.metric_validations_per_slice]


def _failure(failure: Any, slice_name: str, result: Any) -> Failure:
    name, threshold = failure.metric_key.name, failure.metric_threshold
    if not failure.HasField("metric_value"):
        near = difflib.get_close_matches(name.lower(), _computed(result), n=1)
        hint = f"did you mean {near[0]!r}?" if near else ""
        return Failure(name, slice_name, None, _bound(threshold), hint)
    measured = failure.metric_value.double_value.value
    change = threshold.HasField("change_threshold")
    return Failure(name, slice_name, measured, _bound(threshold), change=change)


def _bound(threshold: Any) -> str:
    """Return what a ``tfma.MetricThreshold`` asks for, in words."""
    if not threshold.HasField("change_threshold"):
        value = threshold.value_threshold
        bounds = [
            f"{word} {getattr(value, name).value:.3f}"
            for name, word in (("lower_bound", "at least"), ("upper_bound", "at most"))
            if value.HasField(name)
        ]
        return " and ".join(bounds)
    from tensorflow_model_analysis.proto import config_pb2

    change = threshold.change_threshold
    lower = change.direction == config_pb2.MetricDirection.LOWER_IS_BETTER
    parts = [
        text
        for name, text in (
            ("absolute", f"{change.absolute.value:+.3f}"),
            ("relative", f"{change.relative.value:+.1%}"),
        )
        if change.HasField(name)
    ]
    word = "at most" if lower else "at least"
    return f"{word} {' and '.join(parts)} against the baseline"


def _computed(result: Any) -> list[str]:
    """Return the names of all metrics of an evaluation."""
    return sorted(
        {
            name
            for _, outputs in result.slicing_metrics
            for by_sub_key in (outputs or {}).values()
            for by_name in by_sub_key.values()
            for name in by_name
        }
    )


def _was_computed(spec: Any, result: Any) -> bool:
    """Return whether an evaluation has a slice that a ``SlicingSpec`` describes."""
    from tensorflow_model_analysis.slicer import slicer_lib

    described = slicer_lib.SingleSliceSpec(spec=spec)
    return any(
        described.is_slice_applicable(key)
        for key, _ in result.slicing_metrics
        if not slicer_lib.is_cross_slice_key(key)
    )


def _slice_name(validation: Any) -> str:
    """Return the name of the slice that a ``MetricsValidationForSlice`` is about."""
    if validation.HasField("cross_slice_key"):
        crossed = validation.cross_slice_key
        return f"{_key_name(crossed.baseline_slice_key)} against {_key_name(crossed.comparison_slice_key)}"
    return _key_name(validation.slice_key)


def _key_name(key: Any) -> str:
    """Return the columns and values of a ``SliceKey``: ``"product=Mortgage, state=CA"``."""
    parts = []
    for part in key.single_slice_keys:
        value = getattr(part, part.WhichOneof("kind"))
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        parts.append(f"{part.column}={text}")
    return ", ".join(parts) or _ALL_ROWS


def _spec_name(spec: Any) -> str:
    """Return the columns and values of a ``SlicingSpec``, as :func:`_key_name` writes them."""
    parts = [f"each {name}" for name in spec.feature_keys]
    parts += [f"{name}={value}" for name, value in sorted(spec.feature_values.items())]
    return ", ".join(parts) or _ALL_ROWS


def _by_model() -> Any:
    from tensorflow_model_analysis.proto import config_pb2

    names = ("ExampleCount", "AUC", "MeanLabel", "MeanPrediction")
    found = [config_pb2.MetricConfig(class_name=name) for name in names]
    return config_pb2.EvalConfig(
        model_specs=[config_pb2.ModelSpec(label_key=LABEL, prediction_key=SCORE)],
        metrics_specs=[config_pb2.MetricsSpec(metrics=found)],
        slicing_specs=[config_pb2.SlicingSpec(feature_keys=[_MODEL])],
    )
