"""What ML Metadata knows of runs: which component of which run ended how, and what it made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ml_metadata import metadata_store
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration import metadata

from utils.operating.errors import OperatingError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Execution:
    """One component in one run.

    Attributes:
        id: Its number in ML Metadata.
        run: The run's name, which is the time that it began in TFX's own runners.
        component: The component's id.
        state: ``"complete"``, ``"cached"``, ``"failed"`` or ``"running"``.
        seconds: From its first record to its last.
    """

    id: int
    run: str
    component: str
    state: str
    seconds: float


def open_store(file: Path) -> metadata_store.MetadataStore:
    """Open the ML Metadata of a pipeline.

    Args:
        file: Its SQLite file.

    Returns:
        The store.

    Raises:
        OperatingError: If there is no such file, which SQLite would make.
    """
    if not file.is_file():
        raise OperatingError(
            f"There is no ML Metadata in {file}.",
            "Run the pipeline first, or name the file it writes.",
        )
    return metadata_store.MetadataStore(metadata.sqlite_metadata_connection_config(str(file)))


def executions(store: metadata_store.MetadataStore) -> list[Execution]:
    """Read all executions, in the order in which they began.

    Args:
        store: The store.
    """
    states = metadata_store_pb2.Execution.State
    found = []
    for one in sorted(store.get_executions(), key=lambda each: each.id):
        contexts = {each.type: each.name for each in store.get_contexts_by_execution(one.id)}
        pipeline = contexts.get("pipeline", "")
        component = contexts.get("node", one.type.rpartition(".")[2]).removeprefix(f"{pipeline}.")
        milliseconds = one.last_update_time_since_epoch - one.create_time_since_epoch
        state = states.Name(one.last_known_state).lower()
        run = contexts.get("pipeline_run", "")
        found.append(Execution(one.id, run, component, state, milliseconds / 1000))
    return found


def table(found: Sequence[Execution]) -> pd.DataFrame:
    """Write executions as a table: a row for each component, a column for each run, numbered from 1.

    Args:
        found: The executions.

    Returns:
        The states; empty where a component was not reached.
    """
    import pandas as pd

    runs = list(dict.fromkeys(one.run for one in found))
    components = list(dict.fromkeys(one.component for one in found))
    states = {(one.component, one.run): one.state for one in found}
    return pd.DataFrame(
        [[states.get((component, run), "") for run in runs] for component in components],
        index=pd.Index(components, name="component"),
        columns=[f"run {number}" for number in range(1, len(runs) + 1)],
    )
