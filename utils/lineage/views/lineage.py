"""Where an artifact comes from, read from an ML Metadata store, and how a pipeline's components last ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, svg

MOST = 60
"""Nodes that a drawing bears; older ones are left out, and the note says so."""

_STATES = {1: "not run", 2: "running", 3: "complete", 4: "failed", 5: "cached", 6: "canceled"}
"""ML Metadata's ``Execution.State`` by number."""


def lineage(store: Any, artifact: Any) -> View:
    """Show the executions and artifacts that one artifact comes from, back to the first.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        artifact: The artifact's id, or an artifact of TFX or of ML Metadata.

    Returns:
        The view; its ``data`` has one row for each execution, the oldest first.

    Raises:
        ValueError: The store holds no such artifact.

    Source:
        Chapter 2, "ML Metadata": every artifact knows the execution that made it.
    """
    wanted = artifact if isinstance(artifact, int) else int(artifact.id)
    if not store.get_artifacts_by_id([wanted]):
        raise ValueError(
            f"The store holds no artifact {wanted}: run the component that makes it, then ask again."
        )
    made_by, took, full = _trace(store, wanted)
    artifacts = {one.id: one for one in store.get_artifacts_by_id(sorted({*made_by, wanted}))}
    executions = {
        one.id: one for one in store.get_executions_by_id(sorted({*made_by.values(), *took}))
    }
    types = {one.id: one.name for one in store.get_artifact_types()}
    kinds = _component_names(store, executions)
    names = {key: f"{types.get(one.type_id, 'Artifact')} {key}" for key, one in artifacts.items()}
    graph = _graph(artifacts, executions, names, kinds, made_by, took)
    rows = [
        (
            kinds[key],
            key,
            _state(one),
            _seconds(one),
            ", ".join(names[number] for number in took.get(key, ()) if number in names) or "-",
            ", ".join(
                names[number]
                for number, maker in made_by.items()
                if maker == key and number in names
            )
            or "-",
        )
        for key, one in sorted(executions.items())
    ]
    headline = f"Lineage of {names[wanted]}"
    columns = ("Component", "Execution", "State", "Seconds", "Took", "Made")
    places = Table(
        ("Artifact", "Where"),
        [(names[key], one.uri) for key, one in sorted(artifacts.items())],
        "Artifacts",
    )
    note = "" if full else f"Only the {MOST} nearest nodes are shown."
    return View(headline, [Table(columns, rows, "Executions"), places], svg(graph, headline), note)


def states(store: Any, components: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
    """Return how each component's latest execution ended.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        components: The component ids to look for; None takes all.

    Returns:
        By component id the state and its time, as :func:`~utils.displays.views.pipeline.pipeline` takes them. A
        component that never ran is ``"not run"`` when it was asked for.
    """
    latest: dict[str, Any] = {}
    for name, execution in _by_component(store):
        if name not in latest or execution.id > latest[name].id:
            latest[name] = execution
    asked = list(latest) if components is None else list(components)
    return {
        name: (_state(latest[name]), _time(latest[name])) if name in latest else ("not run", "")
        for name in asked
    }


def _component_names(store: Any, executions: dict[int, Any]) -> dict[int, str]:
    """By execution the component's id, and where it names no component, its type."""
    kinds = {one.id: _short(one.name) for one in store.get_execution_types()}
    return {
        key: _component_id(store, one) or kinds.get(one.type_id, "Execution")
        for key, one in executions.items()
    }


def _component_id(store: Any, execution: Any) -> str:
    """Return the id of one execution's component, empty where it has none; of all see :func:`_by_component`."""
    from ml_metadata.errors import NotFoundError

    name = execution.properties["component_id"].string_value
    if name:
        return str(name)
    try:
        contexts = store.get_contexts_by_execution(execution.id)
    except NotFoundError:  # what ML Metadata raises where there is none
        return ""
    return next((one.name.rpartition(".")[2] for one in contexts if one.type == "node"), "")


def _by_component(store: Any) -> Iterator[tuple[str, Any]]:
    """Every execution with its component's id, which InteractiveContext and the runners write in different places."""
    for execution in store.get_executions():
        name = execution.properties["component_id"].string_value
        if name:
            yield name, execution
    for context in store.get_contexts_by_type("node"):
        for execution in store.get_executions_by_context(context.id):
            yield context.name.rpartition(".")[2], execution


def _trace(store: Any, wanted: int) -> tuple[dict[int, int], dict[int, list[int]], bool]:
    """Walk back from an artifact: by artifact its maker, by execution what it took, and whether all of it fits."""
    from utils.pipeline.store import INPUTS, OUTPUTS

    made_by: dict[int, int] = {}
    took: dict[int, list[int]] = {}
    waiting, seen = deque([wanted]), {wanted}
    while waiting:
        if len(made_by) + len(took) >= MOST:
            return made_by, took, False
        number = waiting.popleft()
        makers = [
            event.execution_id
            for event in store.get_events_by_artifact_ids([number])
            if event.type in OUTPUTS
        ]
        if not makers:
            continue
        made_by[number] = min(makers)
        if made_by[number] in took:
            continue
        events = store.get_events_by_execution_ids([made_by[number]])
        needed = sorted({event.artifact_id for event in events if event.type in INPUTS})
        took[made_by[number]] = needed
        for one in needed:
            if one not in seen:
                seen.add(one)
                waiting.append(one)
    return made_by, took, True


def _graph(
    artifacts: dict[int, Any],
    executions: dict[int, Any],
    names: dict[int, str],
    kinds: dict[int, str],
    made_by: dict[int, int],
    took: dict[int, list[int]],
) -> Graph:
    nodes = [
        Node(
            f"execution {key}",
            "component",
            kinds[key],
            _time(one),
            _state(one),
        )
        for key, one in sorted(executions.items())
    ]
    nodes += [Node(f"artifact {key}", "artifact", names[key]) for key in sorted(artifacts)]
    known = {node.name for node in nodes}
    edges = [(f"execution {maker}", f"artifact {key}") for key, maker in made_by.items()]
    edges += [
        (f"artifact {key}", f"execution {taker}") for taker, many in took.items() for key in many
    ]
    return Graph(nodes, [edge for edge in edges if edge[0] in known and edge[1] in known])


def _short(type_name: str) -> str:
    return type_name.rpartition(".")[2]


def _state(execution: Any) -> str:
    return _STATES.get(int(execution.last_known_state), "not run")


def _seconds(execution: Any) -> float:
    taken = execution.last_update_time_since_epoch - execution.create_time_since_epoch
    return round(max(int(taken), 0) / 1000, 1)


def _time(execution: Any) -> str:
    return f"{_seconds(execution):.1f} s"
