"""What the browser tests of TFMA and of Fairness Indicators have in common."""

from __future__ import annotations

from typing import Any

from tests.browser import harness
from tests.displays import evaluations

NAMES = evaluations.NAMES


def setup() -> str:
    """A set-up cell that switches the displays on and loads the evaluations into ``results``."""
    folders = {name: str(evaluations.ensure(name)) for name in NAMES}
    return (
        "import tensorflow_model_analysis as tfma\n"
        "from utils import displays\n"
        "displays.enable()\n"
        f"results = {{name: tfma.load_eval_result(path) for name, path in {folders!r}.items()}}"
    )


def output(page: Any, number: int) -> Any:
    """Scrolls to one view of the page and waits until it is interactive.

    Args:
        page: The harness's page.
        number: Which view, counted from 0 in the order of the page.

    Returns:
        Playwright's locator of the view's output.
    """
    found = page.tab.locator(".workbook-frame").nth(number)
    found.wait_for(state="attached")

    def interactive() -> bool:
        found.evaluate("element => element.scrollIntoView({block: 'start'})")
        return found.locator("details:not([open])").count() > 0

    harness.wait_for(interactive, what=f"view {number} to be interactive")
    return found


def inside(page: Any, number: int) -> Any:
    """The inside of one view's frame, as a Playwright frame locator; see :func:`output`."""
    return output(page, number).locator("iframe").content_frame.locator("iframe").content_frame


def rows(frame: Any) -> list[list[str]]:
    """The text of each cell of TFMA's metrics table, row by row."""
    table = frame.locator("tfma-metrics-table tbody tr")
    table.first.wait_for()
    return [row.locator("td").all_inner_texts() for row in table.all()]


def choose(frame: Any, menu: str, item: str) -> None:
    """Opens one of the interface's menus and picks an item.

    Args:
        frame: The view's frame.
        menu: The menu's selector, for example ``'[label="Show"]'``.
        item: The item's text.
    """
    opened = frame.locator(f"paper-dropdown-menu{menu}:visible")
    opened.locator("input").click()
    opened.locator("paper-item", has_text=item).filter(visible=True).first.click()


def only_rate(frame: Any) -> Any:
    """Selects Fairness Indicators' false positive rate, and nothing else.

    Args:
        frame: The view's frame.

    Returns:
        The locator of the part that shows it.
    """
    boxes = frame.locator("fairness-metric-and-slice-selector paper-checkbox")
    boxes.first.wait_for()
    for box in boxes.all():
        wanted = box.inner_text().strip() == "false_positive_rate"
        if wanted != (box.get_attribute("aria-checked") == "true"):
            box.click()
    summary = frame.locator("fairness-metric-summary", has_text="false_positive_rate")
    summary.wait_for()
    return summary
