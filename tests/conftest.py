"""Settings of all tests: no example has a deadline, and CI draws the same ones each time.

A test that lacks a tool is skipped with the reason ``needs NAME``. Where ``CI=true`` that is a failure, but for Docker.
"""

from __future__ import annotations

import os
from collections.abc import Generator

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
