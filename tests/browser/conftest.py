"""Fixtures of the browser tests; ``harness.py`` does the work.

``lab`` is one server for the whole run, ``page`` a new tab for each test, whose guard asserts at the end that no
request left this machine and that no error was logged. Without a browser the tests are skipped with one line; with
``CI=true`` they fail instead.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import harness
from utils import paths

MISSING = (
    "no browser: install Chromium (Debian, Ubuntu: `apt-get install chromium`) or name one in "
    "WORKBOOK_CHROMIUM"
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder as ``browser``, and says which of them one process has to run.

    These are the tests of a file, and the chapters that share a store. Chapters take longest, so they come first.
    It comes before pytest-xdist's own hook, which reads the marks.
    """
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.browser)
        if not list(item.iter_markers("xdist_group")):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: item.path.name != "test_chapters.py")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, or a skip (a failure where ``CI=true``)."""
    found = harness.chromium()
    if found is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def browser_context(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Playwright browser context with a new profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=chromium,
            headless=True,
            args=list(harness.CHROMIUM_FLAGS),
            viewport={"width": harness.WIDE[0], "height": harness.WIDE[1]},
        )
        yield context
        context.close()


@pytest.fixture(scope="session")
def lab(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Lab]:
    """A running JupyterLab with folders of its own."""
    server = harness.Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where the pictures go: ``build/screenshots/<stack>/``."""
    return paths.ROOT / "build" / "screenshots" / paths.stack()


@pytest.fixture
def page(
    browser_context: Any, lab: harness.Lab, screenshots: Path, request: pytest.FixtureRequest
) -> Iterator[harness.Page]:
    """A tab whose guard is checked at the end; its kernels are stopped then, and a failure leaves a picture."""
    opened = harness.Page(browser_context, lab, screenshots)
    failures = request.session.testsfailed
    yield opened
    failed = request.session.testsfailed > failures
    if failed:
        opened.screenshot(f"failed-{request.node.name}")
    opened.close()
    lab.shutdown_kernels()
    if not failed:
        opened.guard.check()
