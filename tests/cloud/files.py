"""The files that appendix B's reader writes: what is right in the tests, and is broken by one edit each."""

from __future__ import annotations

from pathlib import Path

from tests.notebooks.reading import chapter, written_files
from tests.notebooks.test_written_files import name_on_disk

VALUES = {"project": "complaints-4711", "billing_account": "000000-000000-000000"}


def right() -> dict[str, str]:
    """Each file's text by its name."""
    notebook = chapter("B")
    named = {name_on_disk(notebook, name): text for name, text in written_files(notebook).items()}
    return {Path(name).name: text for name, text in named.items() if name.endswith(".tf")}


def write(folder: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """Write all files into a folder, one of them with one edit."""
    for name, text in right().items():
        if name == file:
            assert text.count(old) >= 1, f"{file} does not have {old!r}"
            text = text.replace(old, new, 1)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
