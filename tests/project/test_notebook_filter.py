from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import paths
from utils.project.notebook_filter import canonical, main

TEXT = st.text(max_size=40)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
METADATA = st.dictionaries(
    st.sampled_from(["tags", "execution", "collapsed", "scrolled", "trusted", "id"]) | TEXT,
    JSON,
    max_size=4,
)
CELLS = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "id": st.text("abc123-", min_size=1, max_size=8),
        "metadata": METADATA,
        "source": TEXT | st.lists(TEXT, max_size=3),
    },
    optional={"outputs": st.lists(JSON, max_size=2), "execution_count": st.integers(1, 99)},
)
NOTEBOOKS = st.fixed_dictionaries(
    {
        "cells": st.lists(CELLS, max_size=4),
        "metadata": METADATA,
        "nbformat": st.just(4),
        "nbformat_minor": st.just(5),
    }
)


def encoded(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


@given(NOTEBOOKS)
def test_filtering_twice_is_filtering_once(notebook: dict[str, Any]) -> None:
    once = canonical(encoded(notebook))
    assert canonical(once) == once


@given(NOTEBOOKS)
def test_what_an_author_writes_stays_and_what_a_run_writes_goes(notebook: dict[str, Any]) -> None:
    after = json.loads(canonical(encoded(notebook)))
    assert len(after["cells"]) == len(notebook["cells"])
    for before, cell in zip(notebook["cells"], after["cells"], strict=True):
        assert "".join(cell["source"]) == "".join(before["source"])
        assert (cell["id"], cell["cell_type"]) == (before["id"], before["cell_type"])
        known = {"tags", "slideshow", "raw_mimetype", "format"}
        tags = cell["metadata"].get("tags")
        folded = {"cellView", "jupyter"} if isinstance(tags, list) and "setup" in tags else set()
        assert set(cell["metadata"]) <= known | folded
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
        else:
            assert "outputs" not in cell
    assert "widgets" not in after["metadata"]


@given(st.binary(max_size=200))
def test_what_is_no_notebook_passes_unchanged(content: bytes) -> None:
    assert canonical(content) == content


@given(JSON)
def test_other_json_passes_unchanged(value: Any) -> None:
    assert canonical(encoded(value)) == encoded(value)


def test_a_conflict_and_an_old_format_pass_unchanged() -> None:
    conflict = b'<<<<<<< ours\n{"cells": []}\n=======\n'
    old = encoded({"nbformat": 3, "worksheets": []})
    broken = encoded({"nbformat": 4, "cells": [{"no": "source"}]})
    deep = b"[" * 100_000
    assert [canonical(content) for content in (conflict, old, broken, deep)] == [
        conflict,
        old,
        broken,
        deep,
    ]


def test_saving_in_jupyter_changes_nothing(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Zahl: π\n\nand a line", id="one"),
            nbformat.v4.new_code_cell(
                "a = 1\na", id="two", metadata={"tags": ["raises-exception"]}
            ),
        ]
    )
    clean = canonical(nbformat.writes(notebook).encode())
    opened = nbformat.reads(clean.decode(), as_version=4)
    opened.metadata.language_info = {"name": "python", "version": "3.10.13", "pygments_lexer": "x"}
    opened.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    code = opened.cells[1]
    code.execution_count = 3
    code.outputs = [nbformat.v4.new_output("stream", text="1\n")]
    code.metadata.update(execution={"iopub.execute_input": "2026"}, scrolled=True, trusted=True)
    file = tmp_path / "saved.ipynb"
    nbformat.write(opened, file)
    assert canonical(file.read_bytes()) == clean
    assert clean.endswith(b"}\n")
    assert "π".encode() in clean
    nbformat.validate(nbformat.reads(clean.decode(), as_version=4))


def test_a_set_up_cell_is_folded_whatever_a_reader_has_done() -> None:
    for seen in ({}, {"jupyter": {"source_hidden": False}, "cellView": "code"}):
        cells = [
            nbformat.v4.new_code_cell(
                "context = 1", id="one", metadata={"tags": ["setup"], **seen}
            ),
            nbformat.v4.new_code_cell(
                "a = 1", id="two", metadata={"jupyter": {"source_hidden": True}}
            ),
        ]
        notebook = nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()
        after = [cell["metadata"] for cell in json.loads(canonical(notebook))["cells"]]
        folded = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["setup"]}
        assert after == [folded, {}]


def test_git_calls_it_without_site_packages() -> None:
    content = encoded({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    command = [
        sys.executable,
        "-I",
        "-S",
        str(paths.ROOT / "utils" / "project" / "notebook_filter.py"),
    ]
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    assert done.stdout == canonical(content)
    assert done.stderr == b""


def test_check_names_files_and_write_mends_them(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "one.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=2)])
    nbformat.write(notebook, file)
    assert main(["--check", str(file)]) == 1
    assert str(file) in capsys.readouterr().out
    assert main(["--write", str(file)]) == 0
    assert main(["--check", str(file)]) == 0
    assert main(["--sideways"]) == 2


def test_whoever_is_interrupted_keeps_the_old_file(tmp_path: Path, monkeypatch: Any) -> None:
    file = tmp_path / "one.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", execution_count=2)])
    nbformat.write(notebook, file)
    file.chmod(0o600)
    (tmp_path / "link.ipynb").symlink_to(file)
    before, replaced = file.read_bytes(), []

    def interrupted(source: Path, target: Path) -> None:
        replaced.append((source.read_bytes(), target))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            main(["--write", str(tmp_path / "link.ipynb")])
    assert replaced == [(canonical(before), file)]
    assert file.read_bytes() == before
    assert main(["--write", str(tmp_path / "link.ipynb")]) == 0
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (canonical(before), 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.ipynb", "one.ipynb"]
