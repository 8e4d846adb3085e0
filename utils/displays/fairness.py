"""Fairness Indicators: the genuine interface, and the Python call that the wheels no longer carry.

The book imports ``tensorflow_model_analysis.addons.fairness.view.widget_view``. Neither stack's
wheel has it; while the displays are on, a module of that name with the same functions is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from utils.displays.events import EventHandlers, LiveFrame
from utils.displays.fallback import Table
from utils.displays.frame import Frame
from utils.displays.registry import Hooks
from utils.displays.tfma_views import START, library, metrics_table, rounded, short, shown

ADDONS = "tensorflow_model_analysis.addons"
WIDGET_VIEW = f"{ADDONS}.fairness.view.widget_view"

SliceRow = dict[str, Any]
"""``{"sliceValue": …, "slice": …, "metrics": {name: value}}``."""


class FairnessIndicatorsView(LiveFrame):
    """What ``render_fairness_indicator`` returns: metrics by slice, of one or two models."""

    def __init__(
        self,
        slices: Mapping[str, Sequence[SliceRow]],
        event_handlers: EventHandlers | None = None,
    ) -> None:
        """Describe the view.

        Args:
            slices: The slices' metrics by the name of the evaluation; one or two evaluations. A
                single evaluation may be named ``""``.
            event_handlers: Python functions by event type; the only type is ``"slice-selected"``.
        """
        self.event_handlers = event_handlers
        (name, first), *others = slices.items()
        data: dict[str, Any] = {"slicingMetrics": first}
        for other, rows in others:
            data |= {"evalName": name, "evalNameCompare": other, "slicingMetricsCompare": rows}
        super().__init__(
            library=library(),
            body="<fairness-nb-container></fairness-nb-container>",
            start=START,
            data=rounded(data),
            tables=[_table(name, rows) for name, rows in slices.items()],
            title="Fairness Indicators",
            height=760,
            min_height=640,
            event_handlers=event_handlers,
        )


def _table(name: str, rows: Sequence[SliceRow]) -> Table:
    table = metrics_table("Slice", [(row["slice"], {"": {"": row["metrics"]}}) for row in rows])
    return Table(table.columns, table.rows, f"{table.caption}: {name}" if name else table.caption)


def stringify_slice_key_value(slice_key: Sequence[tuple[str, object]]) -> str:
    """Name a slice by its values alone.

    Args:
        slice_key: Pairs of column and value, as TFMA keys its slices.

    Returns:
        The values joined by ``_X_``; ``"Overall"`` for the empty key.
    """
    values = [
        value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        for _, value in slice_key
    ]
    return "_X_".join(values) or "Overall"


def convert_slicing_metrics_to_ui_input(
    slicing_metrics: Sequence[tuple[Any, Any]],
    slicing_column: str | None = None,
    slicing_spec: Any = None,
    output_name: str = "",
    multi_class_key: str = "",
) -> list[SliceRow]:
    """Turn an evaluation's metrics into what the interface takes.

    Args:
        slicing_metrics: ``tfma.EvalResult.slicing_metrics``.
        slicing_column: Only slices of this column, and the whole; None for all.
        slicing_spec: Only slices of this specification, and the whole; None for all.
        output_name: The model's output.
        multi_class_key: The class of a multi-class model, as TFMA writes its sub keys, for example
            ``"classId:0"``.

    Returns:
        One row per slice.

    Raises:
        ValueError: Both a column and a specification are given, or nothing matches.
    """
    from tensorflow_model_analysis.proto import config_pb2
    from tensorflow_model_analysis.slicer import slicer_lib

    if slicing_column and slicing_spec:
        raise ValueError("Give slicing_column or slicing_spec, not both.")
    if slicing_column:
        slicing_spec = slicer_lib.SingleSliceSpec(columns=[slicing_column])
    elif isinstance(slicing_spec, config_pb2.SlicingSpec):
        slicing_spec = slicer_lib.SingleSliceSpec(spec=slicing_spec)
    rows = []
    for key, outputs in slicing_metrics:
        metrics = ((outputs or {}).get(output_name) or {}).get(multi_class_key)
        if metrics is None:
            continue
        crossed = slicer_lib.is_cross_slice_key(key)
        if not crossed and key and slicing_spec and not slicing_spec.is_slice_applicable(key):
            continue
        keys = list(key) if crossed else [key]
        rows.append(
            {
                "sliceValue": short("__XX__".join(map(stringify_slice_key_value, keys))),
                "slice": short("__XX__".join(map(slicer_lib.stringify_slice_key, keys))),
                "metrics": metrics,
            }
        )
    if not rows:
        raise ValueError(
            f"No slice has metrics for output_name={output_name!r}, "
            f"multi_class_key={multi_class_key!r}, slicing_column={slicing_column!r} "
            f"and slicing_spec={slicing_spec!r}."
        )
    return rows


def render_fairness_indicator(
    eval_result: Any = None,
    multi_eval_results: Mapping[str, Any] | None = None,
    slicing_column: str | None = None,
    slicing_spec: Any = None,
    output_name: str = "",
    multi_class_key: str = "",
    event_handlers: EventHandlers | None = None,
) -> Frame | None:
    """Show Fairness Indicators for one evaluation, or compare two.

    Args:
        eval_result: One ``tfma.EvalResult``.
        multi_eval_results: Two results by name, instead of ``eval_result``.
        slicing_column: Only slices of this column, and the whole; None for all.
        slicing_spec: Only slices of this specification, and the whole; None for all.
        output_name: The model's output.
        multi_class_key: The class of a multi-class model.
        event_handlers: Python functions by event type.

    Returns:
        The view in Jupyter; None in Colab, where it is displayed at once.

    Raises:
        ValueError: Not exactly one of the first two arguments is given, or not two results are
            compared.

    Source:
        Chapter 7, "Fairness Indicators";
        ``tensorflow_model_analysis.addons.fairness.view.widget_view``.
    """
    if bool(eval_result) == bool(multi_eval_results):
        raise ValueError("Give either eval_result or multi_eval_results.")
    results = {"": eval_result} if eval_result else dict(multi_eval_results or {})
    if not eval_result and len(results) != 2:
        raise ValueError(f"multi_eval_results compares two results, not {len(results)}.")
    slices = {
        name: convert_slicing_metrics_to_ui_input(
            result.slicing_metrics, slicing_column, slicing_spec, output_name, multi_class_key
        )
        for name, result in results.items()
    }
    return shown(FairnessIndicatorsView(slices, event_handlers))


def _widget_view() -> ModuleType:
    module = ModuleType(WIDGET_VIEW, "Fairness Indicators' view, provided by the workbook.")
    for function in (
        render_fairness_indicator,
        convert_slicing_metrics_to_ui_input,
        stringify_slice_key_value,
    ):
        setattr(module, function.__name__, function)
    return module


def hooks() -> Hooks:
    """Return what this module provides: the package path under which the book finds the view."""
    parents = [ADDONS, f"{ADDONS}.fairness", f"{ADDONS}.fairness.view"]
    modules = {
        name: (lambda name=name: ModuleType(name, "Provided by the workbook.")) for name in parents
    }
    return Hooks(modules={**modules, WIDGET_VIEW: _widget_view})
