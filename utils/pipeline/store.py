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


def metadata_file(store: str | Path) -> Path:
    """The SQLite file of ML Metadata in a store's folder."""
    return Path(store) / "metadata.sqlite"


def metadata_config(store: str | Path) -> metadata_store_pb2.ConnectionConfig:
    """How to connect to ML Metadata in a store's folder.

    Args:
        store: The folder; it is made where it is missing.

    Returns:
        A configuration for ``tfx.dsl.Pipeline`` and for ``InteractiveContext``.

    Raises:
        FolderError: If the folder or the file cannot be written, or TFX would take its path for a pattern.
    """
    folders.check_name(Path(store).absolute())
    folders.make(Path(store))
    folders.check_file(metadata_file(store))
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
    """The folder in a store's folder below which components write their artifacts."""
    return Path(store) / "artifacts"
