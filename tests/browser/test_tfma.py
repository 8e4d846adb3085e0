"""TFMA's genuine interface as a reader meets it: in JupyterLab, exported, untrusted, reopened."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser import harness, views
from tests.displays import evaluations

pytestmark = pytest.mark.browser
CELLS = (
    "tfma.view.render_slicing_metrics(results['first'], slicing_column='state')",
    "series = tfma.make_eval_results(\n"
    "    [results['first'], results['second']], tfma.constants.MODEL_CENTRIC_MODE)\n"
    "tfma.view.render_time_series(series)",
    "tfma.view.render_plot(results['first'])",
    "tfma.view.render_plot(results['classes'])",
    "tfma.view.render_slicing_metrics(results['districts'], slicing_column='district')",
    "tfma.view.render_slicing_metrics(results['hostile'], slicing_column='product')",
    "tfma.view.render_slicing_metrics(results['intervals'])",
)
SLICES, SERIES, PLOTS, CLASSES, DISTRICTS, HOSTILE, INTERVALS = range(len(CELLS))


@pytest.fixture(scope="module")
def executed(lab: harness.Lab) -> Path:
    """A notebook with all of TFMA's views, executed without a browser."""
    return lab.execute("tfma", [views.setup(), *CELLS])


@pytest.fixture(scope="module")
def result() -> Any:
    """The evaluation that the views show, read in this process."""
    import tensorflow_model_analysis as tfma

    return tfma.load_eval_result(str(evaluations.ensure("first")))


@pytest.fixture
def opened(page: harness.Page, executed: Path) -> harness.Page:
    """The executed notebook in JupyterLab, its kernel not started: reopened on another day."""
    page.open_notebook(executed)
    return page


def expected(result: Any, metric: str) -> dict[str, float]:
    """A metric by slice, as TFMA computed it."""
    return {
        f"state:{state}": result.get_metrics_for_slice((("state", state),))[metric]["doubleValue"]
        for state in evaluations.STATES
    }


def check_slices(page: harness.Page, result: Any, number: int = SLICES) -> Any:
    """Asserts that the table of slices shows what TFMA computed; returns the view's frame."""
    frame = views.inside(page, number)
    head = frame.locator("tfma-metrics-table th").all_inner_texts()
    shown = {row[0]: dict(zip(head, row, strict=True)) for row in views.rows(frame)}
    auc, count = expected(result, "auc"), expected(result, "example_count")
    assert {name: row["auc"] for name, row in shown.items()} == {
        name: f"{value:.5f}" for name, value in auc.items()
    }
    assert {name: row["example_count"] for name, row in shown.items()} == {
        name: f"{value:.0f}" for name, value in count.items()
    }
    return frame


def test_slices_show_what_was_computed(opened: harness.Page, result: Any) -> None:
    frame = check_slices(opened, result)
    bars = frame.locator("tfma-slice-overview rect[role=button]")
    harness.expect(bars).to_have_count(len(evaluations.STATES))
    heights = [float(bar.get_attribute("height")) for bar in bars.all()]
    counts = sorted(expected(result, "example_count").items())
    tallest = max(count for _, count in counts)
    for height, (_, count) in zip(heights, counts, strict=True):
        assert height / max(heights) == pytest.approx(count / tallest, abs=0.01)
    opened.screenshot("tfma_slices_light_wide")


def test_the_metric_menu_changes_the_bars(opened: harness.Page, result: Any) -> None:
    frame = views.inside(opened, SLICES)
    views.choose(frame, '[label="Show"]', "auc")
    bar = frame.locator("tfma-slice-overview rect[role=button]").first
    harness.wait_for(lambda: "auc" in bar.get_attribute("aria-label"), what="bars of auc")
    said = re.match(r"(\S+).*\nauc: ([\d.]+)", bar.get_attribute("aria-label"), re.DOTALL)
    assert said is not None
    name, value = said.groups()
    assert float(value) == pytest.approx(expected(result, "auc")[name.rstrip(",")], abs=1e-5)


