"""Canonical notebooks: no outputs, no traces of a run. Git calls this; `make test` too.

Standard library only, and quick: git runs it for each notebook that it looks at. Called without arguments it reads a
notebook from standard input and writes the canonical one to standard output; what is no notebook passes unchanged.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

CELL_METADATA = ("tags", "slideshow", "raw_mimetype", "format")
"""The metadata of a cell that an author writes; all other comes from running and looking."""

FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}
"""What folds the source of a set-up cell in Colab and in JupyterLab; whoever unfolds it leaves no trace in git."""

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
"""The kernel that every notebook names, so that nobody is asked for one."""

NOTEBOOK_METADATA = ("title", "authors")
"""The metadata of a notebook that is kept beside the kernel's."""


def canonical(content: bytes) -> bytes:
    """Strip a notebook of all that running and saving it puts in.

    Args:
        content: The file's bytes.

    Returns:
        The canonical bytes; ``content`` itself if it is not a notebook of format 4, as in the
        middle of a merge.
    """
    try:
        notebook = json.loads(content)
        if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
            return content
        text = json.dumps(_notebook(notebook), ensure_ascii=False, indent=1, sort_keys=True)
        return (text + "\n").encode("utf-8")
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return content


def _notebook(notebook: dict[str, Any]) -> dict[str, Any]:
    metadata = notebook.get("metadata", {})
    kept = {name: metadata[name] for name in NOTEBOOK_METADATA if name in metadata}
    return {
        "cells": [_cell(cell) for cell in notebook["cells"]],
        "metadata": {**kept, "kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": notebook.get("nbformat_minor", 5),
    }


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata", {})
    clean = {
        name: value for name, value in cell.items() if name in ("attachments", "cell_type", "id")
    }
    if not clean.get("attachments"):
        clean.pop("attachments", None)
    clean["metadata"] = {name: metadata[name] for name in CELL_METADATA if metadata.get(name)}
    tags = clean["metadata"].get("tags")
    if isinstance(tags, list) and "setup" in tags:
        clean["metadata"].update(FOLDED)
    clean["source"] = _lines(cell["source"])
    if cell["cell_type"] == "code":
        clean.update(execution_count=None, outputs=[])
    return clean


def _lines(source: Any) -> list[str]:
    return (source if isinstance(source, str) else "".join(source)).splitlines(keepends=True)


def _replace(name: str, content: bytes) -> None:
    """Give a file other content, all at once: whoever is interrupted keeps the old one."""
    import shutil
    import tempfile
    from pathlib import Path

    file = Path(name).resolve()
    handle, part = tempfile.mkstemp(suffix=".tmp", dir=str(file.parent))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        shutil.copymode(str(file), part)
        Path(part).replace(file)
    except BaseException:
        Path(part).unlink()
        raise


def main(argv: list[str]) -> int:
    """Filter standard input, or check or rewrite files.

    Args:
        argv: Nothing to filter; ``--check`` or ``--write`` and files.

    Returns:
        0; 1 if ``--check`` finds a file that is not canonical.
    """
    if not argv:
        sys.stdout.buffer.write(canonical(sys.stdin.buffer.read()))
        return 0
    mode, files = argv[0], argv[1:]
    if mode not in ("--check", "--write"):
        print("usage: notebook_filter.py [--check | --write] FILE...", file=sys.stderr)
        return 2
    changed = 0
    for name in files:
        with open(name, "rb") as file:  # noqa: PTH123 - git waits
            content = file.read()
        clean = canonical(content)
        if clean == content:
            continue
        changed += 1
        if mode == "--write":
            _replace(name, clean)
        else:
            print(f"{name}: has outputs or traces of a run (cure: make format)")
    return 1 if changed and mode == "--check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
