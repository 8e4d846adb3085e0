"""The own views as a reader meets them: light and dark, wide and narrow, trusted or not, and by keyboard."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageStat

from tests.browser import harness

HOSTILE = "</script><img src=x onerror=window.hit=1>"
CELLS = [
    """
from utils.displays import views
from utils.displays.views.graph import Graph, Node
from utils.validation.views import drift
nodes = [Node("ExampleGen", state="cached", detail="0.0 s"), Node("Trainer", state="failed", detail="14 s"),
         Node("Pusher", state="not run"), Node("Transform", state="complete", detail="24 s")]
views.draw(Graph(nodes, [("ExampleGen", "Transform"), ("Transform", "Trainer"), ("ExampleGen", "Trainer"),
                         ("Trainer", "Pusher")]), "The example pipeline")
""",
    'views.draw({"A": ["B"], "B": ["C"], "C": ["A"]}, "A broken pipeline")',
    'drift({"product": {"S2": .021, "S3": .14}, "state": {"S2": .004, "S3": .005}}, .012, .03)',
    f'views.runs({{{HOSTILE!r}: {{"auc": .7, "seed": 1}}, "second": {{"auc": .8, "seed": 1}}}})',
]
WIDE_TABLE = """
from utils.displays.fallback import Table
from utils.displays.views.base import View
columns = [f"a column with number {n}" for n in range(40)]
View("Wide", [Table(columns, [range(40)])])
"""
CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const texts = document.querySelectorAll(
    '.workbook-view svg text, .workbook-view td, .workbook-view th, .workbook-view p, .workbook-view summary');
  return [...texts].filter((node) => node.getClientRects().length).map((node) => {
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(node.closest('svg') ? style.fill : style.color)), light(behind(node))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.slice(0, 30)];
  }).sort((one, two) => one[0] - two[0]);
}"""


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_pictures_tables_and_contrast(lab: harness.Lab, page: harness.Page, app: str) -> None:
    """The pictures stand there, nothing hostile ran, and every text has the contrast that WCAG AA asks for."""
    page.open_notebook(lab.write(f"views-{app}", CELLS), app=app, run=True)
    page.tab.wait_for_selector("text=Runs compared", state="attached")
    harness.expect(page.tab.locator(".workbook-view svg[role=img]")).to_have_count(3)
    circle = page.tab.locator("text=it cannot be a pipeline: A → B → C → A")
    harness.expect(circle).to_have_count(1)
    assert page.tab.evaluate("window.hit") is None
    for theme, name in ((harness.LIGHT, "light"), (harness.DARK, "dark")):
        page.theme(theme)
        for size, width in ((harness.WIDE, "wide"), (harness.NARROW, "narrow")):
            page.resize(size)
            least, text = page.tab.evaluate(CONTRAST)[0]
            assert least >= 4.5, f"{text!r} has a contrast of {least:.1f} in the {name} theme"
            page.scroll_to(".workbook-view")
            page.screenshot(f"views-{app}-{name}-{width}")
    page.resize(harness.WIDE)


def test_the_keyboard_opens_the_table(lab: harness.Lab, page: harness.Page) -> None:
    """The table below a picture is folded, and opens by keyboard alone."""
    page.open_notebook(lab.write("views-keys", CELLS[:1]), run=True)
    details = page.tab.locator(".workbook-view details")
    details.wait_for()
    assert details.get_attribute("open") is None
    details.locator("summary").focus()
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector(".workbook-view table >> text=Transform", state="visible")


def test_untrusted_and_exported(lab: harness.Lab, page: harness.Page) -> None:
    """Where no script runs the tables are open; an exported page shows the pictures."""
    path = lab.execute("views-untrusted", CELLS, trust=False)
    page.open_notebook(path)
    for fact in ("Transform, ExampleGen", "within the noise"):
        page.tab.wait_for_selector(f"td >> text={fact}", state="visible")
    assert "ABC" not in page.tab.locator(".jp-Notebook").inner_text()
    page.screenshot("views-untrusted")
    page.guard.allowed += harness.template_addresses()
    page.open_file(lab.export_html(path))
    harness.expect(page.tab.locator(".workbook-view svg")).to_have_count(3)
    assert page.tab.evaluate("window.hit") is None
    page.screenshot("views-exported")


def test_an_edge_that_more_is_behind_has_a_shade(lab: harness.Lab, page: harness.Page) -> None:
    """A table that is wider than its frame says so at the edge, in both themes."""
    page.open_notebook(lab.write("views-wide", [WIDE_TABLE]), run=True)
    tables = page.tab.locator(".workbook-view-tables")
    tables.wait_for()
    assert tables.get_attribute("role") == "region" and tables.get_attribute("aria-label") == "Wide"

    def brightness() -> tuple[float, float]:
        """Of the left and the right end of the strip above the table's first line, where nothing is written."""
        taken = Image.open(io.BytesIO(tables.screenshot())).convert("L")
        ends = ((0, 2, 4, 5), (taken.width - 4, 2, taken.width, 5))
        left, right = (ImageStat.Stat(taken.crop(one)).mean[0] for one in ends)
        return left, right

    for theme in (harness.LIGHT, harness.DARK):
        page.theme(theme)
        tables.evaluate("e => e.scrollTo(0, 0)")
        plain, shaded = brightness()
        assert abs(plain - shaded) > 20, (theme, plain, shaded)
        tables.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
        left, right = brightness()
        assert abs(left - shaded) < 8 and abs(right - plain) < 8, (theme, left, right)
