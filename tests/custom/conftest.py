"""What the tests of components of the reader's own share: a context, and the modules that chapter 10 writes."""

from __future__ import annotations

import importlib
import sys

import pytest

from tests.notebooks import reading


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context on an empty store."""
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    yield WorkbookContext(tmp_path_factory.mktemp("store"))
    InteractiveShell.clear_instance()


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """A function that imports a module of chapter 10, as its cells write it."""
    folder = tmp_path_factory.mktemp("chapter_10")
    notebook = reading.chapter("10")
    code = "\n".join(cell.source for cell in notebook.of_kind("code"))
    for variable, text in reading.written_files(notebook).items():
        name = code.partition(f'{variable} = my_folder / "')[2].partition('"')[0]
        (folder / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))
