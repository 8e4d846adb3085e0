"""The folders that the workbook writes into: made where they are missing, and refused where they cannot work.

A folder that cannot be written, or whose path TFX would take for a pattern, is named in one sentence before any work
begins, and not by an ``OSError`` from deep inside a component.
"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from utils.errors import WorkbookError
from utils.files import FULL

PATTERN_CHARACTERS = "*?["
"""What TFX, TensorFlow and Beam take for a pattern wherever they look for files."""

_ELSEWHERE = (
    "name another folder (WORKBOOK_BUILD moves everything that is built, WORKBOOK_STORE only the "
    "store of ML Metadata and its artifacts)"
)
UNWRITABLE = (*FULL, errno.EROFS, errno.EACCES, errno.EPERM)
"""The numbers of the errors by which a system says that it lets nobody, or not this user, write."""


class FolderError(WorkbookError):
    """A folder or file that cannot be used; the message names it, and the cure."""


def make(folder: Path) -> Path:
    """Make a folder unless it is there, and make sure that files can be written into it.

    Args:
        folder: The folder; its parents are made too.

    Returns:
        The folder.

    Raises:
        FolderError: If it cannot be made, or nothing can be written into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unusable(folder, error) from error
    return folder


def check_file(file: Path) -> None:
    """Make sure that a file can be changed, where it exists.

    Args:
        file: The file, which may be missing.

    Raises:
        FolderError: If it is a folder, or this user may not read and write it.
    """
    try:
        with file.open("r+b"):
            pass
    except FileNotFoundError:
        pass
    except OSError as error:
        raise unusable(file, error) from error


def check_name(folder: Path) -> None:
    """Refuse a path that TFX would take for a pattern.

    Args:
        folder: The folder whose path is looked at.

    Raises:
        FolderError: If a character of the path stands for other characters in a pattern.
    """
    found = [character for character in PATTERN_CHARACTERS if character in str(folder)]
    if found:
        named = " and ".join(f"{character!r}" for character in found)
        raise FolderError(
            f"The path {folder} has {named} in it: TFX and Beam take that for a pattern, and then find no files.",
            f"Rename that folder, or {_ELSEWHERE}.",
        )


def unusable(path: Path, error: OSError) -> FolderError:
    """Return the sentence for a folder or file that cannot be written, to be raised.

    Args:
        path: The folder or file.
        error: What the system said.
    """
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        in_the_way = next((one for one in (path, *path.parents) if one.is_file()), path)
        what = f"The folder {path} cannot be made: {in_the_way} is a file."
        return FolderError(what, f"Move that file away, or {_ELSEWHERE}.")
    cure = "Free some disk space" if error.errno in FULL else "Make it writable for you"
    reason = os.strerror(error.errno) if error.errno else str(error)
    return FolderError(f"{path} cannot be written: {reason}.", f"{cure}, or {_ELSEWHERE}.")
