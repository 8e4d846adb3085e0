"""Where things lie in a store's folder, and how to connect to its ML Metadata."""

from __future__ import annotations

from pathlib import Path

from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.components.base import base_node
from tfx.orchestration import metadata

from utils import folders

RETRIES = 15
"""How often ML Metadata tries again, after about two seconds each time, while another program writes into the store.
Its own default of 5 is sometimes too few where several programs write at once."""

OUTPUTS = (metadata_store_pb2.Event.OUTPUT, metadata_store_pb2.Event.DECLARED_OUTPUT)
"""The kinds of events by which an execution has made an artifact."""

INPUTS = (metadata_store_pb2.Event.INPUT, metadata_store_pb2.Event.DECLARED_INPUT)
"""The kinds of events by which an execution was given an artifact."""

_SQLITE = b"SQLite format 3\0"
"""What every database of SQLite begins with."""


def metadata_file(store: str | Path) -> Path:
    """Return the SQLite file of ML Metadata in a store's folder."""
    return Path(store) / "metadata.sqlite"


def metadata_config(store: str | Path) -> metadata_store_pb2.ConnectionConfig:
    """Return how to connect to ML Metadata in a store's folder.

    Args:
        store: The folder; it is made where it is missing.

    Returns:
        A configuration for ``tfx.dsl.Pipeline`` and for ``InteractiveContext``.

    Raises:
        FolderError: If the folder or the file cannot be written, TFX would take its path for a pattern, or the file is
            no database.
    """
    folders.check_name(Path(store).absolute())
    folders.make(Path(store))
    folders.check_file(metadata_file(store))
    _check_database(metadata_file(store))
    config = metadata.sqlite_metadata_connection_config(str(metadata_file(store)))
    config.retry_options.max_num_retries = RETRIES
    return config


def check_input_base(component: base_node.BaseNode) -> None:
    """Refuse an ExampleGen whose folder TFX would take for a pattern: it would find no files there.

    Args:
        component: Any component.

    Raises:
        FolderError: If it has an ``input_base`` with a character of patterns.
    """
    input_base = component.exec_properties.get("input_base")
    if isinstance(input_base, str):
        folders.check_name(Path(input_base))


def pipeline_root(store: str | Path) -> Path:
    """Return the folder in a store's folder below which components write their artifacts."""
    return Path(store) / "artifacts"


def _check_database(file: Path) -> None:
    """Refuse a file that SQLite could not read; an empty one it takes for a new database."""
    if not file.exists():
        return
    with file.open("rb") as opened:
        begins = opened.read(len(_SQLITE))
    if begins not in (b"", _SQLITE):
        raise folders.FolderError(
            f"{file} is not a database of ML Metadata: SQLite did not write it.",
            "Move it away, and a new one is made; or name another store (WORKBOOK_STORE).",
        )
