"""The What-If Tool as a reader meets it: live in JupyterLab and Notebook 7, and still telling where no kernel runs."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.browser import harness

POINTS = 60
HOSTILE = "</script><img src=x onerror=parent.hit=window.hit=1>"

SETUP = f"""
import warnings; warnings.simplefilter("ignore")
from utils import displays
displays.enable()
import math
import tensorflow as tf
from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

def example(index):
    made = tf.train.Example()
    made.features.feature["age"].float_list.value.append(20 + index)
    made.features.feature["product"].bytes_list.value.append(b"Card" if index % 3 else b"Mortgage")
    made.features.feature["disputed"].int64_list.value.append(int(index > 30))
    return made

def scored(examples, middle):
    scores = [
        1 / (1 + math.exp(-(one.features.feature["age"].float_list.value[0] - middle) / 10))
        for one in examples
    ]
    return [[1 - score, score] for score in scores]

def predict(examples):
    return scored(examples, middle=50)

def later(examples):
    return scored(examples, middle=70)

examples = [example(index) for index in range({POINTS})]
config = WitConfigBuilder(examples).set_custom_predict_fn(predict)
config = config.set_target_feature("disputed").set_label_vocab(["no", "yes"])
"""
WIDGET = "widget = WitWidget(config, height=900)\nwidget"
TWO_MODELS = "WitWidget(config.set_compare_custom_predict_fn(later), height=900)"


def score(age: float, middle: float = 50) -> str:
    """The model's answer for an age, as the dashboard writes it."""
    return f"{1 / (1 + math.exp(-(age - middle) / 10)):.3f}"


def dashboard(page: harness.Page) -> Any:
    """The frame with the dashboard, once its data points are there."""
    frame = page.frame_with("wit-dashboard")
    frame.wait_for_selector(f"text={POINTS} datapoints loaded")
    return frame


def select(frame: Any, index: int) -> None:
    """Selects a data point, as a click on it does, and waits for its inference."""
    frame.wait_for_function(
        "() => (document.getElementById('wit').examplesAndInferences || []).some(one => one.inferences)"
    )
    frame.evaluate(
        "index => { document.getElementById('wit').$.dive.selectedIndices = [index]; }", index
    )
    frame.wait_for_selector(f"text=Edit - Datapoint {index}")


def predict_with(frame: Any, age: float) -> None:
    """Writes another age into the selected data point and presses Predict."""
    field = frame.locator("wit-example-viewer textarea").first
    field.fill(str(age))
    field.blur()
    frame.locator("paper-button", has_text="Predict").click()


def show_counterfactual(page: harness.Page, frame: Any) -> None:
    """Switches on the nearest counterfactual, and waits until it stands beside the selected data point.

    The tool redraws its points a moment after a prediction, and forgets then what a switch has asked for before.
    """

    def stands_there() -> bool:
        frame.locator("paper-toggle-button.counterfactual-toggle").click()
        return bool(frame.wait_for_selector("text=Counterfactual value(s)", timeout=3_000))

    harness.wait_for(
        stands_there, what="the nearest counterfactual, asked for again where forgotten"
    )


def test_edit_predict_and_explain(lab: harness.Lab, page: harness.Page) -> None:
    """A value is edited, Predict is pressed, and the score is the model's; then every other tool answers."""
    page.resize((1400, 1100))
    path = lab.write("whatif", [SETUP, WIDGET])
    page.open_notebook(path, run=True)
    frame = dashboard(page)
    page.scroll_to(".workbook-whatif")
    select(frame, 3)
    harness.expect(frame.locator("text=" + score(23)).first).to_be_visible()
    predict_with(frame, 85)
    frame.wait_for_selector("text=" + score(85))
    page.screenshot("whatif-light")

    show_counterfactual(page, frame)
    frame.locator("paper-radio-button", has_text="Partial dependence plots").click()
    frame.locator(".feature-container-holder, .category-pane", has_text="age").first.click()
    harness.wait_for(
        lambda: frame.locator("vz-line-chart2").count() + frame.locator("vz-bar-chart").count(),
        what="a partial dependence plot",
    )
    page.screenshot("whatif-partial-dependence")

    frame.locator("paper-tab", has_text="Performance & Fairness").click()
    frame.wait_for_selector("text=Explore overall performance")
    frame.locator("paper-tab", has_text="Features").click()
    frame.wait_for_selector("facets-overview >> text=age")
    page.theme(harness.DARK)
    page.screenshot("whatif-dark")
    page.command("docmanager:save")
    harness.wait_for(
        lambda: page.tab.evaluate("1") and "widget-view" in path.read_text(), what="the saved file"
    )
    assert path.stat().st_size < 200_000


