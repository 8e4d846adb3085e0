"""Files that cells write: below the chapter's own folder only, and fit to be read as modules."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.notebooks.reading import WRITES, Cell, Notebook, all_notebooks, written_files
from utils import paths

RULES = "E,F,I,B,UP"
"""Ruff's rules that a written module keeps; it need not have docstrings."""


def writers(notebook: Notebook) -> Iterator[tuple[Cell, re.Match[str] | None]]:
    """Yield the cells that write a file, with what their first line says; None where it says it in another way."""
    for cell in notebook.of_kind("code"):
        if "%%writefile" in cell.source or re.search(r"\.write_text\(|\bopen\(", cell.source):
            yield cell, WRITES.fullmatch(cell.source.splitlines()[0])


def written() -> list:
    """Every file that cells write."""
    return [
        pytest.param(text, id=f"{notebook.path.stem}-{name}")
        for notebook in all_notebooks()
        for name, text in written_files(notebook).items()
    ]


@pytest.mark.parametrize("notebook", all_notebooks(), ids=lambda one: one.path.stem)
def test_a_file_is_written_below_the_chapter_s_folder(notebook: Notebook):
    number = notebook.path.stem.partition("_")[0]
    for cell, match in writers(notebook):
        if match is None:
            assert "%%writefile" not in cell.source, cell.index
            continue
        earlier = "\n".join(
            one.source for one in notebook.cells[: cell.index] if one.kind == "code"
        )
        place = re.search(rf'(?m)^{match["name"]} = (\w+) / "[\w.]+(/[\w.]+)?"$', earlier)
        assert place, f"cell {cell.index}: no cell before it says where {match['name']} lies"
        assert f'{place[1]} = context.folder("{number}")' in earlier, cell.index


@pytest.mark.parametrize("text", written())
def test_a_written_module_compiles_and_is_clean(text: str):
    ast.parse(text)
    options = ["--isolated", "--line-length=100", f"--select={RULES}"]
    command = [sys.executable, "-m", "ruff", "check", *options, "-"]
    checked = subprocess.run(
        command, input=text, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
