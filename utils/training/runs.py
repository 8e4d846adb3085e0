"""Runs side by side, read from ML Metadata: what was set, what was made anew, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format

from utils.pipeline.custom_config import settings
from utils.training.errors import TrainingError

if TYPE_CHECKING:
    import pandas as pd

METRICS = (
    "auc",
    "auc_precision_recall",
    "binary_accuracy",
    "binary_crossentropy",
    "mean_prediction",
    "mean_label",
    "example_count",
)
"""The metrics that are compared, where the Evaluator wrote them."""

OVERALL = "all"
"""The name of the slice of all rows."""

_OUTPUT = 4
"""ML Metadata's ``Event.OUTPUT``."""

_COMPLETE = 3
"""ML Metadata's ``Execution.COMPLETE``."""


@dataclass(frozen=True)
class Step:
    """One component of a run.

    Attributes:
        component: Its id.
        execution: The execution in ML Metadata that made what this run uses: its own, or where the cache answered an
            earlier one.
        seconds: How long that execution took.
    """

    component: str
    execution: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """One run, as ML Metadata has it.

    Attributes:
        name: What the reader calls it.
        settings: Value by name: ``features.text``, ``model.layers``, ``thresholds.min_auc`` and so on.
        steps: Its components in order.
        metrics: By slice (:data:`OVERALL` for all rows) value by metric; empty where nothing was evaluated.
        blessed: Whether the Evaluator blessed the model; None where it did not judge.
    """

    name: str
    settings: Mapping[str, Any]
    steps: tuple[Step, ...]
    metrics: Mapping[str, Mapping[str, float]]
    blessed: bool | None

    def step(self, component: str) -> Step | None:
        """Return the step of a component; None where the run has none."""
        return next((step for step in self.steps if step.component == component), None)


@dataclass(frozen=True)
class Comparison:
    """Several runs; the first is what the others are compared with.

    Attributes:
        runs: The runs.
    """

    runs: tuple[Run, ...]

    @property
    def changed(self) -> pd.DataFrame:
        """The settings that are not the same in all runs: one row for each setting, one column for each run."""
        names = dict.fromkeys(name for run in self.runs for name in run.settings)
        differ = [
            name for name in names if len({repr(run.settings.get(name)) for run in self.runs}) > 1
        ]
        return self._frame(differ, lambda run, name: run.settings.get(name), "setting")

    @property
    def rerun(self) -> pd.DataFrame:
        """What each run made itself, one row for each component: seconds by run, or ``same`` as in the first run."""
        names = dict.fromkeys(step.component for run in self.runs for step in run.steps)
        return self._frame(names, self._made, "component")

    @property
    def overall(self) -> pd.DataFrame:
        """The metrics over all rows: one row for each metric, one column for each run."""
        names = [
            name
            for name in METRICS
            if any(name in run.metrics.get(OVERALL, {}) for run in self.runs)
        ]
        return self._frame(
            names, lambda run, name: run.metrics.get(OVERALL, {}).get(name), "metric"
        )

    def slices(self, metric: str = "auc") -> pd.DataFrame:
        """Return one metric by slice: one row for each, the largest first, with its ``rows`` and a column for each run.

        Args:
            metric: One of :data:`METRICS`.

        Raises:
            TrainingError: Where no run has that metric.
        """
        names = dict.fromkeys(name for run in self.runs for name in run.metrics if name != OVERALL)
        if not any(metric in run.metrics.get(name, {}) for run in self.runs for name in names):
            raise TrainingError(
                f"No run has the metric {metric!r} by slice.",
                f"Use one of {', '.join(METRICS)}, of runs that went as far as the Evaluator.",
            )
        count = {name: self._count(name) for name in names}
        ordered = sorted(names, key=lambda name: (-count[name], name))
        table = self._frame(
            ordered, lambda run, name: run.metrics.get(name, {}).get(metric), "slice"
        )
        table.insert(0, "rows", [count[name] for name in ordered])
        return table

    def _count(self, name: str) -> int:
        return int(max(run.metrics.get(name, {}).get("example_count", 0) for run in self.runs))

    def _made(self, run: Run, component: str) -> str | None:
        step, first = run.step(component), self.runs[0].step(component)
        if step is None:
            return None
        if run is not self.runs[0] and first is not None and first.execution == step.execution:
            return "same"
        return f"{step.seconds:.1f} s"

    def _frame(self, names: Iterable[str], value: Any, index: str) -> pd.DataFrame:
        import pandas as pd

        names = list(names)
        columns = {run.name: [value(run, name) for name in names] for run in self.runs}
        return pd.DataFrame(columns, index=pd.Index(names, name=index), dtype=object)


def compare(context: Any, **runs: Any) -> Comparison:
    """Read runs from ML Metadata and put them side by side.

    Args:
        context: The notebook's context, or anything with ``metadata()``.
        **runs: By a name of the reader's the run: what ``context.catch_up`` returned, or a list of what
            ``context.run`` returned. The first one is what the others are compared with.

    Returns:
        The comparison.

    Raises:
        TrainingError: Where fewer than two runs are given, or one is no run.

    Source:
        Book, chapter 2, "ML Metadata", and chapter 15, "Experiment tracking".
    """
    if len(runs) < 2:
        raise TrainingError(
            "A comparison needs at least two runs.",
            "Name each: compare(context, first=..., tweaked=...) with what context.catch_up returned.",
        )
    with context.metadata() as handle:
        read = tuple(_read(handle.store, name, _ids(name, run)) for name, run in runs.items())
    return Comparison(read)


