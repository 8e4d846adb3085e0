"""What runs have left on the disk, what of it the last blessed model still stands on, and what may go."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml_metadata import metadata_store

from utils.files import size
from utils.operating.errors import OperatingError
from utils.pipeline.store import INPUTS, OUTPUTS


@dataclass(frozen=True)
class Item:
    """One artifact on the disk.

    Attributes:
        id: Its number in ML Metadata.
        type: Its type, for example ``"Examples"``.
        folder: Where it lies.
        bytes: How much space its files take.
        needed: Whether the last blessed model stands on it, or was judged or pushed with it.
    """

    id: int
    type: str
    folder: Path
    bytes: int
    needed: bool


def last_blessed(store: metadata_store.MetadataStore) -> int | None:
    """Find the model that was blessed last.

    Args:
        store: The store.

    Returns:
        Its artifact's number; None where no model was blessed.
    """
    blessings = [
        one
        for one in store.get_artifacts_by_type("ModelBlessing")
        if one.custom_properties["blessed"].int_value == 1
    ]
    for blessing in sorted(blessings, key=lambda one: one.id, reverse=True):
        return blessing.custom_properties["current_model_id"].int_value
    return None


def needed(store: metadata_store.MetadataStore, model: int) -> set[int]:
    """Collect what a model stands on, step by step backwards, and what was made from it.

    Args:
        store: The store.
        model: The model's artifact.

    Returns:
        The numbers of artifacts: the model, all its ancestors, and what the components that took the model have made.
        The outputs of one execution stay together, for TFX's cache answers with all of them or not at all.
    """
    found, waiting = {model}, [model]
    while waiting:
        made_by = _executions(store, waiting, OUTPUTS)
        found |= _artifacts(store, made_by, OUTPUTS)
        waiting = sorted(_artifacts(store, made_by, INPUTS) - found)
        found |= set(waiting)
    return found | _artifacts(store, _executions(store, [model], INPUTS), OUTPUTS)


def usage(store: metadata_store.MetadataStore, base: Path) -> list[Item]:
    """List the artifacts that are on the disk.

    Args:
        store: The store.
        base: The folder that relative paths begin at: the one in which the pipeline runs.

    Returns:
        The artifacts. All are needed where no model was blessed, for then nothing tells what may go.
    """
    model = last_blessed(store)
    artifacts = [one for one in store.get_artifacts() if (base / one.uri).exists()]
    kept = {one.id for one in artifacts} if model is None else needed(store, model)
    return [
        Item(one.id, one.type, (base / one.uri).resolve(), size(base / one.uri), one.id in kept)
        for one in artifacts
    ]


def clean(items: Iterable[Item], root: Path, really: bool = False) -> list[Path]:
    """Delete what is not needed; unless asked for really, only say what would be deleted.

    Args:
        items: What :func:`usage` found.
        root: The pipeline root; nothing outside of it is deleted.
        really: Whether to delete.

    Returns:
        The folders that were deleted, or would be.

    Raises:
        OperatingError: If a folder lies outside of the root; then nothing is deleted.
    """
    folders = [one.folder for one in items if not one.needed]
    top = root.resolve()
    for folder in folders:
        if top not in folder.resolve().parents:
            raise OperatingError(
                f"{folder} is not in the pipeline root {root}, so nothing was deleted.",
                "Name the pipeline root that these artifacts were written to.",
            )
    for folder in folders if really else ():
        if folder.is_dir():
            shutil.rmtree(folder)
        else:  # a value artifact
            folder.unlink()
    return folders


def _executions(
    store: metadata_store.MetadataStore, artifacts: Sequence[int], kinds: tuple[int, ...]
) -> list[int]:
    events = store.get_events_by_artifact_ids(artifacts) if artifacts else []
    return sorted({one.execution_id for one in events if one.type in kinds})


def _artifacts(
    store: metadata_store.MetadataStore, executions: Sequence[int], kinds: tuple[int, ...]
) -> set[int]:
    events = store.get_events_by_execution_ids(executions) if executions else []
    return {one.artifact_id for one in events if one.type in kinds}
