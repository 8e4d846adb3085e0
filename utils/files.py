"""Files that are written whole or not at all, and folders that are only emptied if the workbook made them."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from utils.errors import WorkbookError

MARK: Final = ".made-by-the-workbook"
"""The empty file that says that a folder, with all that is in it, may be deleted."""

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The numbers of the errors by which a system says that there is no room."""


class FileError(WorkbookError, OSError):
    """A file that cannot be written, or a folder that must not be emptied."""


@contextmanager
def atomic_path(path: Path, mode: int = 0o644) -> Iterator[Path]:
    """Give a place for a file that replaces ``path`` only when the block ends without an error.

    Args:
        path: The file to write; its folder is made if need be.
        mode: Who may read and write it; until the block ends only its owner may.

    Yields:
        An empty file beside it, hidden, with a name that nobody else uses. Where the block deletes it, ``path`` stays
        as it is.

    Raises:
        FileError: If the file cannot be written there.
    """
    check_target(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        if part.exists():
            part.chmod(mode)
            part.replace(path)
    except OSError as error:
        if error.errno in FULL:
            raise _unwritable(path, error) from error
        raise
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Open a text file that replaces ``path`` only when the block ends without an error.

    Args:
        path: The file to write; its folder is made if need be.

    Yields:
        A UTF-8 text file that writes line feeds as they are.

    Raises:
        FileError: If the file cannot be written there.
    """
    with atomic_path(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        yield file


def check_target(path: Path) -> None:
    """Make sure that a file can stand at a place, and make its folder.

    Args:
        path: The file to write.

    Raises:
        FileError: If a folder or a device stands there, or its folder cannot be made.
    """
    try:
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "not an ordinary file"
            raise FileError(f"{path} is {kind}.", "Name a file to write.")
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error


def mark(folder: Path) -> None:
    """Say that a folder is the workbook's own.

    Args:
        folder: A folder that the workbook has made.
    """
    (folder / MARK).touch()


def check_disposable(folder: Path) -> None:
    """Make sure that a folder may be deleted with all that is in it.

    Args:
        folder: The folder; it need not exist.

    Raises:
        FileError: If it holds something, and neither it nor a folder above it is marked as the workbook's
            own; or if it is a file.
    """
    place = folder.resolve()
    if place.exists() and not place.is_dir():
        raise FileError(f"{folder} is a file.", "Name a folder.")
    if not place.exists() or not any(place.iterdir()):
        return
    if not any((above / MARK).is_file() for above in (place, *place.parents)):
        raise FileError(
            f"{folder} holds files that the workbook did not make, so it is not emptied.",
            "Name a folder that does not exist yet, or delete this one yourself.",
        )


def remove(folder: Path) -> None:
    """Delete a folder, so that a kill in the middle leaves no half of it in its place, where its mark may be gone.

    Args:
        folder: The folder; where there is none, only what a kill has left is deleted.
    """
    aside = folder.with_name(f".{folder.name}{MARK}")
    if aside.exists():
        shutil.rmtree(aside)
    if folder.exists():
        folder.rename(aside)
        shutil.rmtree(aside)


def fresh_folder(folder: Path) -> Path:
    """Make a folder, or empty one that the workbook made before, and mark it as the workbook's own.

    Args:
        folder: The folder.

    Returns:
        The folder, which holds nothing but the mark.

    Raises:
        FileError: If there is a folder that the workbook did not make, or the folder cannot be made.
    """
    try:
        check_disposable(folder)
        place = folder.resolve()
        remove(place)
        place.mkdir(parents=True)
        mark(place)
    except FileError:
        raise
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder


def size(place: Path) -> int:
    """Return how many bytes a file holds, or all files below a folder; 0 where there is nothing.

    Args:
        place: The file or folder.
    """
    if place.is_file():
        return place.stat().st_size
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


def _unwritable(path: Path, error: OSError) -> FileError:
    blocked = isinstance(error, (FileExistsError, NotADirectoryError))
    said = os.strerror(error.errno) if error.errno else error
    why = "a file stands in the place of its folder" if blocked else said
    full = error.errno in FULL
    return FileError(
        f"{path} cannot be written: {why}.",
        "Free some disk space, or name a place that has room."
        if full
        else "Name a place that you may write to and that has room.",
    )
