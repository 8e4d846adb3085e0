"""Fairness Indicators' genuine interface, called as the book calls it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser import harness, views
from tests.displays import evaluations

pytestmark = pytest.mark.browser
BOOK = (
    "from tensorflow_model_analysis.addons.fairness.view.widget_view import "
    "render_fairness_indicator\n"
    "render_fairness_indicator(eval_result=results['first'], slicing_column='state')"
)
CELLS = (
    BOOK,
    "render_fairness_indicator(multi_eval_results={\n"
    "    'old': results['first'], 'new': results['second']}, slicing_column='state')",
    "render_fairness_indicator(results['hostile'], slicing_column='product')",
)
ONE, TWO, HOSTILE = range(len(CELLS))
RATE = "fairness_indicators_metrics/false_positive_rate@0.50"


@pytest.fixture(scope="module")
def executed(lab: harness.Lab) -> Path:
    """A notebook with Fairness Indicators for one and for two models."""
    return lab.execute("fairness", [views.setup(), *CELLS])


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """The evaluations that the views show, read in this process."""
    import tensorflow_model_analysis as tfma

    return {name: tfma.load_eval_result(str(evaluations.ensure(name))) for name in views.NAMES}


def table(frame: Any) -> list[list[str]]:
    """The cells of the table under the bars, row by row."""
    found = (
        frame.locator("fairness-metrics-table")
        .filter(visible=True)
        .first.locator(".table-row, .baseline-row")
    )
    found.first.wait_for()
    cells = ".table-feature-column, .table-entry"
    return [[text.strip() for text in row.locator(cells).all_inner_texts()] for row in found.all()]


def rate(result: Any, state: str | None) -> float:
    """The rate that TFMA computed for a state, or for all rows."""
    key = (("state", state),) if state else ()
    return result.get_metrics_for_slice(key)[RATE]["doubleValue"]


def test_rates_by_slice_are_those_computed(
    page: harness.Page, executed: Path, results: dict[str, Any]
) -> None:
    page.open_notebook(executed)
    frame = views.inside(page, ONE)
    views.only_rate(frame)
    groups = {"Overall", *(f"state:{state}" for state in evaluations.STATES)}
    harness.wait_for(
        lambda: {row[0] for row in table(frame)} == groups, what="a row for each group"
    )
    shown = {row[0]: row for row in table(frame)}
    overall = rate(results["first"], None)
    for state in evaluations.STATES:
        expected = rate(results["first"], state)
        _, value, change, count = shown[f"state:{state}"]
        assert float(value) == pytest.approx(expected, abs=5e-4)
        assert float(change.rstrip("%")) == pytest.approx((expected / overall - 1) * 100, abs=0.01)
        metrics = results["first"].get_metrics_for_slice((("state", state),))
        assert float(count) == metrics["example_count"]["doubleValue"]
    bars = frame.locator("fairness-bounded-value-bar-chart").filter(visible=True)
    harness.expect(bars.first.locator("svg rect").nth(len(evaluations.STATES))).to_be_attached()
    page.screenshot("fairness_light_wide")


def test_a_second_threshold_stands_beside_the_first(
    page: harness.Page, executed: Path, results: dict[str, Any]
) -> None:
    page.open_notebook(executed)
    frame = views.inside(page, ONE)
    views.only_rate(frame)
    summary = frame.locator("fairness-metric-summary").filter(visible=True).first
    summary.locator("paper-dropdown-menu[label=Thresholds] input").click()
    summary.locator("paper-item:visible", has_text="0.75").click()
    harness.wait_for(lambda: len(table(frame)[0]) == 6, what="a second threshold's columns")
    shown = [float(text) for text in table(frame)[0][1:5:2]]
    metrics = results["first"].get_metrics_for_slice()
    expected = [metrics[RATE.replace("0.50", at)]["doubleValue"] for at in ("0.50", "0.75")]
    assert shown == pytest.approx(expected, abs=5e-4)


def test_two_models_stand_side_by_side(
    page: harness.Page, executed: Path, results: dict[str, Any]
) -> None:
    page.open_notebook(executed)
    frame = views.inside(page, TWO)
    views.only_rate(frame)
    (overall,) = [row for row in table(frame) if row[0] == "Overall"]
    expected = [rate(results[name], None) for name in ("first", "second")]
    assert [float(text) for text in overall[1:3]] == pytest.approx(expected, abs=5e-4)
    page.screenshot("fairness_two_models")


def test_hostile_names_only_show(page: harness.Page, executed: Path) -> None:
    page.open_notebook(executed)
    frame = views.inside(page, HOSTILE)
    names = [row[0] for row in table(frame)]
    assert f"product:{evaluations.HOSTILE[1]}" in names
    assert frame.locator("fairness-metrics-table img").count() == 0
    assert frame.locator("body[data-hacked]").count() == 0
    assert page.tab.evaluate("window.hacked") is None


def test_dark_and_narrow(page: harness.Page, executed: Path) -> None:
    page.open_notebook(executed)
    page.theme(harness.DARK)
    table(views.inside(page, ONE))
    page.screenshot("fairness_dark_wide")
    page.resize(harness.NARROW)
    frame = views.inside(page, ONE)
    page.screenshot("fairness_dark_narrow")
    harness.wait_for(
        lambda: frame.locator("body").evaluate("e => e.scrollWidth > e.clientWidth"),
        what="a view that is wider than the narrow page",
    )


def test_exported_html_stays_interactive(
    page: harness.Page, lab: harness.Lab, executed: Path
) -> None:
    page.guard.allowed += harness.template_addresses()
    page.open_file(lab.export_html(executed))
    frame = views.inside(page, TWO)
    views.only_rate(frame)
    assert len(table(frame)) > 1


def test_an_untrusted_notebook_shows_the_facts(
    page: harness.Page, lab: harness.Lab, executed: Path, results: dict[str, Any]
) -> None:
    copy = lab.root / "fairness_untrusted.ipynb"
    text = executed.read_text(encoding="utf-8")
    copy.write_text(text.replace("'state')", "'state' )"), encoding="utf-8")
    page.open_notebook(copy)
    facts = page.tab.locator(".jp-OutputArea table").first
    facts.wait_for()
    assert f"{rate(results['first'], 'CA'):.5f}" in facts.inner_text()
    assert page.tab.locator("iframe").count() == 0
