"""Settings of all tests: no example has a deadline, and CI draws the same ones each time.

A test that lacks a tool is skipped with the reason ``needs NAME``. Where ``CI=true`` that is a failure, but for Docker.

pytest-randomly runs modules, classes and tests in another order each time. A module that tells a story, each test a
step on what the last one has left, is marked ``in_order``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings

from utils import quick_pipelines

quick_pipelines.remember()  # as the set-up cell does

settings.register_profile("workbook", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "workbook")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that was skipped for want of a tool, where ``CI=true``."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if reason.startswith(("needs ", "could not import ")) and "Docker" not in reason:
            report.outcome = "failed"
            report.longrepr = f"left out where CI=true: {reason}"
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Put the tests of a module that is marked ``in_order`` back into the order in which they stand there."""
    stood = {item: at for at, item in enumerate(items)}
    yield
    modules = {
        item.getparent(pytest.Module) for item in items if item.get_closest_marker("in_order")
    }
    for module in modules:
        places = [at for at, item in enumerate(items) if item.getparent(pytest.Module) is module]
        steps = sorted((items[at] for at in places), key=stood.__getitem__)
        for place, item in zip(places, steps, strict=True):
            items[place] = item


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    """Give the root logger its level back: the set-up cell raises it, and a later test would see no warning."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
