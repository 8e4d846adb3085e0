"""A folder for the files that a notebook makes, its own as long as its kernel lives."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from utils import files, folders

_HELD: dict[Path, FileLock] = {}

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
        if folder in _HELD:
            return folder
        lock = FileLock(str(base / f"{number}.lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        _HELD[folder] = lock
        folder.mkdir(exist_ok=True)
        files.mark(folder)
        return folder
    raise RuntimeError(f"All {MOST} folders in {base} are in use: close a notebook.")


def release(folder: Path) -> None:
    """Give a folder back before the kernel ends.

    Args:
        folder: What :func:`claim` returned.
    """
    lock = _HELD.pop(folder, None)
    if lock is not None:
        lock.release()
