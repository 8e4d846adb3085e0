"""Writing a file again without making it new, so that TFX's cache can answer.

ExampleGen tells files apart by their size and time. A notebook that writes the same rows a second time would make
each component run again.
"""

from __future__ import annotations

import filecmp
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from utils.files import atomic_path


@contextmanager
def unless_equal(path: Path) -> Iterator[Path]:
    """Write a file that replaces ``path`` only where its content differs, and only when the block ends without error.

    Args:
        path: The file; its folder is made if absent.

    Yields:
        Where to write, beside the file and hidden.

    Raises:
        utils.files.FileError: If the file cannot be written there.
    """
    with atomic_path(path) as part:
        yield part
        if path.exists() and filecmp.cmp(part, path, shallow=False):
            part.unlink()
