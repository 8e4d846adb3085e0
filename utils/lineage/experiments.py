"""Experiments: every model that was trained in a store, with what it was made of and what became of it.

Nobody has to keep a diary of them. ML Metadata knows the settings of each Trainer, the examples that it has read, the
Evaluator that has judged its model and the Pusher that has delivered it, whichever notebook or runner has run them.

Source: book, chapter 15, "Model experiment tracking"; https://www.tensorflow.org/tfx/guide/mlmd
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.lineage import records
from utils.pipeline.custom_config import settings

if TYPE_CHECKING:
    import pandas as pd

_UNFINISHED = frozenset({"pending", "abandoned"})
"""States of a model whose training was never finished."""

_FINISHED = frozenset({"complete", "cached"})
"""States of an execution whose outputs hold what they should: TFX registers them before the executor runs."""


@dataclass(frozen=True)
class Experiment:
    """One model.

    Attributes:
        model: The id of its artifact.
        trainer: The id of the component that has trained it.
        code: The module of its ``run_fn``.
        settings: The Trainer's ``custom_config``, nested names joined by dots; sequences are texts.
        span: The spans of the examples that it has learnt from, as text; empty where they have none.
        auc: The AUC over all rows, by the last Evaluator that has judged it; None where none has.
        blessed: Whether that Evaluator has blessed it; None where none has judged it.
        pushed: The versions under which it was pushed, in order; empty where it was not.
        trained: When its training ended, as a time of pandas (UTC).
    """

    model: int
    trainer: str
    code: str
    settings: Mapping[str, Any]
    span: str
    auc: float | None
    blessed: bool | None
    pushed: tuple[str, ...]
    trained: Any

    @property
    def state(self) -> str:
        """``"pushed"``, ``"blessed"``, ``"refused"`` or ``"not judged"``."""
        if self.pushed:
            return "pushed"
        return {True: "blessed", False: "refused", None: "not judged"}[self.blessed]


@dataclass(frozen=True)
class _Records:
    """A store's executions, artifacts and events, read once."""

    names: Mapping[int, str]
    executions: Mapping[int, Any]
    artifacts: Mapping[int, Any]
    inputs: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    outputs: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    makers: dict[int, int] = field(default_factory=dict)
    users: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))

    def made(self, execution: int) -> dict[str, Any]:
        """Return an execution's outputs by name."""
        return {name: self.artifacts[one] for name, one in self.outputs[execution]}


def experiments(store: Any) -> tuple[Experiment, ...]:
    """Return all models that Trainers have made, the oldest first.

    A model that the cache has handed out again is one experiment, not two.

    Args:
        store: An ``ml_metadata.MetadataStore``.
    """
    read = _read(store)
    found = []
    for number, artifact in sorted(read.artifacts.items()):
        maker = read.makers.get(number)
        if maker is None or artifact.type != "Model":
            continue
        execution = read.executions[maker]
        trained = execution.type.rpartition(".")[2] == "Trainer"
        if not trained or records.artifact_state(artifact) in _UNFINISHED:
            continue
        auc, blessed = _judged(read, number)
        found.append(
            Experiment(
                number,
                read.names[maker],
                _code(execution),
                {name: _text(value) for name, value in settings(execution)},
                ", ".join(sorted(set(_spans(read, maker)), key=lambda one: (len(one), one))),
                auc,
                blessed,
                tuple(_pushed(read, number)),
                _time(execution),
            )
        )
    return tuple(found)


def varied(found: Sequence[Experiment]) -> list[str]:
    """Return the settings that are not the same in all experiments, in the order in which they were first seen.

    Args:
        found: The experiments.
    """
    names = dict.fromkeys(name for one in found for name in one.settings)
    return [name for name in names if len({repr(one.settings.get(name)) for one in found}) > 1]


def table(found: Sequence[Experiment]) -> pd.DataFrame:
    """Return experiments as a table.

    Args:
        found: The experiments.

    Returns:
        One row for each by the id of its model: trainer, code, span, then the settings that :func:`varied` names, then
        ``auc`` (NaN where nothing has judged it), ``state`` and ``trained``.
    """
    import pandas as pd

    settings = varied(found)
    rows = [
        (one.trainer, one.code, one.span, *(one.settings.get(name) for name in settings),
         one.auc, one.state, one.trained)
        for one in found
    ]  # fmt: skip
    columns = ["trainer", "code", "span", *settings, "auc", "state", "trained"]
    index = pd.Index([one.model for one in found], name="model")
    made = pd.DataFrame(rows, columns=columns, index=index)
    return made.astype({"auc": "float64"})


