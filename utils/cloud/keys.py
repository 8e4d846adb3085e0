"""Finds keys that lie about in a folder: files with which anybody can be a service account."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 100_000
"""Bytes of the largest file that is looked into; keys are far smaller."""

SKIPPED = frozenset({".git", "node_modules", "__pycache__"})
"""Folders that are not looked into."""


@dataclass(frozen=True)
class KeyFile:
    """A file with a key in it; the key itself is never kept.

    Attributes:
        file: The file, relative to the folder that was searched.
        why: How it was recognised, and whose key it is where the file says so.
    """

    file: str
    why: str


def find(folder: Path) -> list[KeyFile]:
    """Look for key files.

    Args:
        folder: The folder, such as a repository.

    Returns:
        Those found, by name.
    """
    found = (KeyFile(str(file.relative_to(folder)), why) for file, why in _keys(Path(folder)))
    return sorted(found, key=lambda one: one.file)


def _keys(folder: Path) -> Iterator[tuple[Path, str]]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in files:
            file = Path(place, name)
            why = _why(file)
            if why:
                yield file, why


def _why(file: Path) -> str:
    """Return how a file is recognised as a key, or an empty text."""
    if file.suffix.lower() in (".p12", ".pfx"):
        return "a key store, by its name"
    try:
        if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST:
            return ""
        raw = file.read_bytes()
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and content.get("private_key"):
        return f"a key of {content.get('client_email', 'a service account')}"
    if isinstance(content, dict) and content.get("refresh_token"):
        return "somebody's own login"
    lines = text.splitlines()
    if any(line.startswith("-----BEGIN ") and "PRIVATE KEY-----" in line for line in lines):
        return "a private key"
    return ""