def test_a_clicked_row_marks_its_histogram_bucket(opened: harness.Page, result: Any) -> None:
    frame = views.inside(opened, SLICES)
    views.choose(frame, '[label="Visualization"]', "Metrics Histogram")
    marks = frame.locator("tfma-metrics-histogram #details g[clip-path] > g:nth-child(2) > rect")
    marks.first.wait_for()
    assert frame.locator("rect.highlighted").count() == 0
    row = frame.locator("tfma-metrics-table tbody tr").first
    name = row.locator("td").first.inner_text()
    row.locator("td").first.click()
    frame.locator("tfma-metrics-histogram rect.highlighted").wait_for()
    values = expected(result, "auc")
    low, high = min(values.values()), max(values.values())
    bucket = min(9, int((values[name] - low) / (high - low) * 10))
    classes = [mark.get_attribute("class") or "" for mark in marks.all()]
    assert [number for number, given in enumerate(classes) if "highlighted" in given] == [bucket]
    harness.expect(row).to_have_attribute("aria-selected", "true")
    opened.screenshot("tfma_histogram")


def test_the_table_sorts_and_turns_pages(opened: harness.Page) -> None:
    frame = views.inside(opened, DISTRICTS)
    harness.wait_for(lambda: len(views.rows(frame)) == 20, what="a page of twenty rows")
    frame.locator("tfma-metrics-table th button", has_text="auc").click()

    def sorted_page(above: float) -> list[float]:
        """The metric of the rows, once twenty of them stand there in order and above a value."""
        shown = [float(row[1]) for row in views.rows(frame)]
        return shown if len(shown) == 20 and shown == sorted(shown) and shown[0] > above else []

    lowest = harness.wait_for(lambda: sorted_page(-1.0), what="the lowest rows")
    frame.get_by_role("button", name="3", exact=True).click()
    highest = harness.wait_for(lambda: sorted_page(lowest[-1]), what="the highest rows")
    assert lowest + highest == sorted(lowest + highest)


def test_rows_are_reached_by_keyboard(opened: harness.Page) -> None:
    frame = views.inside(opened, SLICES)
    row = frame.locator("tfma-metrics-table tbody tr").nth(1)
    row.focus()
    row.press("Enter")
    harness.expect(row).to_have_attribute("aria-selected", "true")
    row.press("Enter")
    harness.expect(row).to_have_attribute("aria-selected", "false")


def test_time_series_draw_each_run(opened: harness.Page, result: Any) -> None:
    frame = views.inside(opened, SERIES)
    harness.expect(frame.locator("tfma-line-chart svg circle")).to_have_count(2)
    auc = result.get_metrics_for_slice()["auc"]["doubleValue"]
    harness.expect(frame.locator("tfma-metrics-table")).to_contain_text(f"{auc:.5f}")
    views.choose(frame, "#add-series", "calibration")
    frame.locator("tfma-line-chart").nth(1).locator("svg circle").first.wait_for()
    opened.screenshot("tfma_time_series")


def visible_chart(frame: Any) -> Any:
    """The drawing of the tab that is open."""
    chart = frame.locator("google-chart svg[aria-label]:visible").first
    chart.wait_for()
    return chart


def texts(frame: Any) -> list[str]:
    """What stands in the drawing of the tab that is open."""
    found: list[str] = visible_chart(frame).locator("text").all_text_contents()
    return found


def open_tab(frame: Any, tab: Any) -> Any:
    """Opens a tab of the plots, and waits until its drawing has taken the place of the one before.

    Returns:
        The drawing.
    """
    before = visible_chart(frame)
    if "iron-selected" not in (tab.get_attribute("class") or ""):
        old = before.element_handle()
        tab.click()
        old.wait_for_element_state("hidden")
    return visible_chart(frame)


def test_every_plot_draws(opened: harness.Page) -> None:
    frame = views.inside(opened, PLOTS)
    seen = {}
    for tab in frame.locator("paper-tab").all():
        name = tab.inner_text().strip()
        chart = open_tab(frame, tab)
        harness.expect(tab).to_contain_class("iron-selected")
        chart.locator("g[clip-path] > g:nth-child(2) > *").first.wait_for(state="attached")
        seen[name] = {
            "texts": chart.locator("text").all_text_contents(),
            "marks": chart.locator("g[clip-path] > g:nth-child(2) > *").count(),
        }
        opened.screenshot(f"tfma_plot_{name.split()[0].replace('/', '_').lower()}")
    assert list(seen) == [
        "Calibration Plot",
        "Residual Plot",
        "Prediction Distribution",
        "Precision-Recall Curve",
        "ROC Curve",
        "Acc/P/R/F1",
        "Gain",
    ]
    assert all(plot["marks"] for plot in seen.values())
    assert {"Residual", "Sample Count", "Prediction"} <= set(seen["Residual Plot"]["texts"])
    assert {"False Positive Rate", "True Positive Rate"} <= set(seen["ROC Curve"]["texts"])
    assert {"Recall", "Precision"} <= set(seen["Precision-Recall Curve"]["texts"])


