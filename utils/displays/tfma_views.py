"""TensorFlow Model Analysis in the genuine interface of the installed wheel.

Slicing metrics, time series and plots. The functions here stand in for
``tensorflow_model_analysis.notebook.visualization.render_*``, through which
``tfma.view.render_slicing_metrics``, ``render_time_series`` and ``render_plot`` go. They take the
same arguments.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from utils.displays import assets
from utils.displays.events import EventHandlers, LiveFrame
from utils.displays.fallback import Table, cell
from utils.displays.frame import Frame, Library, script, static
from utils.displays.registry import Hooks, Patch
from utils.displays.views.base import View
from utils.errors import WorkbookError

PACKAGE = "tensorflow_model_analysis"
VISUALIZATION = f"{PACKAGE}.notebook.visualization"
VIEW_UTIL = f"{PACKAGE}.view.util"

CONFIGURATION = (
    "AggregationOptions",
    "BinarizationOptions",
    "ConfidenceIntervalOptions",
    "CrossSliceMetricThreshold",
    "CrossSliceMetricThresholds",
    "CrossSlicingSpec",
    "EvalConfig",
    "ExampleWeightOptions",
    "GenericChangeThreshold",
    "GenericValueThreshold",
    "MetricConfig",
    "MetricsSpec",
    "MetricThreshold",
    "ModelSpec",
    "Options",
    "PaddingOptions",
    "PerSliceMetricThreshold",
    "PerSliceMetricThresholds",
    "RepeatedInt32Value",
    "RepeatedStringValue",
    "SlicingSpec",
)
"""Names in TFMA 0.52's ``__all__`` that it forgot to import; the book's code needs them."""

MAX_NAME = 200
"""Characters of a slice's name that the interfaces are given."""

COUNTS = {
    "truePositives": "TP",
    "falsePositives": "FP",
    "trueNegatives": "TN",
    "falseNegatives": "FN",
}
"""A confusion matrix's counts and how a static table calls them."""

START = """
const element = document.querySelector("#workbook-root > *");
element.addEventListener("tfma-event", (event) => frame.emit(event.detail.type,
event.detail.detail)); Object.assign(element, data);
"""
"""Hands the data to the one element of the frame, and its events to the page."""


Shown = TypeVar("Shown", bound=Frame | View)

NO_METRIC = (
    "No metric was computed. A threshold computes none by itself, and an exported model brings none along: name them "
    "in the EvalConfig, for example metrics_specs=[tfma.MetricsSpec(metrics=[tfma.MetricConfig(class_name='AUC')])]."
)
"""What a view says of an evaluation without metrics."""


class EvaluationError(WorkbookError, ValueError):
    """An evaluation that does not hold what is to be shown."""


@cache
def library() -> Library:
    """Return the genuine interface, its charts drawn locally.

    Returns:
        The library that all views of TFMA and of Fairness Indicators share.

    Raises:
        AssetError: The installed wheel has another interface than these views were made for.
    """
    bundle = assets.read(assets.TFMA).replace(' autofocus=""', "")
    scripts = map(script, (static("charts.js"), static("table.js"), bundle))
    return Library("tfma", f"<style>{static('tfma.css')}</style>{''.join(scripts)}")


class SlicingMetricsView(LiveFrame):
    """What ``tfma.view.render_slicing_metrics`` returns: overview, histogram and table."""

    def __init__(
        self,
        data: Sequence[Mapping[str, Any]],
        config: Mapping[str, Any],
        event_handlers: EventHandlers | None = None,
    ) -> None:
        """Describe the view.

        Args:
            data: One mapping a slice, ``{"slice": name, "metrics": {output: {sub key: {metric:
                value}}}}``.
            config: ``{"weightedExamplesColumn": metric}``.
            event_handlers: Python functions by event type; TFMA's only type is
                ``"slice-selected"``.
        """
        self.config = config
        self.event_handlers = event_handlers
        data = [{**row, "slice": short(str(row["slice"]))} for row in data]
        super().__init__(
            library=library(),
            body="<tfma-nb-slicing-metrics></tfma-nb-slicing-metrics>",
            start=START,
            data={"config": config, "data": rounded([row for row in data if flat(row["metrics"])])},
            tables=[metrics_table("Slice", [(row["slice"], row["metrics"]) for row in data])],
            title="Metrics by slice",
            height=620,
            min_height=520,
            event_handlers=event_handlers,
        )


