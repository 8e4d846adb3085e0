"""What the files of an artifact were when it was published, so that one damaged afterwards is not taken for whole.

TFX's cache answers as long as the folder of an artifact exists, whatever is left in it. Here the names and sizes of its
files are kept beside the store, in the folder ``manifests``; nothing is read or hashed. Of an artifact that another
program published there is no such list until it is first used here; then at least its splits must be there.

An artifact that is damaged, or refused after its component has run, is marked in ML Metadata as deleted, and the
execution that made it as one whose outputs are gone. Then no orchestrator's cache answers with it, and no Resolver
picks it. Its remaining files stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.types import artifact_utils

from utils import folders
from utils.files import atomic_text
from utils.pipeline.store import pipeline_root

GONE = "outputs_gone"
"""The custom property of an execution whose outputs are no good. TFX's cache compares all properties, so that it passes
such an execution over."""

_EDITABLE = ".pbtxt"
"""A file such as a schema, which people edit in its place: it may get shorter."""

_LIVE = metadata_store_pb2.Artifact.LIVE


def record(store: Path, artifacts: Iterable[metadata_store_pb2.Artifact]) -> None:
    """Keep what files artifacts have, unless that is kept already.

    Args:
        store: The folder of the store.
        artifacts: The artifacts as ML Metadata has them; those outside of the store's pipeline root are passed over.
    """
    folder = folders.make(store / "manifests")
    for artifact in artifacts:
        if not _is_ours(store, artifact) or _recorded(store, artifact) is not None:
            continue
        kept = {"uri": artifact.uri, "created": artifact.create_time_since_epoch}
        text = json.dumps({**kept, "files": _files(Path(artifact.uri))})
        with atomic_text(folder / f"{artifact.id}.json") as file:
            file.write(text)


def damage(store: Path, artifact: metadata_store_pb2.Artifact) -> str:
    """Say what an artifact has lost.

    Args:
        store: The folder of the store.
        artifact: The artifact as ML Metadata has it.

    Returns:
        What is wrong, for example ``"Split-eval is missing"``; empty where nothing is.
    """
    place = Path(artifact.uri)
    if not place.exists():
        return "it is missing"
    if not _is_ours(store, artifact):
        return ""
    files = _recorded(store, artifact)
    if files is None:
        return _missing_split(place, artifact)
    for name, size in files.items():
        file = place / name
        if not file.exists():
            return f"{_highest_missing(place, name)} is missing"
        now = file.stat().st_size
        if now < size and (now == 0 or file.suffix != _EDITABLE):
            return f"{name} has {now:,} bytes left of {size:,}"
    return ""


def retire_damaged(store: Path, metadata_store: MetadataStore, kind: str | None = None) -> None:
    """Mark damaged artifacts, and the executions that made them, so that no cache answers with them.

    Args:
        store: The folder of the store.
        metadata_store: Its ML Metadata.
        kind: The type of the executions to look at, which is ``component.type``; None looks at all.
    """
    found = (
        metadata_store.get_executions()
        if kind is None
        else metadata_store.get_executions_by_type(kind)
    )
    complete = [
        one.id
        for one in found
        if one.last_known_state == metadata_store_pb2.Execution.COMPLETE
        and GONE not in one.custom_properties
    ]
    if not complete:
        return
    made = {
        event.artifact_id
        for event in metadata_store.get_events_by_execution_ids(complete)
        if event.type == metadata_store_pb2.Event.OUTPUT
    }
    damaged = [
        one
        for one in (metadata_store.get_artifacts_by_id(list(made)) if made else [])
        if one.state == _LIVE and _is_ours(store, one) and damage(store, one)
    ]
    retire(metadata_store, damaged)


def retire(metadata_store: MetadataStore, artifacts: Sequence[metadata_store_pb2.Artifact]) -> None:
    """Mark artifacts, and the executions that made them, so that no cache answers with them.

    Args:
        metadata_store: ML Metadata.
        artifacts: The artifacts as it has them.
    """
    if not artifacts:
        return
    events = metadata_store.get_events_by_artifact_ids([one.id for one in artifacts])
    makers = {one.execution_id for one in events if one.type == metadata_store_pb2.Event.OUTPUT}
    emptied = [
        one
        for one in metadata_store.get_executions_by_id(list(makers))
        if one.last_known_state == metadata_store_pb2.Execution.COMPLETE
    ]
    for artifact in artifacts:
        artifact.state = metadata_store_pb2.Artifact.DELETED
    for execution in emptied:
        execution.custom_properties[GONE].int_value = 1
    metadata_store.put_artifacts(artifacts)
    metadata_store.put_executions(emptied)


def _is_ours(store: Path, artifact: metadata_store_pb2.Artifact) -> bool:
    """Return whether an artifact lies where components write; what an Importer names may change at any time."""
    root = pipeline_root(store).resolve()
    return Path(artifact.uri).resolve().is_relative_to(root)


def _files(place: Path) -> dict[str, int]:
    """Return the size in bytes of each file, by its path below the artifact's; a value's artifact is a file itself."""
    if place.is_file():
        return {"": place.stat().st_size}
    return {
        str(file.relative_to(place)): file.stat().st_size
        for file in sorted(place.rglob("*"))
        if file.is_file() and not file.name.startswith(".")
    }


def _recorded(store: Path, artifact: metadata_store_pb2.Artifact) -> dict[str, int] | None:
    try:
        text = (store / "manifests" / f"{artifact.id}.json").read_text(encoding="utf-8")
        kept = json.loads(text)
        # A store that was begun anew gives the same numbers to other artifacts.
        same = kept["uri"] == artifact.uri and kept["created"] == artifact.create_time_since_epoch
        return {str(name): int(size) for name, size in kept["files"].items()} if same else None
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return None  # There is no list, or one that a failing machine has left unreadable.


def _missing_split(place: Path, artifact: metadata_store_pb2.Artifact) -> str:
    """Return what of its recorded splits an artifact lacks, if it has any of the folders that TFX gives them."""
    if "split_names" not in artifact.properties:
        return ""
    names = artifact_utils.decode_split_names(artifact.properties["split_names"].string_value)
    split_folders = {f"Split-{name}": place / f"Split-{name}" for name in names}
    if any(place.iterdir()) and not any(one.is_dir() for one in split_folders.values()):
        return ""  # It keeps its splits in some other way.
    return next(
        (f"{name} is missing" for name, one in split_folders.items() if not _holds_a_file(one)), ""
    )


def _holds_a_file(folder: Path) -> bool:
    return any(file.is_file() for file in folder.rglob("*"))


def _highest_missing(place: Path, name: str) -> str:
    """Return the folder that is missing, where more than one file is."""
    parts = Path(name).parts
    return next(
        (
            str(Path(*parts[:end]))
            for end in range(1, len(parts) + 1)
            if not place.joinpath(*parts[:end]).exists()
        ),
        name,
    )
