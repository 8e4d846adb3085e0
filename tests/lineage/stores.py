"""A real ML Metadata store in memory, with a small pipeline that is written into it by hand."""

from __future__ import annotations

from typing import Any

from ml_metadata.metadata_store import metadata_store
from ml_metadata.proto import metadata_store_pb2 as mlmd

COMPLETE, CACHED, RUNNING, FAILED = (
    mlmd.Execution.COMPLETE,
    mlmd.Execution.CACHED,
    mlmd.Execution.RUNNING,
    mlmd.Execution.FAILED,
)


def empty() -> Any:
    """A store without a record."""
    config = mlmd.ConnectionConfig()
    config.fake_database.SetInParent()
    return metadata_store.MetadataStore(config)


def step(
    store: Any,
    component: str,
    takes: dict[str, list[int]],
    makes: dict[str, str],
    state: int = COMPLETE,
    context: str = "component_run",
    again: tuple[int, ...] = (),
    **properties: str,
) -> tuple[int, list[int]]:
    """Writes one execution.

    Args:
        store: Where to.
        component: The component's id.
        takes: By input name the artifacts.
        makes: By output name the type of a new artifact.
        state: The execution's state.
        context: ``"component_run"`` as InteractiveContext writes, or ``"node"`` as a runner does.
        again: Artifacts that are its output once more, as after an answer from the cache.
        **properties: Further properties of the execution.

    Returns:
        The execution's id, and those of the new artifacts.
    """
    interactive = context == "component_run"
    told = {**properties, "run_id": "1", **({"component_id": component} if interactive else {})}
    kind = store.put_execution_type(
        mlmd.ExecutionType(name=f"tfx.components.{component}", properties=dict.fromkeys(told, mlmd.STRING)),
        can_add_fields=True,
        can_omit_fields=True,
    )  # fmt: skip
    execution = mlmd.Execution(type_id=kind, last_known_state=state)
    for name, value in told.items():
        execution.properties[name].string_value = value
    pairs = [
        (store.get_artifacts_by_id([one])[0], event(mlmd.Event.INPUT, name))
        for name, many in takes.items()
        for one in many
    ]
    pairs += [
        (store.get_artifacts_by_id([one])[0], event(mlmd.Event.OUTPUT, "out")) for one in again
    ]
    for name, type_name in makes.items():
        type_id = store.put_artifact_type(mlmd.ArtifactType(name=type_name))
        artifact = mlmd.Artifact(
            type_id=type_id, uri=f"/store/{type_name}", state=mlmd.Artifact.LIVE
        )
        pairs.append((artifact, event(mlmd.Event.OUTPUT, name)))
    group = store.put_context_type(mlmd.ContextType(name=context))
    name = f"complaints.{component}"
    known = store.get_context_by_type_and_name(context, name)
    number, artifacts, _ = store.put_execution(
        execution, pairs, [known or mlmd.Context(type_id=group, name=name)]
    )
    return number, list(artifacts)[len(pairs) - len(makes) :]


class Busy:
    """A store into which another notebook writes before each look, in types that are new each time."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._steps = 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("get_"):
            self._steps += 1
            made = {"out": f"Made{self._steps}"}
            step(self._store, f"Other{self._steps}", {}, made, context="node")
        return getattr(self._store, name)


def event(kind: int, name: str) -> Any:
    """An event that names the artifact as the component knows it."""
    made = mlmd.Event(type=kind)
    made.path.steps.add().key = name
    made.path.steps.add().index = 0
    return made


def pipeline(store: Any) -> dict[str, int]:
    """Examples, statistics, anomalies, a schema, a model and a pushed model; returns the artifacts' ids."""
    _, (examples,) = step(store, "ExampleGen", {}, {"examples": "Examples"})
    _, (statistics,) = step(
        store, "StatisticsGen", {"examples": [examples]}, {"statistics": "ExampleStatistics"}
    )
    _, (schema,) = step(store, "SchemaGen", {"statistics": [statistics]}, {"schema": "Schema"})
    _, (anomalies,) = step(
        store,
        "ExampleValidator",
        {"statistics": [statistics], "schema": [schema]},
        {"anomalies": "ExampleAnomalies"},
    )
    _, (model,) = step(
        store, "Trainer", {"examples": [examples], "schema": [schema]}, {"model": "Model"}
    )
    _, (pushed,) = step(store, "Pusher", {"model": [model]}, {"pushed_model": "PushedModel"})
    return {
        "examples": examples,
        "statistics": statistics,
        "schema": schema,
        "anomalies": anomalies,
        "model": model,
        "pushed": pushed,
    }
