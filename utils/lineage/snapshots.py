"""An ML Metadata store before and after: which records a run adds, and which it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from utils.lineage import records

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("artifacts", "executions", "contexts", "events")
"""The four kinds of records."""


@dataclass(frozen=True)
class Change:
    """One record that is new, or that reads otherwise than before.

    Attributes:
        table: One of :data:`TABLES`.
        record: Its id; an event is named by its execution, direction and artifact.
        before: What it said before; empty for a new one.
        after: What it says now.
    """

    table: str
    record: str
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What happened in a store between two snapshots.

    Attributes:
        rows: The new and changed records.
    """

    rows: tuple[Change, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many records of each kind are new."""
        return {
            table: sum(row.table == table and not row.before for row in self.rows)
            for table in TABLES
        }

    @property
    def data(self) -> pd.DataFrame:
        """The same as a table with one row for each record."""
        import pandas as pd

        rows = [(row.table, row.record, row.before, row.after) for row in self.rows]
        return pd.DataFrame(rows, columns=["table", "record", "before", "after"])


@dataclass(frozen=True)
class Snapshot:
    """What a store held at one moment.

    Attributes:
        tables: By kind of record: its id, and what it says in a few words.
    """

    tables: Mapping[str, Mapping[str, str]]

    @property
    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return {table: len(self.tables[table]) for table in TABLES}


def take(store: Any) -> Snapshot:
    """Read all records of a store.

    Args:
        store: An ``ml_metadata.MetadataStore``.

    Returns:
        The snapshot.
    """
    executions = store.get_executions()
    names = records.component_names(store, executions)
    found = store.get_events_by_execution_ids(sorted(names)) if names else []
    artifacts = {one.id: one for one in store.get_artifacts()}
    return Snapshot(
        {
            "artifacts": {
                str(one.id): f"{one.type}, {records.artifact_state(one)}"
                for one in artifacts.values()
            },
            "executions": {
                str(one.id): f"{names[one.id]}, {records.execution_state(one)}"
                for one in executions
            },
            "contexts": {str(one.id): f"{one.type} {one.name}" for one in store.get_contexts()},
            "events": {
                _event_name(event): (
                    f"{names[event.execution_id]}: {records.event_key(event)}"
                    f" ({artifacts[event.artifact_id].type})"
                )
                for event in found
            },
        }
    )


def of_execution(found: Changes, store: Any, execution_id: int) -> Changes:
    """Keep what belongs to one execution: itself, its events, their artifacts and its contexts.

    Args:
        found: Changes of a whole store, in which other notebooks may have been at work meanwhile.
        store: The ``ml_metadata.MetadataStore``.
        execution_id: The execution's id.

    Returns:
        The fewer changes.
    """
    events = store.get_events_by_execution_ids([execution_id])
    contexts = store.get_contexts_by_execution(execution_id)
    wanted = {
        ("executions", str(execution_id)),
        *(("artifacts", str(event.artifact_id)) for event in events),
        *(("contexts", str(context.id)) for context in contexts),
        *(("events", _event_name(event)) for event in events),
    }
    return Changes(tuple(row for row in found.rows if (row.table, row.record) in wanted))


def _event_name(event: Any) -> str:
    return f"execution {event.execution_id}, {records.direction(event)} {event.artifact_id}"


def changes(before: Snapshot, after: Snapshot) -> Changes:
    """Compare two snapshots of one store.

    Args:
        before: The earlier one.
        after: The later one.

    Returns:
        The records that are new or changed. ML Metadata forgets nothing, so none disappears.
    """
    rows = [
        Change(table, record, before.tables[table].get(record, ""), says)
        for table in TABLES
        for record, says in after.tables[table].items()
        if before.tables[table].get(record) != says
    ]
    return Changes(tuple(rows))
