"""Every notebook in JupyterLab, in the store that it has filled before: no error output, no error in the console.

``make test`` hands on the stores that the notebooks have run in. Alone, these tests begin with an empty one, and also
run the chapters that are opened as they were executed otherwise.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import harness
from tests.notebooks.facts import raised_as_told
from tests.notebooks.nbval_plugin import EXECUTED, store_of
from tests.notebooks.reading import Notebook, all_notebooks, read
from utils import paths
from utils.project.run_notebooks import LINKED

STORES = os.environ.get("WORKBOOK_STORE")
NO_FONT = r"404 \(Not Found\) \(http://127\.0\.0\.1:\d+/font-roboto/"
"""TensorBoard's own font, which it asks for at the server's root: below the proxy it has another path."""

NO_NUMBER = r'<path> attribute d: Expected number, "M NaN,NaN h NaN v'
"""A mark that the code of a genuine interface draws where it has no number; the picture merely lacks it."""

NO_SHARE = re.compile(r"\b(?:inf|nan)\s?%")
"""A share that could not be computed, as Python writes it."""


def cases() -> Iterator[Any]:
    """Each notebook with its store; one process runs all of a store, because chapter 2 compares the whole of it."""
    for notebook in all_notebooks():
        store = store_of(Path(STORES), notebook.path.stem) if STORES else None
        together = pytest.mark.xdist_group(f"chapters in {store.name if store else 'a new store'}")
        yield pytest.param(store, notebook, id=notebook.path.stem, marks=together)


@pytest.fixture(scope="module")
def lab(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[harness.Lab]:
    """A JupyterLab whose kernels work in the store that is asked for."""
    folder = tmp_path_factory.mktemp("lab")
    server = harness.Lab(folder, request.param or folder / "store")
    for linked in LINKED:
        (server.root / linked).symlink_to(paths.ROOT / linked)
    (server.root / "notebooks").mkdir()
    yield server
    server.stop()


VIEW = 'data-workbook-key="'
"""How the HTML of a view with a genuine interface begins."""

AGAIN = ("01_", "02_", "06_", "07_", "10_", "B_")
"""Chapters that JupyterLab runs once more, in the store that they have filled: those whose outputs need their kernel
(TensorBoard, the What-If Tool, buttons), and three others that then take under a minute."""


@pytest.mark.parametrize(("lab", "notebook"), cases(), indirect=["lab"])
def test_a_chapter_runs_without_errors(
    lab: harness.Lab, page: harness.Page, notebook: Notebook, request: pytest.FixtureRequest
) -> None:
    page.guard.quiet += [NO_FONT, NO_NUMBER]
    filled = request.node.callspec.params["lab"] is not None
    once = filled and not notebook.path.name.startswith(AGAIN)
    source = Path(STORES or "") / EXECUTED / notebook.path.name if once else notebook.path
    opened = Path(shutil.copy(source, lab.root / "notebooks"))
    if once:
        lab.trust(opened)
    notebook = read(opened)
    cells = notebook.cells
    code = [cell.index for cell in cells if cell.kind == "code"]
    page.open_notebook(opened)
    ran = page.code_cells(len(code)) if once else page.run_to_the_end(seconds=1800)
    assert [index for index, *_ in ran] == code
    for index, _, outputs in ran:
        tags = cells[index].tags
        errors = [one for one in outputs if one["output_type"] == "error"]
        raised = "\n".join(f"{one['ename']}: {one['evalue']}" for one in errors)
        assert raised_as_told(notebook.raw["cells"][index]["id"], raised), (index, errors)
        spilled = "".join("".join(one["text"]) for one in outputs if one.get("name") == "stderr")
        assert not spilled or "warns" in tags, (index, spilled)
        said = "".join(
            "".join(one.get("text") or one.get("data", {}).get("text/plain", "")) for one in outputs
        )
        assert not NO_SHARE.search(said), (index, said)
    idle = [index for index, count, _ in ran if not count]
    assert not idle, f"cells that did not run: {idle}"
    for index, _, outputs in ran:
        if outputs:
            page.show(index, str(outputs).count(VIEW))
