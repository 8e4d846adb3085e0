"""What TFX's runner for Airflow does not provide for: a second attempt in one run, and a second run of the same model.

TFX registers one execution for each run and component, with its outputs, before the component begins. When Airflow
tries a failed task again in the same run, TFX finds that execution and adds the new attempt's outputs to it, or cannot
register them, because their names are taken. The components after it then see several artifacts where they expect one.
So the attempt that failed is put aside before the next begins, whose outputs get names of their own.

When an unchanged pipeline runs again, the latest blessed model is the very model that is judged. ML Metadata takes one
event for an artifact and an execution, and TFX wants to write two. So one event names both inputs, as other runners do.

Source: ``tfx.orchestration.metadata.Metadata.register_execution`` and ``search_artifacts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration import metadata

COMPONENT_RUN = "component_run"
"""The type of the context that TFX makes for a component in a run."""

PAIRS = "_artifact_and_event_pairs"
"""The method of TFX that prepares what ML Metadata is told about a component's inputs or outputs."""

_Artifact = metadata_store_pb2.Artifact
_Execution = metadata_store_pb2.Execution
_FINISHED = (_Execution.COMPLETE, _Execution.CACHED)


def start_afresh(
    connection: metadata_store_pb2.ConnectionConfig,
) -> Callable[[Mapping[str, Any]], None]:
    """Make a callback for Airflow, for before each attempt: see :func:`put_aside` and :func:`record_otherwise`.

    Args:
        connection: How to connect to ML Metadata: the pipeline's ``metadata_connection_config``.

    Returns:
        A function for ``on_execute_callback`` in a DAG's ``default_args``.
    """

    def callback(context: Mapping[str, Any]) -> None:
        task = context["ti"]
        store = MetadataStore(connection)
        again = put_aside(store, task.dag_id, task.run_id, task.task_id)
        record_otherwise(f"attempt {task.try_number}" if again else "")

    return callback


def put_aside(store: MetadataStore, pipeline: str, run: str, component: str) -> bool:
    """Put aside what an attempt registered that never finished: it stays, as failed, under another name.

    Args:
        store: The ML Metadata store.
        pipeline: The pipeline's name, which is the DAG's.
        run: The run's id.
        component: The component's id, which is the task's.

    Returns:
        Whether there was such an attempt.
    """
    if not any(one.name == COMPONENT_RUN for one in store.get_context_types()):
        return False
    context = store.get_context_by_type_and_name(COMPONENT_RUN, f"{pipeline}.{run}.{component}")
    found = store.get_executions_by_context(context.id) if context else []
    left = [one for one in found if one.last_known_state not in _FINISHED]
    if not left:
        return False
    for execution in left:
        execution.last_known_state = _Execution.FAILED
        execution.properties["component_id"].string_value = f"{component} (failed)"
        if "state" in execution.properties:
            execution.properties["state"].string_value = "failed"
    context.name = f"{context.name}.{left[0].id}"
    outputs = _outputs(store, [execution.id for execution in left])
    for artifact in outputs:
        artifact.state = _Artifact.ABANDONED
    store.put_artifacts(outputs)
    store.put_executions(left)
    store.put_contexts([context])
    return True


def record_otherwise(attempt: str = "") -> None:
    """Change what this process tells ML Metadata by TFX's older code; a second call changes the attempt.

    An artifact that is two inputs of a component gets one event that names both. The outputs of a later attempt get a
    name of their own: that of the first attempt's stays taken, as ML Metadata renames no artifact.

    Args:
        attempt: What to add to the names of new outputs; empty for nothing.
    """
    known = getattr(metadata.Metadata, PAIRS)
    original = getattr(known, "original", known)

    def pairs(self: Any, artifact_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> list[Any]:
        for artifact in (one for several in artifact_dict.values() for one in several):
            if attempt and artifact.name and not artifact.id:
                artifact.name = f"{artifact.name}, {attempt}"
        events: dict[int, Any] = {}
        merged = []
        for pair in original(self, artifact_dict, *args, **kwargs):
            artifact, event = pair[0], pair[1] if len(pair) > 1 else None
            if event is not None and artifact.id and artifact.id in events:
                events[artifact.id].path.steps.extend(event.path.steps)
                continue
            if event is not None:
                events[artifact.id] = event
            merged.append(pair)
        return merged

    pairs.original = original  # type: ignore[attr-defined]
    setattr(metadata.Metadata, PAIRS, pairs)


def _outputs(store: MetadataStore, executions: list[int]) -> list[metadata_store_pb2.Artifact]:
    """Return the artifacts that executions have registered as their outputs."""
    events = store.get_events_by_execution_ids(executions)
    made = {one.artifact_id for one in events if one.type == metadata_store_pb2.Event.OUTPUT}
    return list(store.get_artifacts_by_id(sorted(made))) if made else []