def _ids(name: str, run: Any) -> list[int]:
    results = list(run) if isinstance(run, Iterable) and not isinstance(run, (str, Mapping)) else []
    ids = [getattr(result, "execution_id", None) for result in results]
    if not ids or any(one is None for one in ids):
        raise TrainingError(
            f"{name!r} is a {type(run).__name__}, not a run.",
            "Give what context.catch_up(config, until=...) returned, not the configuration or a component.",
        )
    return [int(one) for one in ids if one is not None]


def _read(store: Any, name: str, ids: list[int]) -> Run:
    executions = {one.id: one for one in store.get_executions_by_id(ids)}
    steps: list[Step] = []
    settings: dict[str, Any] = {}
    metrics: Mapping[str, Mapping[str, float]] = {}
    blessed: bool | None = None
    for number in ids:
        execution = executions[number]
        component = execution.properties["component_id"].string_value
        outputs = _outputs(store, number)
        maker = _maker(store, execution, outputs.values())
        milliseconds = maker.last_update_time_since_epoch - maker.create_time_since_epoch
        steps.append(Step(component, maker.id, milliseconds / 1000))
        settings |= dict(_settings(component, execution))
        if "evaluation" in outputs:
            metrics = read_metrics(outputs["evaluation"].uri)
        if "blessing" in outputs:
            blessed = outputs["blessing"].custom_properties["blessed"].int_value == 1
    return Run(name, settings, tuple(steps), metrics, blessed)


def _outputs(store: Any, execution: int) -> dict[str, Any]:
    events = [
        event for event in store.get_events_by_execution_ids([execution]) if event.type == _OUTPUT
    ]
    found = {one.id: one for one in store.get_artifacts_by_id([e.artifact_id for e in events])}
    return {event.path.steps[0].key: found[event.artifact_id] for event in events}


def _maker(store: Any, execution: Any, artifacts: Iterable[Any]) -> Any:
    """Return the execution that really made the outputs of one, which the cache may have answered."""
    ids = [artifact.id for artifact in artifacts]
    if execution.last_known_state == _COMPLETE or not ids:
        return execution
    made = {e.execution_id for e in store.get_events_by_artifact_ids(ids) if e.type == _OUTPUT}
    makers = [
        one
        for one in store.get_executions_by_id(sorted(made))
        if one.last_known_state == _COMPLETE and one.type_id == execution.type_id
    ]
    return makers[0] if makers else execution


def _settings(component: str, execution: Any) -> Iterator[tuple[str, Any]]:
    """Yield the settings among an execution's properties, under the names that a configuration has for them."""
    held = {name: value.string_value for name, value in execution.properties.items()}
    if component == "ExampleGen":
        yield "span", execution.properties["span"].int_value or held.get("input_config", "")
    elif component == "Trainer":
        for name, value in settings(execution):
            yield name, tuple(value) if isinstance(value, list) else value
    elif component == "Evaluator":
        for name, threshold in _thresholds(held.get("eval_config", "")):
            for bound, value in _bounds(name, threshold):
                yield f"thresholds.{bound}", value


def _thresholds(eval_config: str) -> Iterator[tuple[str, Any]]:
    """Yield the thresholds in an ``EvalConfig`` that is written as JSON, each after the name of its metric."""
    from tensorflow_model_analysis.proto import config_pb2

    try:
        config = json_format.Parse(eval_config, config_pb2.EvalConfig(), ignore_unknown_fields=True)
    except json_format.ParseError:  # none was given
        return
    for specification in config.metrics_specs:
        for metric in specification.metrics:
            name = re.sub("(?<=[a-z])(?=[A-Z])", "_", metric.class_name).lower()
            yield name, metric.threshold
            for limit in metric.per_slice_thresholds:
                yield name, limit.threshold
        yield from specification.thresholds.items()


def _bounds(name: str, threshold: Any) -> Iterator[tuple[str, float]]:
    """Yield the bounds that a threshold has, under the names that a configuration has for those of the AUC."""
    value, change = threshold.value_threshold, threshold.change_threshold
    for bound, holder, field, sign in (
        (f"min_{name}", value, "lower_bound", 1),
        (f"max_{name}", value, "upper_bound", 1),
        (f"max_{name}_drop", change, "absolute", -1),
        (f"max_{name}_relative_drop", change, "relative", -1),
    ):
        if holder.HasField(field):
            yield bound, sign * getattr(holder, field).value


def read_metrics(folder: str | Path) -> dict[str, dict[str, float]]:
    """Read what an Evaluator measured of the candidate.

    Args:
        folder: The folder of its output ``evaluation``.

    Returns:
        By slice, written ``column=value`` (:data:`OVERALL` for all rows), value by metric of :data:`METRICS`.
    """
    import tensorflow_model_analysis as tfma

    by_slice = {
        key: (outputs or {}).get("", {}).get("", {})  # None where no metric was computed
        for key, outputs in tfma.load_eval_result(str(folder)).slicing_metrics
    }
    return {
        ", ".join(f"{column}={value}" for column, value in key) or OVERALL: {
            name: float(metrics[name]["doubleValue"]) for name in METRICS if name in metrics
        }
        for key, metrics in by_slice.items()
    }
