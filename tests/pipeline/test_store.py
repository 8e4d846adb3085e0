"""A database that is damaged, forgets, or is of another version is refused in one sentence, and left as it is."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx

from utils.folders import FolderError
from utils.pipeline import store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of a store that has one artifact."""
    tmp_path = tmp_path / "store"
    found = MetadataStore(store.metadata_config(tmp_path))
    kind = found.put_artifact_type(metadata_store_pb2.ArtifactType(name="Schema"))
    found.put_artifacts([metadata_store_pb2.Artifact(type_id=kind, uri="a")])
    made = store.pipeline_root(tmp_path) / "SchemaGen" / "schema" / "3"
    made.mkdir(parents=True)
    made.joinpath("schema.pbtxt").touch()
    return store.metadata_file(tmp_path)


def overwrite(file: Path, first: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(first)
        opened.write(b"garbage " * 4_000)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (lambda file: file.write_bytes(file.read_bytes()[:50_000]), "is damaged: "),
    "overwritten": (lambda file: overwrite(file, 20_000), "is damaged: "),
    "no database": (lambda file: overwrite(file, 0), "is damaged: SQLite did not write it"),
    "emptied": (lambda file: file.write_bytes(b""), "is empty, although components have written"),
    "gone": (lambda file: file.unlink(), "is missing, although components have written"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_database(file: Path, kind: str) -> None:
    harm, named = DAMAGES[kind]
    store.check_database(file.parent)
    harm(file)
    left = file.read_bytes() if file.exists() else None
    for call in (store.check_database, store.metadata_config):
        with pytest.raises(FolderError) as caught:
            call(file.parent)
        assert caught.value.what.startswith(str(file)) and named in caught.value.what
        assert "\n" not in caught.value.what
        assert f"move the folder {file.parent} away" in caught.value.cure
    assert (file.read_bytes() if file.exists() else None) == left
    assert (store.pipeline_root(file.parent) / "SchemaGen/schema/3/schema.pbtxt").exists()
    file.parent.rename(file.parent.with_name("aside"))
    store.check_database(file.parent)


def test_a_new_store_is_welcome(tmp_path: Path) -> None:
    store.check_database(tmp_path / "new")
    store.metadata_file(tmp_path).touch()
    store.check_database(tmp_path)
    store.check_version(tmp_path)


def test_one_that_somebody_writes_into_is_not_damaged(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.check_database(file.parent)


@pytest.mark.parametrize(("version", "kind"), [(99, "a newer"), (1, "an older")])
def test_tables_of_another_version(file: Path, version: int, kind: str) -> None:
    store.check_version(file.parent)
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE MLMDEnv SET schema_version = ?", (version,))
    with pytest.raises(FolderError, match=f"was made by {kind} ML Metadata") as caught:
        store.check_version(file.parent)
    assert f"version {version}" in caught.value.what
    assert "STACK=" in caught.value.cure


@pytest.mark.parametrize(
    ("error", "what", "cure"),
    [
        (RuntimeError("... database or disk is full"), "No space left", "Free some disk space"),
        (RuntimeError("attempt to write a readonly database"), "Read-only", "Make it writable"),
        (OSError(28, "No space left on device", "/there"), "/there cannot be", "Free some disk"),
    ],
)
def test_what_keeps_a_block_from_working_is_told(
    tmp_path: Path, error: Exception, what: str, cure: str
) -> None:
    with pytest.raises(FolderError) as caught, store.told(tmp_path):
        raise error
    assert what in str(caught.value) and cure in str(caught.value)
    with pytest.raises(ZeroDivisionError), store.told(tmp_path):
        raise ZeroDivisionError


@pytest.fixture
def pusher(tmp_path: Path) -> Iterator[Callable[[], object]]:
    def build() -> object:
        model = tfx.types.standard_artifacts.Model
        return tfx.components.Pusher(
            model=tfx.dsl.Channel(type=model),
            push_destination=tfx.proto.PushDestination(
                filesystem=tfx.proto.PushDestination.Filesystem(base_directory=str(tmp_path))
            ),
        )

    yield build


def test_a_clock_that_was_set_back(
    tmp_path: Path, pusher: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    component = pusher()
    store.check_push_destination(component)
    for name in ("1700000000", "notes", "²"):
        (tmp_path / name).mkdir()
    store.check_push_destination(component)
    monkeypatch.setattr(time, "time", lambda: 1_600_000_000.5)
    with pytest.raises(FolderError) as caught:
        store.check_push_destination(component)
    assert "1700000000" in caught.value.what and "1600000000" in caught.value.what
    assert "Set the clock right" in caught.value.cure
    component.exec_properties["push_destination"] = json.dumps({})
    store.check_push_destination(component)
