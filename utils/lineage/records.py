"""The four kinds of records in an ML Metadata store, each as a table.

Another notebook may write between two looks at a store. So whatever reads several kinds reads the executions once, then
their events, and the artifacts last: an event's artifact is never younger than the event.

Source: book, chapter 2, "ML Metadata"; https://www.tensorflow.org/tfx/guide/mlmd
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def artifacts(store: Any, below: str | Path | None = None) -> pd.DataFrame:
    """Return all artifacts: data, schemas, models, and whatever else a component makes.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        below: A folder that URIs are shown relative to; None shows them as they are.

    Returns:
        One row per artifact, by id: type, state, and the URI where its payload lies.
    """
    import pandas as pd

    rows = [
        (one.id, one.type, artifact_state(one), _relative(one.uri, below))
        for one in store.get_artifacts()
    ]
    return pd.DataFrame(sorted(rows), columns=["id", "type", "state", "uri"]).set_index("id")


def executions(store: Any) -> pd.DataFrame:
    """Return all executions: each is one component that ran, or was answered from the cache.

    Args:
        store: An ``ml_metadata.MetadataStore``.

    Returns:
        One row per execution, by id: the component's id, its state, when it began (UTC), and seconds.
    """
    import pandas as pd

    found = store.get_executions()
    names = component_names(store, found)
    rows = [
        (
            one.id,
            names[one.id],
            execution_state(one),
            pd.Timestamp(one.create_time_since_epoch, unit="ms").floor("s"),
            (one.last_update_time_since_epoch - one.create_time_since_epoch) / 1000,
        )
        for one in found
    ]
    columns = ["id", "component", "state", "began", "seconds"]
    return pd.DataFrame(sorted(rows), columns=columns).set_index("id")


def events(store: Any) -> pd.DataFrame:
    """Return all events: each ties one artifact to one execution, as its input or its output.

    Args:
        store: An ``ml_metadata.MetadataStore``.

    Returns:
        One row per event, in the order in which they happened: component, execution, direction (``"input"`` or
        ``"output"``), the name under which the component knows the artifact, and the artifact's type and id.
    """
    import pandas as pd

    names = component_names(store, store.get_executions())
    found = store.get_events_by_execution_ids(sorted(names)) if names else []
    types = {one.id: one.type for one in store.get_artifacts()}
    rows = [
        (
            names[event.execution_id],
            event.execution_id,
            direction(event),
            event_key(event),
            types[event.artifact_id],
            event.artifact_id,
        )
        for event in sorted(found, key=lambda event: (event.execution_id, event.type))
    ]
    columns = ["component", "execution", "direction", "name", "type", "artifact"]
    return pd.DataFrame(rows, columns=columns)


def contexts(store: Any) -> pd.DataFrame:
    """Return all contexts: groups of what belongs together, such as a pipeline, or one run of it.

    Args:
        store: An ``ml_metadata.MetadataStore``.

    Returns:
        One row per context, by id: its type, its name, and how many executions and artifacts belong to it.
    """
    import pandas as pd

    rows = [
        (
            one.id,
            one.type,
            one.name,
            len(store.get_executions_by_context(one.id)),
            len(store.get_artifacts_by_context(one.id)),
        )
        for one in store.get_contexts()
    ]
    columns = ["id", "type", "name", "executions", "artifacts"]
    return pd.DataFrame(sorted(rows), columns=columns).set_index("id")


def component_names(store: Any, executions: Iterable[Any]) -> dict[int, str]:
    """Return the id of each execution's component.

    InteractiveContext writes it into the execution, a runner into a context of the type ``node``.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        executions: Executions of it.

    Returns:
        By execution id the component's id; the last part of the execution's type where neither is there.
    """
    names = {one.id: _component_id(one) or one.type.rpartition(".")[2] for one in executions}
    for node in store.get_contexts_by_type("node"):
        for one in store.get_executions_by_context(node.id):
            if one.id in names:
                names[one.id] = node.name.rpartition(".")[2]
    return names


def _component_id(execution: Any) -> str:
    # To ask a map of protobuf for a key that it lacks is to give it one.
    held = execution.properties
    return held["component_id"].string_value if "component_id" in held else ""


def execution_state(execution: Any) -> str:
    """Return an execution's state in small letters, for example ``"complete"`` or ``"cached"``."""
    return str(type(execution).State.Name(execution.last_known_state)).lower()


def artifact_state(artifact: Any) -> str:
    """Return an artifact's state in small letters, for example ``"live"`` or ``"abandoned"``."""
    return str(type(artifact).State.Name(artifact.state)).lower()


def direction(event: Any) -> str:
    """Return whether an event's artifact went ``"input"`` or ``"output"``; ML Metadata has four names for each."""
    return "input" if "INPUT" in type(event).Type.Name(event.type) else "output"


def event_key(event: Any) -> str:
    """Return the name under which a component knows an event's artifact, for example ``"transform_graph"``."""
    return next((step.key for step in event.path.steps if step.HasField("key")), "")


def _relative(uri: str, below: str | Path | None) -> str:
    if below is not None and Path(uri).is_relative_to(below):
        return Path(uri).relative_to(below).as_posix()
    return uri
