"""A second attempt at a component in one run of Airflow, which TFX's runner does not provide for.

TFX registers one execution for each run and component, with its outputs, before the component begins. When Airflow
tries a failed task again in the same run, TFX finds that execution and adds the new attempt's outputs to it. The
components after it then see several artifacts where they expect one. So the attempt that failed is put aside before the
next begins.

Source: ``tfx.orchestration.metadata.Metadata.register_execution`` and ``search_artifacts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2

COMPONENT_RUN = "component_run"
"""The type of the context that TFX makes for a component in a run."""

_Execution = metadata_store_pb2.Execution
_FINISHED = (_Execution.COMPLETE, _Execution.CACHED)


def start_afresh(
    connection: metadata_store_pb2.ConnectionConfig,
) -> Callable[[Mapping[str, Any]], None]:
    """Make a callback for Airflow that puts a failed attempt aside before the next one begins.

    Args:
        connection: How to connect to ML Metadata: the pipeline's ``metadata_connection_config``.

    Returns:
        A function for ``on_execute_callback`` in a DAG's ``default_args``.
    """

    def callback(context: Mapping[str, Any]) -> None:
        task = context["ti"]
        put_aside(MetadataStore(connection), task.dag_id, task.run_id, task.task_id)

    return callback


def put_aside(store: MetadataStore, pipeline: str, run: str, component: str) -> bool:
    """Put aside what an attempt registered that never finished: its execution stays, as failed, under another name.

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
    store.put_executions(left)
    store.put_contexts([context])
    return True
