"""TFMA on scored rows, and what an Evaluator decided and why.

Source: book, chapter 7; ``tfma.analyze_raw_data``; ``tfma.load_validation_result``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.analysis.groups import groups
from utils.analysis.rows import SCORE, labels_and_scores, same_rows
from utils.complaints.schema import LABEL

if TYPE_CHECKING:
    import pandas as pd

Slice = str | tuple[str, ...]
"""A column to slice by, or several that are crossed."""

_MODEL = "(model)"
_MODULES = {"FairnessIndicators": "fairness_indicators.fairness_indicators_metrics"}
_AT_THRESHOLDS = ("ConfusionMatrixAtThresholds", "FairnessIndicators")


def evaluate(
    rows: pd.DataFrame,
    slices: Sequence[Slice] = (),
    thresholds: Sequence[float] = (),
    *,
    intervals: bool = False,
    model: str = "",
    data: str = "",
) -> Any:
    """Lets TFMA measure rows that are scored already, which takes seconds where an Evaluator takes longer.

    Args:
        rows: A table of scored rows.
        slices: What to slice by, beside all rows.
        thresholds: The scores at which confusion matrices and Fairness Indicators are counted; none for the metrics
            that need no threshold.
        intervals: Whether TFMA computes confidence intervals, by the jackknife, which takes several times as long.
        model: What the views call the model.
        data: What the views call the rows.

    Returns:
        A ``tfma.EvalResult``, as ``tfma.load_eval_result`` gives it.

    Raises:
        RowsError: There is no row, no label or no score.
    """
    result = _analyze(rows, [(), *map(_names, slices)], thresholds, intervals)
    return result._replace(model_location=model, data_location=data)


def evaluate_models(
    models: Mapping[str, pd.DataFrame],
    slices: Sequence[Slice] = (),
    thresholds: Sequence[float] = (),
    *,
    data: str = "",
) -> dict[str, Any]:
    """Lets TFMA measure several models on the same rows in one go; each further model costs little then.

    Args:
        models: Model name to a table of scored rows.
        slices: As for :func:`evaluate`.
        thresholds: As for :func:`evaluate`.
        data: What the views call the rows.

    Returns:
        Model name to ``tfma.EvalResult``.

    Raises:
        RowsError: The tables hold different complaints, or no row, label or score.
        ValueError: No model is given.
    """
    import pandas as pd

    if not models:
        raise ValueError("No model is given: name at least one, with its table of scored rows.")
    tables = list(models.values())
    for table in tables:
        labels_and_scores(table)
        same_rows(tables[0], table)
    stacked = pd.concat([table.assign(**{_MODEL: name}) for name, table in models.items()])
    crossed = [(_MODEL, *_names(one)) for one in ((), *slices)]
    whole = _analyze(stacked, crossed, thresholds)
    return {
        name: whole._replace(
            slicing_metrics=[
                (tuple(part for part in key if part[0] != _MODEL), outputs)
                for key, outputs in whole.slicing_metrics
                if (_MODEL, name) in key
            ],
            model_location=name,
            data_location=data,
        )
        for name in models
    }


def metrics(result: Any, **slice_values: str) -> dict[str, float]:
    """The metrics of one slice as numbers.

    Args:
        result: A ``tfma.EvalResult``.
        **slice_values: The slice, column by column; none for all rows.

    Returns:
        Metric to value. Metrics that are no single number are left out.

    Raises:
        LookupError: The slice was not computed.
    """
    wanted = frozenset(slice_values.items())
    found = {
        frozenset(key): outputs for key, outputs in result.slicing_metrics if not _crosses(key)
    }
    if wanted not in found:
        raise LookupError(
            f"No metrics were computed for {dict(wanted)}: name the column among the slices."
        )
    values: dict[str, float] = {}
    for by_sub_key in found[wanted].values():
        for name, value in by_sub_key.get("", {}).items():
            number = _number(value)
            if number is not None:
                values[name] = number
    return values


def key_at(values: Mapping[str, float], rate: str, threshold: float) -> str:
    """The name under which Fairness Indicators keeps a rate: TFMA writes as many decimals as the thresholds need.

    Args:
        values: What :func:`metrics` returned.
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
        value: What was measured; for a change threshold the difference to the baseline.
        bound: What was asked for, in words.
    """

    metric: str
    slice: str
    value: float
    bound: str

    def __str__(self) -> str:
        return f"{self.metric} of {self.slice} is {self.value:.3f}, asked for is {self.bound}"


@dataclass(frozen=True)
class Verdict:
    """What an Evaluator decided.

    Attributes:
        blessed: Whether the model may be pushed.
        compared: Whether there was a baseline to compare with. Without one, TFX takes the change thresholds out of the
            configuration: a *rubber stamp*.
        failures: The thresholds that were missed; none where the model is blessed.
    """

    blessed: bool
    compared: bool
    failures: tuple[Failure, ...]

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        if self.failures:
            return "refused: " + "; ".join(map(str, self.failures))
        return "blessed: every threshold held" + (
            "" if self.compared else ", but there was no model to compare with"
        )


def verdict(evaluator: Any) -> Verdict:
    """Reads what an Evaluator wrote.

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
    specs = tfma.load_eval_result(evaluations[0].uri).config.model_specs
    failures = [
        _failure(failure, one.slice_key)
        for one in found.metric_validations_per_slice
        for failure in one.failures
    ]
    blessed = (Path(blessing.uri) / "BLESSED").is_file()
    return Verdict(blessed, any(one.is_baseline for one in specs), tuple(failures))


