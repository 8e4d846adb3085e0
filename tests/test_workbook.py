"""What the set-up cell says where it cannot work, at once and in one sentence."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests import forked
from utils import paths

SHELL = "from IPython.core.interactiveshell import InteractiveShell; InteractiveShell.instance()"
CELL = """
import sys
sys.path.insert(0, {root!r})
{before}
from utils.errors import WorkbookError
try:
    {call}
except WorkbookError as error:
    print(type(error).__name__, error)
"""
START = "from utils import workbook; context = workbook.start()"
RUN = """
    from pathlib import Path
    from tests.session.parts import Write
    from utils.session.context import WorkbookContext
    WorkbookContext(Path({store!r})).run(Write(text="a"))
"""


def program(call: str, before: str = "", root: Path = paths.ROOT) -> str:
    return CELL.format(root=str(root), before=before, call=call)


def answer(call: str, before: str = "", root: Path = paths.ROOT) -> str:
    code = program(call, before, root)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_cells_run_by_plain_python_need_ipython():
    said = answer(START)
    assert said.startswith("NeedsIPython This is a plain Python program")
    assert "make lab" in said
    assert "run_local" in said


def test_a_component_run_by_plain_python_needs_ipython(tmp_path):
    said = forked.said(program(RUN.format(store=str(tmp_path / "store"))), tmp_path / "log")
    assert said.startswith("NeedsIPython This is a plain Python program")


def test_a_clone_in_a_folder_whose_name_is_a_pattern(tmp_path):
    clone = tmp_path / "workbook [2]"
    shutil.copytree(paths.ROOT / "utils", clone / "utils")
    said = answer(START, SHELL, clone)
    assert said.startswith(f"FolderError The path {clone} has '[' in it")
    assert "Rename that folder" in said


def test_a_store_in_a_folder_whose_name_is_a_pattern(tmp_path):
    store = tmp_path / "what?" / "store"
    said = forked.said(program(RUN.format(store=str(store)), SHELL), tmp_path / "log")
    assert said.startswith(f"FolderError The path {store} has '?' in it")
    assert not store.exists()