def _read(store: Any) -> _Records:
    executions = {one.id: one for one in store.get_executions()}
    names = records.component_names(store, executions.values())
    events = store.get_events_by_execution_ids(sorted(executions)) if executions else []
    read = _Records(names, executions, {one.id: one for one in store.get_artifacts()})
    for event in sorted(events, key=lambda one: (one.execution_id, one.artifact_id)):
        pair = records.event_key(event), event.artifact_id
        if records.direction(event) == "input":
            # One event may carry several names, where an artifact is two inputs of one execution.
            for name in _keys(event):
                read.inputs[event.execution_id].append((name, event.artifact_id))
                read.users[event.artifact_id].append((name, event.execution_id))
        else:
            read.outputs[event.execution_id].append(pair)
            read.makers.setdefault(event.artifact_id, event.execution_id)
    return read


def _keys(event: Any) -> Iterator[str]:
    for step in event.path.steps:
        if step.HasField("key"):
            yield step.key


def _code(execution: Any) -> str:
    held = execution.properties
    for name in ("run_fn", "module_path", "module_file"):
        told = held[name].string_value if name in held else ""
        if told not in ("", "None"):  # InteractiveContext writes None as a word
            path = told.partition("@")[0]
            return path.rpartition(".")[0] if name == "run_fn" else Path(path).name
    return ""


def _text(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    numbers = all(isinstance(one, (int, float)) for one in value)
    return ("-" if numbers else ", ").join(map(str, value)) or "(none)"


def _spans(read: _Records, execution: int) -> Iterator[str]:
    """Yield the spans of all examples that an execution comes from."""
    waiting, seen = [execution], {execution}
    while waiting:
        for _, number in read.inputs[waiting.pop()]:
            artifact = read.artifacts[number]
            if artifact.type == "Examples" and "span" in artifact.custom_properties:
                yield str(_value(artifact.custom_properties["span"]))
            maker = read.makers.get(number)
            if maker is not None and maker not in seen:
                seen.add(maker)
                waiting.append(maker)


def _judged(read: _Records, model: int) -> tuple[float | None, bool | None]:
    auc, blessed = None, None
    for name, execution in sorted(read.users[model], key=lambda one: one[1]):
        made = read.made(execution)
        if name != "model" or "evaluation" not in made:
            continue
        if records.execution_state(read.executions[execution]) not in _FINISHED:
            continue
        auc = overall_auc(made["evaluation"].uri, made["evaluation"].create_time_since_epoch)
        if "blessing" in made:
            blessed = _value(made["blessing"].custom_properties["blessed"]) == 1
    return auc, blessed


def _pushed(read: _Records, model: int) -> Iterator[str]:
    seen = set()
    for name, execution in sorted(read.users[model], key=lambda one: one[1]):
        for artifact in read.made(execution).values():
            told = artifact.custom_properties
            new = artifact.type == "PushedModel" and artifact.id not in seen
            if name == "model" and new and _value(told["pushed"]) == 1:
                seen.add(artifact.id)
                yield str(_value(told["pushed_version"]) or "")


def overall_auc(folder: str, made: int) -> float | None:
    """Read the AUC over all rows from what an Evaluator wrote.

    Args:
        folder: The folder of its output ``evaluation``.
        made: When that output was registered, in milliseconds of the epoch: a store that was deleted and begun anew
            has other artifacts in the same folders.

    Returns:
        The AUC; None where the files are gone, or no AUC was asked for.
    """
    return _whole_auc(folder, made) if any(Path(folder).glob("metrics*")) else None


@functools.lru_cache(maxsize=512)
def _whole_auc(folder: str, made: int) -> float | None:
    import tensorflow_model_analysis as tfma

    metrics = tfma.load_eval_result(folder).get_metrics_for_slice() or {}
    for name, value in metrics.items():
        if name == "auc" or (name.startswith("auc_") and name[4:].isdigit()):
            return float(value["doubleValue"])
    return None


def _time(execution: Any) -> Any:
    import pandas as pd

    return pd.Timestamp(execution.last_update_time_since_epoch, unit="ms").floor("s")


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None
