"""Where things lie in a store's folder, and how to connect to its ML Metadata."""

from __future__ import annotations

import contextlib
import errno
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.components.base import base_node
from tfx.orchestration import metadata

from utils import folders
from utils.errors import WorkbookError

RETRIES = 15
"""How often ML Metadata tries again, after about two seconds each time, while another program writes into the store.
Its own default of 5 is sometimes too few where several programs write at once."""

OUTPUTS = (metadata_store_pb2.Event.OUTPUT, metadata_store_pb2.Event.DECLARED_OUTPUT)
"""The kinds of events by which an execution has made an artifact."""

INPUTS = (metadata_store_pb2.Event.INPUT, metadata_store_pb2.Event.DECLARED_INPUT)
"""The kinds of events by which an execution was given an artifact."""

_SQLITE = b"SQLite format 3\0"
"""What every database of SQLite begins with."""

_VERSIONS = re.compile(r"database version (\d+) is (greater|older) than library version (\d+)")
"""What ML Metadata says of a database that another of its versions has made."""

_ERRNO = {"database or disk is full": errno.ENOSPC, "readonly database": errno.EROFS}
"""What SQLite says where the operating system would say one of these."""


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
        FolderError: If the folder or the file cannot be written, TFX would take its path for a pattern, or
            :func:`check_database` finds fault.
    """
    folders.check_name(Path(store).absolute())
    folders.make(Path(store))
    folders.check_file(metadata_file(store))
    check_database(store)
    return _config(store)


def check_database(store: str | Path) -> None:
    """Refuse a database that is damaged, or that has forgotten the artifacts beside it; nothing is changed.

    An empty file, or none, is a new database, which numbers executions from 1 again: where components have written
    artifacts already, the new ones would come to lie among the old.

    Args:
        store: The folder.

    Raises:
        FolderError: If the file was not written by SQLite, parts of it are gone or overwritten, or it is empty and
            there are artifacts.
    """
    file = metadata_file(store)
    if not file.exists() or not file.stat().st_size:
        if next(pipeline_root(store).glob("*/*/[0-9]*"), None) is not None:
            raise folders.FolderError(
                f"{file} is {'empty' if file.exists() else 'missing'}, although components have written artifacts into "
                f"{pipeline_root(store)}: nothing knows any more what they are.",
                _begin_anew(store),
            )
        return
    with file.open("rb") as opened:
        begins = opened.read(len(_SQLITE))
    damage = "SQLite did not write it" if begins != _SQLITE else _damage(file)
    if damage:
        raise folders.FolderError(
            f"{file}, the database of ML Metadata, is damaged: {damage}.", _begin_anew(store)
        )


@contextlib.contextmanager
def told(store: str | Path) -> Iterator[None]:
    """Tell in one sentence what keeps the block from working on a store: a full disk, a lost right, a damaged database.

    Args:
        store: The folder.

    Raises:
        FolderError: In the place of such an error; any other one goes on as it is.
    """
    try:
        yield
    except WorkbookError:
        raise
    except OSError as error:
        if error.errno not in folders.UNWRITABLE:
            raise
        named = error.filename if isinstance(error.filename, str) else metadata_file(store)
        raise folders.unusable(Path(named), error) from error
    except Exception as error:
        refused = refusal(store, error)
        if refused is not None:
            raise refused from error
        check_database(store)
        raise


def refusal(store: str | Path, error: BaseException) -> folders.FolderError | None:
    """Return the sentence for what ML Metadata says of its database, to be raised; None for any other error.

    Args:
        store: The folder.
        error: The error.
    """
    file, words = metadata_file(store), str(error)
    for said, number in _ERRNO.items():
        if said in words:
            return folders.unusable(file, OSError(number, said))
    versions = _VERSIONS.search(words)
    if versions is None:
        return None
    found, how, known = versions.groups()
    kind = "a newer" if how == "greater" else "an older"
    return folders.FolderError(
        f"{file} was made by {kind} ML Metadata: its tables have version {found}, and this one reads {known}.",
        "Work with the generation of TFX that made it (`make lab STACK=…`), or name another store (WORKBOOK_STORE).",
    )


def check_version(store: str | Path) -> None:
    """Refuse a database that another version of ML Metadata has made.

    Args:
        store: The folder.

    Raises:
        FolderError: If it is one, or cannot be opened for another reason that :func:`told` knows.
    """
    file = metadata_file(store)
    if file.exists() and file.stat().st_size:
        with told(store):
            MetadataStore(_config(store))


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


def check_push_destination(component: base_node.BaseNode) -> None:
    """Refuse a Pusher while the clock is behind: it numbers models by the second, and servers take the highest number.

    Args:
        component: Any component.

    Raises:
        FolderError: If the folder that it pushes into has a version that is later than now.
    """
    given = component.exec_properties.get("push_destination")
    if not isinstance(given, str):
        return
    base = json.loads(given).get("filesystem", {}).get("base_directory")
    if not isinstance(base, str) or not Path(base).is_dir():
        return
    versions = [int(one.name) for one in Path(base).iterdir() if one.name.isdecimal()]
    latest, now = max(versions, default=0), int(time.time())
    if latest > now:
        raise folders.FolderError(
            f"{base} holds version {latest}, and the clock of this machine says {now}: Pusher numbers models by the "
            "clock's seconds, and a server would go on with the higher number.",
            "Set the clock right, or push into another folder; then run this cell again.",
        )


def pipeline_root(store: str | Path) -> Path:
    """Return the folder in a store's folder below which components write their artifacts."""
    return Path(store) / "artifacts"


def _config(store: str | Path) -> metadata_store_pb2.ConnectionConfig:
    config = metadata.sqlite_metadata_connection_config(str(metadata_file(store)))
    config.retry_options.max_num_retries = RETRIES
    return config


def _damage(file: Path) -> str:
    """Return what SQLite finds wrong with a database; empty where that is nothing, or somebody is writing."""
    try:
        # Not read-only: what a killed process left half written is put right by the first who opens it.
        with contextlib.closing(
            sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=rw", timeout=0, uri=True)
        ) as database:
            (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return ""
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else " ".join(str(found).split())


def _begin_anew(store: str | Path) -> str:
    return (
        f"Put a copy of the file back where you have one; else move the folder {store} away, and a new store is made. "
        "Another one is named by WORKBOOK_STORE."
    )
