"""Where an artifact comes from, and what was made of it: lineage, followed event by event.

ML Metadata 1.16 can answer such questions by itself (``get_lineage_subgraph``); since 1.21 that call has no query
language any more. Events are there in both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from utils.lineage import records
from utils.lineage.errors import LineageError

if TYPE_CHECKING:
    import pandas as pd


def made_from(store: Any, artifact: Any) -> pd.DataFrame:
    """Return all that an artifact comes from.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        artifact: Its id, or an artifact of TFX or of ML Metadata.

    Returns:
        One row per artifact, the wanted one first: type, URI, the component and the execution that made it, and
        how many executions back that is.

    Raises:
        LineageError: The store holds no such artifact.
    """
    return _walk(store, artifact, back=True)


def used_for(store: Any, artifact: Any) -> pd.DataFrame:
    """Return all that was made with an artifact: what is in question when it turns out to be wrong.

    Args:
        store: An ``ml_metadata.MetadataStore``.
        artifact: Its id, or an artifact of TFX or of ML Metadata.

    Returns:
        As :func:`made_from`, with how many executions on.

    Raises:
        LineageError: The store holds no such artifact.
    """
    return _walk(store, artifact, back=False)


def _walk(store: Any, artifact: Any, *, back: bool) -> pd.DataFrame:
    import pandas as pd

    start = _identify(store, artifact)
    into, out_of = ("output", "input") if back else ("input", "output")
    steps = {start: 0}
    waiting = deque([start])
    while waiting:
        number = waiting.popleft()
        near = _events(store.get_events_by_artifact_ids([number]), into)
        executions = sorted({event.execution_id for event in near})
        if back:
            executions = executions[:1]  # the later ones were answered from the cache with it
        if not executions:
            continue
        for event in _events(store.get_events_by_execution_ids(executions), out_of):
            if event.artifact_id not in steps:
                steps[event.artifact_id] = steps[number] + 1
                waiting.append(event.artifact_id)
    makers: dict[int, int] = {}
    for event in _events(store.get_events_by_artifact_ids(sorted(steps)), "output"):
        makers[event.artifact_id] = min(
            event.execution_id, makers.get(event.artifact_id, event.execution_id)
        )
    found = store.get_executions_by_id(sorted(set(makers.values()))) if makers else []
    names = records.component_names(store, found)
    rows = [
        (one.id, one.type, names.get(makers.get(one.id, 0), "-"), makers.get(one.id, 0),
         steps[one.id], one.uri)
        for one in store.get_artifacts_by_id(sorted(steps))
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[4], row[0]))
    columns = ["id", "type", "made by", "execution", "steps", "uri"]
    return pd.DataFrame(rows, columns=columns).set_index("id")


def _identify(store: Any, artifact: Any) -> int:
    number = artifact if isinstance(artifact, int) else getattr(artifact, "id", None)
    if not isinstance(number, int):
        raise LineageError(
            f"{type(artifact).__name__} is no artifact: give an artifact's id, or take one from a channel with "
            '`component.outputs["name"].get()[0]`.'
        )
    if not number or not store.get_artifacts_by_id([number]):
        raise LineageError(
            f"The store holds no artifact {number}: run the component that makes it first, then ask again."
        )
    return number


def _events(events: Iterable[Any], direction: str) -> list[Any]:
    return [event for event in events if records.direction(event) == direction]