def test_thresholds_by_group_and_two_models(lab: harness.Lab, page: harness.Page) -> None:
    """Two models are compared, and a slice gives each group thresholds of its own."""
    page.resize((1400, 1300))
    page.open_notebook(lab.write("whatif-two", [SETUP, TWO_MODELS]), run=True)
    frame = dashboard(page)
    page.scroll_to(".workbook-whatif")
    select(frame, 40)
    for expected in (score(60), score(60, middle=70)):
        harness.expect(frame.locator(f"text={expected}").first).to_be_visible()
    frame.locator("paper-tab", has_text="Performance & Fairness").click()
    frame.wait_for_selector("text=Explore overall performance")
    frame.evaluate("() => { document.getElementById('wit').selectedBreakdownFeature = 'product'; }")
    for group in ("Card", "Mortgage"):
        frame.wait_for_selector(f".perf-table-row:has-text('{group}')")
    # A threshold for each of two models in each of two groups.
    harness.expect(frame.locator("paper-slider").nth(3)).to_be_attached()
    page.screenshot("whatif-two-models")


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_reopened_after_its_kernel_has_gone(lab: harness.Lab, page: harness.Page, app: str) -> None:
    """Reopened without a kernel, the scores still stand there as a table."""
    path = lab.write(f"whatif-{app}", [SETUP, WIDGET])
    page.open_notebook(path, app=app, run=True)
    dashboard(page)
    page.tab.wait_for_selector("[data-workbook-whatif]", state="hidden")
    page.command("docmanager:save")
    harness.wait_for(
        lambda: page.tab.evaluate("1") and "widget-view" in path.read_text(), what="the saved file"
    )
    lab.shutdown_kernels()
    page.guard.quiet.append("model not found")
    page.tab.goto("about:blank")
    page.open_notebook(path, app=app)
    page.tab.wait_for_selector("[data-workbook-whatif] table >> text=Score of model 1")
    page.tab.wait_for_selector("text=model not found", state="attached")
    page.tab.wait_for_selector("text=model not found", state="hidden")
    page.screenshot(f"whatif-reopened-{app}")


def test_untrusted(lab: harness.Lab, page: harness.Page) -> None:
    """An untrusted notebook shows the same facts without any script."""
    path = lab.execute("whatif-untrusted", [SETUP, WIDGET], trust=False)
    page.open_notebook(path)
    page.tab.wait_for_selector("table >> text=Score of model 1")
    page.screenshot("whatif-untrusted")


def test_exported(lab: harness.Lab, page: harness.Page) -> None:
    """An exported page holds the table; with standalone() it holds the whole tool and its predictions."""
    cells = [SETUP, WIDGET, "from utils.displays import whatif\nwhatif.standalone(widget)"]
    path = lab.execute("whatif-exported", cells)
    page.guard.allowed += harness.template_addresses()
    page.open_file(lab.export_html(path))
    page.tab.wait_for_selector("[data-workbook-whatif] table >> text=Score of model 1")
    page.scroll_to(".workbook-frame iframe, .workbook-frame[data-workbook-key]")
    frame = dashboard(page)
    select(frame, 3)
    harness.expect(frame.locator("text=" + score(23)).first).to_be_visible()
    page.screenshot("whatif-exported")


def test_hostile_data(lab: harness.Lab, page: harness.Page) -> None:
    """Names and texts that would like to be code are shown, in the live tool and in the table."""
    hostile = f"""
for one in examples:
    one.features.feature[{json.dumps(HOSTILE)}].bytes_list.value.append(
        ({json.dumps(HOSTILE)} + "\\u202e\\"'" + "x" * 1000).encode())
examples[0].features.feature["long"].bytes_list.value.append(b"y" * 1_000_000)
"""
    cells = [SETUP, hostile, "WitWidget(WitConfigBuilder(examples).set_custom_predict_fn(predict))"]
    page.open_notebook(lab.write("whatif-hostile", cells), run=True)
    frame = dashboard(page)
    select(frame, 0)
    frame.wait_for_selector("wit-example-viewer >> text=onerror")
    for where in (page.tab, frame):
        assert where.evaluate("window.hit") is None
    page.screenshot("whatif-hostile")


def test_the_prediction_fails(lab: harness.Lab, page: harness.Page) -> None:
    """A predict function that raises is told in the tool and in the table, and nothing is left blank."""
    cells = [
        SETUP,
        "def broken(examples):\n    raise ValueError('no such vocabulary')",
        "WitWidget(WitConfigBuilder(examples).set_custom_predict_fn(broken))",
    ]
    page.guard.quiet.append("no such vocabulary")
    page.open_notebook(lab.write("whatif-broken", cells), run=True)
    frame = page.frame_with("wit-dashboard")
    frame.wait_for_selector("text=no such vocabulary")
