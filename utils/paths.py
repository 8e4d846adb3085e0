"""Where things are: the repository, its data, and everything that is built from them.

Nothing here creates a folder or imports anything heavy. Two environment variables move what is built, so that tests
and other programs get a place of their own: ``WORKBOOK_BUILD`` (everything) and ``WORKBOOK_STORE`` (the ML Metadata
store and the pipeline root only). A relative path in them counts from the repository's root, because ``make`` and a
notebook's kernel work in different folders.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The repository's root folder."""

DATA = ROOT / "data"
"""Committed data: the data card, the small spans and the small variants."""

NOTEBOOKS = ROOT / "notebooks"
"""The chapters' notebooks, without outputs."""

SOLVED = "exercises.json"
"""The file in a store that holds the numbers of the exercises that its reader has solved."""


def build() -> Path:
    """Return the git-ignored folder of everything that is made: environments, data, stores, executed notebooks.

    Returns:
        ``$WORKBOOK_BUILD`` where set, else ``build/`` in the repository.
    """
    return _from_root(os.environ.get("WORKBOOK_BUILD") or "build")


def complaints() -> Path:
    """Return the folder of the generated complaints, one sub-folder for each number of rows a span."""
    return build() / "complaints"


def downloads() -> Path:
    """Return the folder of files fetched from the book's link or from the CFPB."""
    return build() / "downloads"


def stack() -> str:
    """Return the TFX generation that this Python belongs to: ``"1.16"`` or ``"1.21"``.

    The Python version picks it, as in ``requirements.txt``; nothing is imported.
    """
    return "1.16" if sys.version_info < (3, 11) else "1.21"


def plain() -> bool:
    """Return whether ``WORKBOOK_PLAIN=1`` asks for TFX, Beam and Python as they are, spared no work."""
    return os.environ.get("WORKBOOK_PLAIN") == "1"


def store() -> Path:
    """Return the folder of the ML Metadata store and pipeline root that all chapters share.

    Returns:
        ``$WORKBOOK_STORE`` where set, else a folder of this stack's own under :func:`build`: an artifact written by one
        TFX generation is not handed to the other.
    """
    override = os.environ.get("WORKBOOK_STORE")
    return _from_root(override) if override else build() / f"store-{stack()}"


def _from_root(place: str) -> Path:
    return Path(os.path.normpath(ROOT / Path(place).expanduser()))