def _failure(failure: Any, key: Any) -> Failure:
    threshold = failure.metric_threshold
    if threshold.HasField("change_threshold"):
        change = threshold.change_threshold
        bound = f"a change of at least {change.absolute.value:+.3f} to the baseline"
    else:
        value = threshold.value_threshold
        bounds = [
            f"{word} {getattr(value, name).value:.3f}"
            for name, word in (("lower_bound", "at least"), ("upper_bound", "at most"))
            if value.HasField(name)
        ]
        bound = " and ".join(bounds)
    parts = [
        f"{part.column}={getattr(part, part.WhichOneof('kind'))}" for part in key.single_slice_keys
    ]
    measured = failure.metric_value.double_value.value
    return Failure(failure.metric_key.name, ", ".join(parts) or "all rows", measured, bound)


def _names(one: Slice) -> tuple[str, ...]:
    return (one,) if isinstance(one, str) else tuple(one)


def _analyze(
    rows: pd.DataFrame,
    slices: Sequence[tuple[str, ...]],
    thresholds: Sequence[float],
    intervals: bool = False,
) -> Any:
    import fairness_indicators.fairness_indicators_metrics  # noqa: F401 (registers its metrics)
    import tensorflow_model_analysis as tfma

    labels, scores = labels_and_scores(rows)
    columns = sorted({name for one in slices for name in one})
    for name in columns:
        groups(rows, name)
    table = rows[columns].fillna("(missing)").astype(str)
    table = table.assign(**{LABEL: labels.astype("float64"), SCORE: scores})
    config = _config(slices, thresholds, intervals)
    return tfma.analyze_raw_data(table.reset_index(drop=True), config)


def _config(slices: Iterable[tuple[str, ...]], thresholds: Sequence[float], intervals: bool) -> Any:
    from tensorflow_model_analysis.proto import config_pb2

    at = json.dumps({"thresholds": list(thresholds)})
    names = ["ExampleCount", "AUC", "MeanLabel", "MeanPrediction"]
    if thresholds:
        names += ["BinaryAccuracy", "ConfusionMatrixAtThresholds", "FairnessIndicators"]
    found = [
        config_pb2.MetricConfig(
            class_name=name,
            module=_MODULES.get(name, ""),
            config=at if name in _AT_THRESHOLDS else "",
        )
        for name in names
    ]
    config = config_pb2.EvalConfig(
        model_specs=[config_pb2.ModelSpec(label_key=LABEL, prediction_key=SCORE)],
        metrics_specs=[config_pb2.MetricsSpec(metrics=found)],
        slicing_specs=[config_pb2.SlicingSpec(feature_keys=list(one)) for one in slices],
    )
    if intervals:
        config.options.compute_confidence_intervals.value = True
        config.options.confidence_intervals.method = config_pb2.ConfidenceIntervalOptions.JACKKNIFE
    return config


def _crosses(key: Any) -> bool:
    return bool(key) and not isinstance(key[0][0], str)


def _number(value: Mapping[str, Any]) -> float | None:
    if "doubleValue" in value:
        return float(value["doubleValue"])
    bounded = value.get("boundedValue")
    return float(bounded["value"]) if bounded else None
