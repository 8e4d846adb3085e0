"""The state of a folder as a digest and as a copy, so that a command that was run before need not run again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from utils.environments import environment
from utils.files import remove

LEFT_OUT = frozenset({"__pycache__", ".pytest_cache"})
"""Folders that Python and pytest make by themselves; they are no part of the state."""


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, in order, without what Python itself leaves there.

    Args:
        folder: The folder.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not LEFT_OUT & set(file.relative_to(folder).parts):
            yield file


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of the bytes of each file below a folder.

    Args:
        folder: The folder.

    Returns:
        SHA-256 by path, relative to the folder.
    """
    return {file.relative_to(folder).as_posix(): environment.digest(file) for file in files(folder)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return which files are new or have other bytes.

    Args:
        before: What :func:`digests` found before.
        after: The same afterwards.

    Returns:
        Their paths, in order.
    """
    return tuple(path for path, digest in after.items() if before.get(path) != digest)


def copy(source: Path, target: Path) -> None:
    """Put a copy of a folder, with the times of its files, in the place of another.

    TFX looks at the time of a data file: a file with another time would be another file to its cache.

    Args:
        source: The folder.
        target: Where the copy goes, whole or not at all; what is there is deleted.
    """
    part = target.with_name(f".{target.name}.part")
    remove(part)
    shutil.copytree(source, part, ignore=shutil.ignore_patterns(*LEFT_OUT))
    remove(target)
    part.rename(target)