def test_legends_are_whole(opened: harness.Page) -> None:
    frame = views.inside(opened, PLOTS)
    frame.locator("paper-tab", has_text="Acc/P/R/F1").click()
    legend = frame.locator(".workbook-legend:visible")
    legend.wait_for()
    words = ["Accuracy", "Precision", "Recall", "F1"]
    harness.wait_for(lambda: legend.inner_text().split() == words, what="the whole legend")
    fits = "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight"
    assert legend.evaluate(fits)


def test_dragging_zooms_and_the_right_button_resets(opened: harness.Page) -> None:
    frame = views.inside(opened, PLOTS)
    chart = open_tab(frame, frame.locator("paper-tab", has_text="ROC"))
    chart.scroll_into_view_if_needed()
    whole = texts(frame)
    box = chart.bounding_box()
    mouse = opened.tab.mouse
    mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    mouse.up()
    harness.wait_for(lambda: texts(frame) != whole, what="a part of the plot")
    visible_chart(frame).click(button="right", position={"x": 60, "y": 60})
    harness.wait_for(lambda: texts(frame) == whole, what="the whole plot")


def test_a_point_tells_its_values(opened: harness.Page) -> None:
    frame = views.inside(opened, PLOTS)
    chart = open_tab(frame, frame.locator("paper-tab", has_text="Prediction Distribution"))
    chart.locator("rect[role=button]").nth(4).hover()
    tip = frame.locator("div[role=tooltip]:visible")
    said = re.compile(r"^\d+ weighted example\(s\) between 0\.2500 and 0\.3")
    harness.expect(tip).to_have_text(said)


def test_classes_show_their_confusion_matrix(opened: harness.Page) -> None:
    frame = views.inside(opened, CLASSES)
    matrix = frame.locator("tfma-multi-class-confusion-matrix-at-thresholds")
    matrix.locator(".cell .positive:visible").first.wait_for()
    texts = matrix.locator(".cell .positive:visible").all_inner_texts()
    counts = [int(text) for text in texts if text.strip().isdigit()]
    totals = counts[::4]
    assert sum(totals) == sum(counts) - sum(totals) == evaluations.ROWS
    opened.screenshot("tfma_classes")


def test_confidence_intervals_show(opened: harness.Page) -> None:
    frame = views.inside(opened, INTERVALS)
    views.rows(frame)
    shown = " ".join(frame.locator("tfma-bounded-value div").all_inner_texts())
    assert re.match(r"0\.\d{5}\s+\(0\.\d{5}, \d\.\d{5}\)", shown)


def test_hostile_names_only_show(opened: harness.Page) -> None:
    frame = views.inside(opened, HOSTILE)
    shown = [row[0] for row in views.rows(frame)]
    assert len(shown) == len(evaluations.HOSTILE)
    for name in evaluations.HOSTILE[:3]:
        assert f"product:{name}" in shown
    table = frame.locator("tfma-metrics-table")
    assert table.locator("img").count() == table.locator("b").count() == 0
    assert frame.locator("body[data-hacked]").count() == 0
    assert opened.tab.evaluate("[window.hacked, document.body.dataset.hacked]") == [None, None]
    opened.screenshot("tfma_hostile")


def test_outputs_share_one_library(executed: Path, opened: harness.Page, result: Any) -> None:
    text = executed.read_text(encoding="utf-8")
    assert text.count('data-workbook-library=\\"tfma-') == 1
    check_slices(opened, result)
    views.inside(opened, INTERVALS).locator("tfma-metrics-table td").first.wait_for()


