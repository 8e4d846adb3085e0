"""What the tests of ingestion share: a small table of complaints, and a context to run components in."""

from __future__ import annotations

import pytest

from utils import paths
from utils.ingestion import files


@pytest.fixture(scope="session")
def s1():
    """The first 200 committed complaints of the first span."""
    return files.read_complaints(paths.DATA / "complaints" / "S1.csv").head(200)


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """A context on an empty store."""
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    yield WorkbookContext(tmp_path_factory.mktemp("store"))
    InteractiveShell.clear_instance()
