"""Running a file of pytest inside the notebook, also with a function replaced by a faulty one.

A test is worth what it can catch: replacing the function under test shows whether it would have failed.

Source: https://docs.pytest.org/en/stable/how-to/usage.html#calling-pytest-from-python-code
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest import mock

from utils import paths
from utils.errors import did_you_mean
from utils.preprocessing.errors import PreprocessingError, clipped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Outcome:
    """What became of one test.

    Attributes:
        test: Its name, with its parameters in brackets.
        passed: Whether it passed.
        why: Where it failed, the assertion as pytest explains it.
        seconds: How long it took.
    """

    test: str
    passed: bool
    why: str
    seconds: float


@dataclass(frozen=True)
class Report:
    """What became of a file of tests.

    Attributes:
        outcomes: One a test, in the file's order.
    """

    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> int:
        """How many passed."""
        return sum(outcome.passed for outcome in self.outcomes)

    @property
    def failed(self) -> int:
        """How many did not."""
        return len(self.outcomes) - self.passed

    @property
    def data(self) -> pd.DataFrame:
        """One row per test."""
        import pandas as pd

        rows = [(one.test, "passed" if one.passed else "failed", one.why) for one in self.outcomes]
        return pd.DataFrame(rows, columns=["test", "outcome", "why"])


class _Recorder:
    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.broken: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when != "call" and report.passed:
            return
        crash = getattr(report.longrepr, "reprcrash", None)
        text = "" if report.passed else str(crash.message if crash else report.longrepr)
        why = clipped(text.removeprefix("AssertionError: ").partition("\n")[0])
        name = report.nodeid.rpartition("::")[2]
        self.outcomes.append(Outcome(name, report.passed, why, report.duration))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.broken.append(clipped(str(report.longrepr)[-400:], 400))


def module(file: Path) -> ModuleType:
    """Return the file of tests as a module, so that its code can be shown.

    Args:
        file: The file.
    """
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def run(file: Path, **replaced: Any) -> Report:
    """Run the tests of a file in this process.

    Args:
        file: The file.
        **replaced: Functions of ``utils.pipeline.modules.transform`` by name, and what stands in their place while
            the tests run.

    Returns:
        What became of each test.

    Raises:
        PreprocessingError: There is no such file or function, or the file cannot be imported.
    """
    import pytest

    from utils.pipeline.modules import transform

    if not file.is_file():
        raise PreprocessingError(
            f"There are no tests in {file.name}: the file does not exist.",
            "Give the path of a file of tests.",
        )
    for name in replaced:
        if not hasattr(transform, name):
            functions = [
                one
                for one in vars(transform)
                if callable(getattr(transform, one)) and one[0] != "_"
            ]
            raise PreprocessingError(
                f"The module transform has no function {name!r}.", did_you_mean(name, functions)
            )
    recorder = _Recorder()
    arguments = [
        str(file),
        f"--rootdir={paths.ROOT}",
        f"--config-file={paths.ROOT / 'pyproject.toml'}",
        *("--override-ini=addopts=", "--import-mode=importlib", "--capture=no", "--noconftest"),
        *("-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler"),
    ]
    with contextlib.ExitStack() as stack:
        stack.enter_context(_alone())
        for name, function in replaced.items():
            stack.enter_context(mock.patch.object(transform, name, function))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        pytest.main(arguments, plugins=[recorder])
    if recorder.broken or not recorder.outcomes:
        raise PreprocessingError(
            f"The tests in {file.name} could not be collected: {''.join(recorder.broken) or 'there is none'}.",
            "Mend the line that is named, save the file, and run this cell again.",
        )
    return Report(tuple(recorder.outcomes))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Keep what an outer pytest has set, and other packages' plugins, out of this run."""
    outer = {name: value for name, value in os.environ.items() if name.startswith("PYTEST_")}
    for name in outer:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ.update(outer)