def test_dark_and_narrow(opened: harness.Page, result: Any) -> None:
    opened.theme(harness.DARK)
    check_slices(opened, result)
    opened.screenshot("tfma_slices_dark_wide")
    opened.resize(harness.NARROW)
    frame = views.inside(opened, SLICES)
    opened.screenshot("tfma_slices_dark_narrow")
    body = frame.locator("body")
    harness.expect(body).to_have_css("overflow-x", "auto")
    frame = views.inside(opened, PLOTS)
    opened.screenshot("tfma_plots_dark_narrow")
    chart = visible_chart(frame)
    assert chart.bounding_box()["width"] <= 520


def test_notebook_7(page: harness.Page, executed: Path, result: Any) -> None:
    page.open_notebook(executed, app="notebook")
    check_slices(page, result)


def test_exported_html_stays_interactive(
    page: harness.Page, lab: harness.Lab, executed: Path, result: Any
) -> None:
    page.guard.allowed += harness.template_addresses()
    page.open_file(lab.export_html(executed))
    frame = check_slices(page, result)
    views.choose(frame, '[label="Show"]', "auc")
    views.inside(page, PLOTS).locator("paper-tab", has_text="Gain").click()
    page.screenshot("tfma_exported")


def test_an_untrusted_notebook_shows_the_facts(
    page: harness.Page, lab: harness.Lab, executed: Path, result: Any
) -> None:
    copy = lab.root / "untrusted.ipynb"
    text = executed.read_text(encoding="utf-8")
    copy.write_text(text.replace('"nbformat_minor"', ' "nbformat_minor"', 1), encoding="utf-8")
    copy.write_text(text.replace("'first'], slicing", "'first'],  slicing"), encoding="utf-8")
    page.open_notebook(copy)
    table = page.tab.locator(".jp-OutputArea table").first
    table.wait_for()
    for value in expected(result, "auc").values():
        harness.expect(table).to_contain_text(f"{value:.5f}")
    assert page.tab.locator("iframe").count() == 0
    page.screenshot("tfma_untrusted")


def test_running_a_cell_again_repairs_what_lost_its_library(
    page: harness.Page, lab: harness.Lab, result: Any
) -> None:
    path = lab.write("lost", [views.setup(), CELLS[SLICES], CELLS[SLICES]])
    page.open_notebook(path, run=True)
    check_slices(page, result, 1)
    page.select(1)
    page.command("notebook:delete-cell")
    page.command("docmanager:save")
    harness.wait_for(lambda: len(json.loads(path.read_text())["cells"]) == 2, what="the saved file")
    page.tab.goto("about:blank")
    page.open_notebook(path)  # alone: another notebook's output beside it would lend the library
    note = page.tab.locator(".workbook-note:visible")
    note.wait_for()
    harness.expect(note).to_contain_text("run this cell again")
    harness.expect(page.tab.locator(".workbook-frame table")).to_be_visible()
    page.select(1)
    page.command("notebook:run-cell")
    check_slices(page, result, 0)


def test_a_clicked_row_reaches_python(page: harness.Page, lab: harness.Lab) -> None:
    live = (
        "heard = []\n"
        "tfma.view.render_slicing_metrics(results['first'], slicing_column='state',\n"
        "    event_handlers={'slice-selected': heard.append})"
    )
    path = lab.write("events", [views.setup(), live, "print(heard)"])
    page.open_notebook(path, run=True)
    frame = views.inside(page, 0)
    row = frame.locator("tfma-metrics-table tbody tr").first
    name = row.locator("td").first.inner_text()
    row.locator("td").first.click()

    def told() -> bool:
        page.select(2)
        page.command("notebook:run-cell")
        return name.split(":")[1] in page.tab.locator(".jp-OutputArea").last.inner_text()

    harness.wait_for(told, seconds=30, what="the event in Python")


def test_fifty_views_stay_usable(page: harness.Page, lab: harness.Lab, result: Any) -> None:
    path = lab.execute("fifty", [views.setup(), *[f"{CELLS[SLICES]} # {at}" for at in range(50)]])
    assert path.stat().st_size < 3_000_000
    page.open_notebook(path)
    check_slices(page, result, 49)
    check_slices(page, result, 0)
    assert page.tab.locator(".workbook-frame iframe").count() < 50
