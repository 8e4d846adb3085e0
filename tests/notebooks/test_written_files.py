"""Files that cells write: below the chapter's own folder only, and fit to be read as modules."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import yaml

from tests.notebooks.reading import WRITES, Cell, Notebook, all_notebooks, written_files
from utils import paths

KINDS = (".py", ".yml", ".yaml", "Dockerfile", ".dockerignore", ".tf")
"""How the names of written files end."""

RULES = "E,F,I,B,UP"
"""Ruff's rules that a written module keeps; it need not have docstrings."""


BARE = re.compile(r"""\b(?:Path|open)\(\s*[rf]*["'](?!/dev/|\{)""")
"""A path that is written out, and so leads to wherever the notebook runs."""


def writers(notebook: Notebook) -> Iterator[tuple[Cell, re.Match[str] | None]]:
    """Yield the cells that write a file, with what their first line says; None where it says it in another way."""
    for cell in notebook.of_kind("code"):
        if "%%writefile" in cell.source or re.search(r"\.write_text\(|\bopen\(", cell.source):
            yield cell, WRITES.fullmatch(cell.source.splitlines()[0])


def name_on_disk(notebook: Notebook, variable: str) -> str:
    """The name of the file that a variable leads to, for example ``"alerts.yml"``."""
    code = "\n".join(cell.source for cell in notebook.of_kind("code"))
    found = re.search(rf'\b{variable} = (?:\w+) / "([^"]+)"', code)
    return found[1] if found else ""


def written(*endings: str) -> list:
    """Every file that cells write whose name ends so."""
    return [
        pytest.param(text, id=f"{notebook.path.stem}-{name}")
        for notebook in all_notebooks()
        for name, text in written_files(notebook).items()
        if name_on_disk(notebook, name).endswith(endings)
    ]


@pytest.mark.parametrize("notebook", all_notebooks(), ids=lambda one: one.path.stem)
def test_a_file_is_written_below_the_chapter_s_folder(notebook: Notebook):
    number = notebook.path.stem.partition("_")[0]
    for cell, match in writers(notebook):
        if match is None:
            assert "%%writefile" not in cell.source, cell.index
            assert not BARE.search(cell.source), f"cell {cell.index} names a path of its own"
            continue
        earlier = "\n".join(
            one.source for one in notebook.cells[: cell.index] if one.kind == "code"
        )
        place = re.search(rf'(?m)^{match["name"]} = (\w+) / "[\w.-]+(/[\w.-]+)*"$', earlier)
        assert place, f"cell {cell.index}: no cell before it says where {match['name']} lies"
        assert ".." not in place[0], cell.index
        assert f'{place[1]} = context.folder("{number}")' in earlier, cell.index


@pytest.mark.parametrize("notebook", all_notebooks(), ids=lambda one: one.path.stem)
def test_a_written_file_has_a_name_of_a_known_kind(notebook: Notebook):
    for variable in written_files(notebook):
        name = name_on_disk(notebook, variable)
        assert name.endswith(KINDS), f"{variable}: {name!r}"


@pytest.mark.parametrize("text", written(".yml", ".yaml"))
def test_written_yaml_is_clean(text: str):
    documents = list(yaml.safe_load_all(text))
    assert documents
    assert all(documents)
    assert text.startswith("---\n"), "yamllint asks for it"


@pytest.mark.parametrize("text", written(".py"))
def test_a_written_module_compiles_and_is_clean(text: str):
    ast.parse(text)
    options = ["--isolated", "--line-length=100", f"--select={RULES}"]
    command = [sys.executable, "-m", "ruff", "check", *options, "-"]
    checked = subprocess.run(
        command, input=text, cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("text", written(".tf"))
def test_written_terraform_is_in_terraform_s_form(text: str):
    """What every file shows without Terraform; ``terraform fmt`` itself is asked in ``tests/cloud``."""
    assert text.endswith("\n")
    assert not text.startswith("\n")
    assert "\t" not in text
    assert text.count("{") == text.count("}")
    assert not [line for line in text.splitlines() if line != line.rstrip()]
