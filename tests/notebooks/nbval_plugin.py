"""What else happens while nbval judges the notebooks: ``pytest --nbval-lax -p tests.notebooks.nbval_plugin``.

Every worker of pytest-xdist has a store of its own, because chapter 2 compares the whole store before and after a run.
The outputs are kept as an executed notebook. A cell fails too when it spills a library's warnings without the tag
``warns``, or when it was to raise and raised nothing, or something else. The seconds of each notebook are kept for
the next run's order.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.facts import raised_as_told
from utils import paths
from utils.project.run_notebooks import clock
from utils.project.run_tests import seconds_file

EXECUTED = "executed"
"""The folder of executed notebooks, below that of the stores."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("workbook")
    group.addoption("--stores", help="folder of the stores and of what is executed in them")
    group.addoption("--alone", action="store_true", help="an empty store for every notebook")


def pytest_configure(config: pytest.Config) -> None:
    """Watch the notebooks."""
    if config.option.stores:
        config.pluginmanager.register(Watch(config), "workbook-notebooks")


def store_of(stores: Path | None, notebook: str) -> Path | None:
    """The store that a notebook has run in.

    Args:
        stores: The folder of the stores of a run.
        notebook: Its name without the ending.

    Returns:
        The store; None where the notebook has not run.
    """
    executed = stores / EXECUTED / f"{notebook}.ipynb" if stores else None
    if executed is None or not executed.exists():
        return None
    return Path(json.loads(executed.read_text(encoding="utf-8"))["metadata"]["store"])


class Watch:
    """The hooks, for one run of pytest.

    Args:
        config: Pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stores = Path(config.option.stores)
        self._started: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> None:
        """Name the store to the kernel, which starts before a notebook's first cell."""
        self._started.setdefault(item.path.stem, time.monotonic())
        os.environ["WORKBOOK_STORE"] = str(self._store(item))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, None, None]:
        """Keep a cell's outputs, and judge what nbval does not."""
        try:
            yield
        finally:
            item.cell.outputs = nbformat.from_dict(item.test_outputs or [])
            item.cell.execution_count = item.cell_num + 1
        tags = item.cell.metadata.get("tags", ())
        spilled = "".join(one.text for one in item.cell.outputs if one.get("name") == "stderr")
        if spilled and "warns" not in tags:
            pytest.fail(f"cell {item.cell_num} wrote to standard error:\n{spilled}", pytrace=False)
        raised = "\n".join(
            f"{one.ename}: {one.evalue}" for one in item.cell.outputs if one.output_type == "error"
        )
        if not raised_as_told(item.cell.id, raised):
            told = f"cell {item.cell_num} raised {raised or 'nothing'}, and was to raise what RAISES has"
            pytest.fail(told, pytrace=False)

    def pytest_runtest_teardown(self, item: Any, nextitem: Any) -> None:
        """Write the executed notebook after its last cell."""
        if nextitem is not None and nextitem.path == item.path:
            return
        folder = self._stores / EXECUTED
        folder.mkdir(parents=True, exist_ok=True)
        executed = item.parent.nb
        executed.metadata.store = str(self._store(item))
        nbformat.write(executed, folder / item.path.name)
        seconds = time.monotonic() - self._started[item.path.stem]
        item.user_properties.append(("executed", seconds))
        if self._config.option.alone:
            shutil.rmtree(self._store(item), ignore_errors=True)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Say that a notebook has ended."""
        seconds = dict(report.user_properties).get("executed")
        if report.when != "teardown" or not isinstance(seconds, float) or self._is_worker():
            return
        name = Path(report.nodeid.partition("::")[0]).stem
        self._seconds[name] = seconds
        reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        reporter.ensure_newline()
        reporter.write_line(f"{name}: {clock(seconds)}")

    def pytest_sessionfinish(self) -> None:
        """Keep the seconds of the notebooks."""
        if self._seconds and not self._is_worker() and not self._config.option.alone:
            file = seconds_file(paths.build())
            known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
            text = json.dumps({**known, **self._seconds}, indent=1, sort_keys=True)
            file.write_text(text + "\n", encoding="utf-8")

    def _is_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    def _store(self, item: Any) -> Path:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return self._stores / (f"alone-{item.path.stem}" if self._config.option.alone else worker)
