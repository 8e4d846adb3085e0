"""Folders that one process works in at a time: from its claim until it gives them back or ends, also by a kill."""

from __future__ import annotations

import atexit
from pathlib import Path

from filelock import FileLock, Timeout

_HELD: dict[Path, FileLock] = {}
atexit.register(_HELD.clear)  # a lock that outlives the interpreter's own modules complains


def claim(lock: Path, seconds: float = 0) -> bool:
    """Lock a file for this process.

    Args:
        lock: The file, in a folder that exists; it is made where it is missing, and stays.
        seconds: How long to wait for another process.

    Returns:
        Whether this process has it now, or had it before; False if another process has it.
    """
    if lock in _HELD:
        return True
    taken = FileLock(str(lock), thread_local=False)
    try:
        taken.acquire(timeout=seconds)
    except Timeout:
        return False
    _HELD[lock] = taken
    return True


def release(lock: Path) -> None:
    """Give back what :func:`claim` has locked; nothing happens where it has not."""
    if (held := _HELD.pop(lock, None)) is not None:
        held.release()
