"""What a notebook's process holds: less of it, so that a chapter fits Binder's two gigabytes.

A kernel that has imported TFX holds .9 GB before the first cell, and each component leaves something behind that nobody
uses any more. Three ordinary means, none of which changes a result:

- glibc gives each thread that allocates a region of its own, up to eight for each processor, and TensorFlow has many
  threads; two regions are enough (``M_ARENA_MAX``).
- Python's garbage collector looks at every object again and again. What the imports have made stays until the end, so
  it is set aside once (``gc.freeze``), which also saves time.
- After a component, garbage is collected, and free memory is given back to the system (``malloc_trim``).

With the environment variable ``WORKBOOK_PLAIN=1`` nothing of this is done. Where the C library is another one, as on
macOS, only Python's part is.
"""

from __future__ import annotations

import ctypes
import gc
import platform

from utils import paths

M_ARENA_MAX = -8
"""The option's number in glibc's ``malloc.h``."""

ARENAS = 2


def limit_arenas() -> bool:
    """Let glibc make no more than two regions for the threads of this process; call it before they start.

    Returns:
        Whether it does.
    """
    return not paths.plain() and _glibc() and ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS) == 1


def set_aside() -> None:
    """Let the garbage collector leave alone what has been made so far, such as imported modules."""
    if not paths.plain():
        gc.collect()
        gc.freeze()


def give_back() -> None:
    """Collect garbage, and give free memory back to the system."""
    if paths.plain():
        return
    gc.collect()
    if _glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"