class TimeSeriesView(Frame):
    """What ``tfma.view.render_time_series`` returns: line charts over runs, and a table."""

    def __init__(self, data: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> None:
        """Describe the view.

        Args:
            data: One mapping a run: ``"metrics"``, and in ``"config"`` the ``"modelIdentifier"``
                and the ``"dataIdentifier"``.
            config: ``{"isModelCentric": bool}``.
        """
        self.config = config
        runs = [
            (
                f"{run['config']['modelIdentifier']} on {run['config']['dataIdentifier']}",
                run["metrics"],
            )
            for run in data
        ]
        super().__init__(
            library=library(),
            body="<tfma-nb-time-series></tfma-nb-time-series>",
            start=START,
            data={"config": config, "data": rounded([run for run in data if flat(run["metrics"])])},
            tables=[metrics_table("Model on data", runs)],
            title="Metrics over evaluation runs",
            height=620,
            min_height=420,
        )


class PlotView(Frame):
    """What ``tfma.view.render_plot`` returns: calibration, ROC and the other plots of one slice."""

    def __init__(self, data: Mapping[str, Any], config: Mapping[str, Any]) -> None:
        """Describe the view.

        Args:
            data: The plots by TFMA's names, for example ``confusionMatrixAtThresholds``.
            config: ``{"sliceName": …, "metricKeys": …}``.
        """
        self.config = config
        super().__init__(
            library=library(),
            body="<tfma-nb-plot></tfma-nb-plot>",
            start=START,
            data={
                "config": {**config, "sliceName": short(str(config.get("sliceName", "")))},
                "data": rounded(data),
            },
            tables=plot_tables(data, str(config.get("sliceName", ""))),
            title=f"Plots of the slice {config.get('sliceName') or 'Overall'}"[:200],
            height=480,
            min_height=420,
        )


def value_text(value: Any) -> object:
    """Write one of TFMA's metric values for a static table.

    Args:
        value: A metric's value as TFMA's JSON has it, for example ``{"doubleValue": 0.5}``.

    Returns:
        A number, or text such as ``"0.50000 (0.40000, 0.60000)"`` for a value with a confidence
        interval.
    """
    if not isinstance(value, Mapping):
        return value
    if "matrices" in value:
        return "; ".join(map(_matrix_text, value["matrices"]))
    if len(value) == 1:
        inner = next(iter(value.values()))
        return value_text(inner) if isinstance(inner, Mapping) else _number(inner)
    if {"value", "lowerBound", "upperBound"} <= set(value):
        middle, low, high = (_number(value[key]) for key in ("value", "lowerBound", "upperBound"))
        return f"{_five(middle)} ({_five(low)}, {_five(high)})"
    if "ratio" in value:
        return value_text(value["ratio"])
    return json.dumps(value, default=str) if value else ""


def _matrix_text(matrix: Mapping[str, Any]) -> str:
    counts = [f"{mark} {cell(_number(matrix.get(name, 0)))}" for name, mark in COUNTS.items()]
    return f"at {cell(_number(matrix.get('threshold', 0)))}: {', '.join(counts)}"


def short(name: str) -> str:
    """Shorten a slice's name, because the interfaces measure names letter by letter.

    Args:
        name: A name of any length.

    Returns:
        The name; one of more than 200 characters is cut, and told apart by its length and a hash.
    """
    if len(name) <= MAX_NAME:
        return name
    mark = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{name[: MAX_NAME - 40]}… ({len(name)} characters, {mark})"


def rounded(data: Any, digits: int = 9) -> Any:
    """Round the fractions in data, so that a thousand thresholds do not fill a notebook.

    The views show five decimals. Whole numbers, such as counts, stay exact.

    Args:
        data: Anything made of mappings, lists, numbers and texts.
        digits: Significant digits to keep.

    Returns:
        The same with rounded fractions.
    """
    if isinstance(data, Mapping):
        return {key: rounded(item, digits) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [rounded(item, digits) for item in data]
    if isinstance(data, float) and not data.is_integer():
        return float(f"{data:.{digits}g}")
    return data


def _number(value: object) -> object:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return value


def _five(value: object) -> str:
    return f"{value:.5f}" if isinstance(value, float) else str(value)


def flat(metrics: Mapping[str, Any] | None) -> dict[str, object]:
    """Flatten the metrics of one slice or run.

    Args:
        metrics: ``{output: {sub key: {metric: value}}}``; None where TFMA computed none.

    Returns:
        Values for a static table, by the metric's name with the output and the sub key before it
        where they are named.
    """
    return {
        "/".join(part for part in (output, sub_key, name) if part): value_text(value)
        for output, by_sub_key in (metrics or {}).items()
        for sub_key, by_name in by_sub_key.items()
        for name, value in sorted(by_name.items())
    }


def metrics_table(head: str, rows: Sequence[tuple[str, Mapping[str, Any] | None]]) -> Table:
    """Build the static table of slices or runs.

    Args:
        head: The head of the first column.
        rows: Pairs of a row's name and its metrics, as :func:`flat` takes them.

    Returns:
        A table with one column for each metric of any row.
    """
    flattened = [(name, flat(metrics)) for name, metrics in rows]
    columns = list(dict.fromkeys(key for _, metrics in flattened for key in metrics))
    return Table(
        columns=[head, *columns],
        rows=[[name, *(metrics.get(key) for key in columns)] for name, metrics in flattened],
        caption=f"Metrics by {head.lower()}",
    )


THRESHOLD_COLUMNS = (
    "threshold",
    *COUNTS,
    "precision",
    "recall",
)
BUCKET_COLUMNS = (
    "lowerThresholdInclusive",
    "upperThresholdExclusive",
    "numWeightedExamples",
    "totalWeightedLabel",
    "totalWeightedRefinedPrediction",
)
PLOT_ROWS = 21
"""Thresholds or buckets that a static table of a plot shows, evenly spread over all of them."""


def plot_tables(data: Mapping[str, Any], slice_name: str) -> list[Table]:
    """Build the static tables of a slice's plots.

    Args:
        data: The plots by TFMA's names.
        slice_name: The slice's name, for the captions.

    Returns:
        A table for each kind of plot: thresholds, calibration buckets, confusion matrices of the
        classes.
    """
    tables = []
    of = f" of {slice_name or 'Overall'}"
    if "confusionMatrixAtThresholds" in data:
        matrices = data["confusionMatrixAtThresholds"].get("matrices", [])
        tables.append(_sampled("Confusion matrix at thresholds" + of, THRESHOLD_COLUMNS, matrices))
    if "calibrationHistogramBuckets" in data:
        buckets = data["calibrationHistogramBuckets"].get("buckets", [])
        filled = [bucket for bucket in buckets if bucket.get("numWeightedExamples")]
        tables.append(_sampled("Calibration buckets with examples" + of, BUCKET_COLUMNS, filled))
    for key, name in (
        ("multiClassConfusionMatrixAtThresholds", "Confusion matrix of the classes"),
        ("multiLabelConfusionMatrixAtThresholds", "Confusion matrix of the labels"),
    ):
        for matrix in data.get(key, {}).get("matrices", [])[:1]:
            entries = matrix.get("entries", [])
            columns = list(dict.fromkeys(column for entry in entries for column in entry))
            rows = [[entry.get(column, 0) for column in columns] for entry in entries]
            at = f" at threshold {_five(_number(matrix.get('threshold', 0)))}"
            tables.append(Table(columns, rows, name + of + at))
    return tables


def _sampled(caption: str, columns: Sequence[str], entries: Sequence[Mapping[str, Any]]) -> Table:
    step = max(1, -(-len(entries) // PLOT_ROWS))
    rows = [[_number(entry.get(column, 0)) for column in columns] for entry in entries[::step]]
    shown = f" ({len(rows)} of {len(entries)})" if step > 1 else ""
    return Table(columns, rows, caption + shown)


def shown(view: Shown) -> Shown | None:
    """Do with a view what TFMA does: return it in Jupyter, display it at once in Colab.

    Args:
        view: The view.

    Returns:
        The view, or None where it was displayed.
    """
    if "google.colab" not in sys.modules:
        return view
    from IPython.display import display

    display(view)
    return None


def _without_metrics(title: str, names: Iterable[str]) -> View:
    """Say that an evaluation has slices or runs, and no metric of any."""
    return View(title, [Table([title], [[short(name)] for name in names])], note=NO_METRIC)


def slicing_metrics(
    data: Sequence[Mapping[str, Any]],
    config: Mapping[str, Any],
    event_handlers: EventHandlers | None = None,
) -> Frame | View:
    """Choose the view of the metrics of some slices.

    Args:
        data: As :class:`SlicingMetricsView` takes it; a slice's ``"metrics"`` may be None.
        config: As :class:`SlicingMetricsView` takes it.
        event_handlers: As :class:`SlicingMetricsView` takes them.

    Returns:
        The genuine view; where no metric was computed at all, a view that says so and how to add one.
    """
    if not any(flat(row["metrics"]) for row in data):
        return _without_metrics("Metrics by slice", (str(row["slice"]) for row in data))
    return SlicingMetricsView(data, config, event_handlers)


def render_slicing_metrics(
    data: Sequence[Mapping[str, Any]],
    config: Mapping[str, Any],
    event_handlers: EventHandlers | None = None,
) -> Frame | View | None:
    """Stand in for TFMA's function of this name; see :func:`slicing_metrics`."""
    return shown(slicing_metrics(data, config, event_handlers))


def render_time_series(
    data: Sequence[Mapping[str, Any]], config: Mapping[str, Any]
) -> Frame | View | None:
    """Stand in for TFMA's function of this name; see :class:`TimeSeriesView`."""
    if not any(flat(run["metrics"]) for run in data):
        names = (str(run["config"]["modelIdentifier"]) for run in data)
        return shown(_without_metrics("Metrics over evaluation runs", names))
    return shown(TimeSeriesView(data, config))


def render_plot(data: Mapping[str, Any], config: Mapping[str, Any]) -> Frame | None:
    """Stand in for TFMA's function of this name; see :class:`PlotView`."""
    return shown(PlotView(data, config))


def evaluation(artifact: Any) -> list[object]:
    """Show a ``ModelEvaluation`` artifact as ``context.show`` does: its metrics overall.

    Args:
        artifact: The artifact that an Evaluator wrote.

    Returns:
        The view; of all slices where the whole is not among them.
    """
    import tensorflow_model_analysis as tfma
    from tensorflow_model_analysis.view import util

    result = tfma.load_eval_result(artifact.uri)
    overall = [one for one in result.slicing_metrics if not one[0]]
    data = [
        {"slice": _slice_name(key), "metrics": metrics}
        for key, metrics in overall or result.slicing_metrics
    ]
    return [slicing_metrics(data, util.get_slicing_config(result.config))]


def _slice_name(key: Any) -> str:
    from tensorflow_model_analysis.slicer import slicer_lib

    keys = key if slicer_lib.is_cross_slice_key(key) else [key]
    return " against ".join(map(slicer_lib.stringify_slice_key, keys))


def _slices_there(results: Sequence[tuple[Any, Any]]) -> str:
    """Return a sentence that names what an evaluation was sliced by."""
    by = sorted({tuple(part[0] for part in key) for key, _ in results if key and len(key[0]) == 2})
    whole = ["all rows"] if any(not key for key, _ in results) else []
    names = [*whole, *(" with ".join(map(repr, columns)) for columns in by)]
    return (
        f"It was computed for {', '.join(names) or 'nothing'}: choose one of these with slicing_column or "
        "slicing_spec, or add a tfma.SlicingSpec to the EvalConfig and evaluate again."
    )


def _found_slices(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``get_slicing_metrics`` say which slices there are when it finds none."""

    @functools.wraps(original)
    def get_slicing_metrics(
        results: Any, slicing_column: str | None = None, slicing_spec: Any = None
    ) -> Any:
        try:
            return original(results, slicing_column, slicing_spec)
        except ValueError as error:
            if not str(error).startswith("No slices found"):
                raise
            asked = (
                f"the column {slicing_column!r}"
                if slicing_column
                else "this slicing_spec"
                if slicing_spec
                else "all rows together"
            )
            raise EvaluationError(
                f"The evaluation has no slice for {asked}.", _slices_there(results)
            ) from None

    return get_slicing_metrics


def _found_plots(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``get_plot_data_and_config`` say how to add plots where an evaluation has none."""

    @functools.wraps(original)
    def get_plot_data_and_config(
        results: Any, slicing_spec: Any, *others: Any, **named: Any
    ) -> Any:
        matching = [one for one in results if slicing_spec.is_slice_applicable(one[0])]
        if results and not matching:
            raise EvaluationError(
                "The evaluation has no slice for these plots.", _slices_there(results)
            )
        if not any(plots for _, outputs in matching for plots in (outputs or {}).values()):
            raise EvaluationError(
                "The evaluation has no plots, because its EvalConfig names none.",
                "Add tfma.MetricConfig(class_name='ConfusionMatrixPlot') or class_name='CalibrationPlot' to its "
                "metrics and evaluate again.",
            )
        return original(results, slicing_spec, *others, **named)

    return get_plot_data_and_config


def _config_proto() -> Any:
    from tensorflow_model_analysis.proto import config_pb2

    return config_pb2


def hooks() -> Hooks:
    """Return what this module hooks into: TFMA's renderers and lost names, and ``ModelEvaluation``."""

    def instead(function: Callable[..., Frame | View | None]) -> Callable[[Any], Any]:
        return lambda original: function

    def from_proto(name: str) -> Callable[[Any], Any]:
        return lambda original: original or getattr(_config_proto(), name)

    return Hooks(
        patches=[
            *(
                Patch(PACKAGE, name, from_proto(name), absent="TFMA 0.52 does not import it")
                for name in CONFIGURATION
            ),
            Patch(VISUALIZATION, "render_slicing_metrics", instead(render_slicing_metrics)),
            Patch(VISUALIZATION, "render_time_series", instead(render_time_series)),
            Patch(VISUALIZATION, "render_plot", instead(render_plot)),
            Patch(VIEW_UTIL, "get_slicing_metrics", _found_slices),
            Patch(VIEW_UTIL, "get_plot_data_and_config", _found_plots),
        ],
        artifact_views={"ModelEvaluation": evaluation},
    )
