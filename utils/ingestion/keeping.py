"""Writing a file again without making it new, so that TFX's cache can answer.

ExampleGen tells files apart by their size and time. A notebook that writes the same rows a second time would make
each component run again.
"""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def unless_equal(path: Path) -> Iterator[Path]:
    """Write a file that replaces ``path`` only where its content differs, and only when the block ends without error.

    Args:
        path: The file; its folder is made if absent.

    Yields:
        Where to write, beside the file and hidden.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        if path.exists() and filecmp.cmp(part, path, shallow=False):
            part.unlink()
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
