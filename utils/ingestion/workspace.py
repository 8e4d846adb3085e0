"""A folder for the files that a notebook makes, its own as long as its kernel lives."""

from __future__ import annotations

from pathlib import Path

from utils import claims, files, folders

MOST = 100
"""More folders than any number of notebooks that run at once."""


def claim(store: Path) -> Path:
    """Take the first folder that no other kernel holds.

    A notebook that runs alone gets the same folder each time, so TFX finds its inputs where they were and its cache
    can answer. A second one that runs at the same time gets another.

    Args:
        store: The folder of the shared store, ``context.store``.

    Returns:
        The folder, made if absent, and marked as the workbook's own. It is released when the kernel ends.

    Raises:
        RuntimeError: If all folders are taken.
    """
    base = folders.make(Path(store) / "ingestion")
    for number in range(1, MOST + 1):
        folder = base / str(number)
        if claims.claim(_lock(folder)):
            folder.mkdir(exist_ok=True)
            files.mark(folder)
            return folder
    raise RuntimeError(f"All {MOST} folders in {base} are in use: close a notebook.")


def release(folder: Path) -> None:
    """Give a folder back before the kernel ends.

    Args:
        folder: What :func:`claim` returned.
    """
    claims.release(_lock(folder))


def _lock(folder: Path) -> Path:
    """Return the file that is locked for a folder; it lies beside it."""
    return folder.with_name(f"{folder.name}.lock")
