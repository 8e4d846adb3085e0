"""Facets Overview as a reader meets it: the numbers in the frame are the statistics' own, everywhere it is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browser import harness

HOSTILE = "</script><img src=x onerror=parent.hit=window.hit=1>"
SETUP = f"""
import warnings; warnings.simplefilter("ignore")
from utils import displays
displays.enable()
import pandas as pd
import tensorflow_data_validation as tfdv

def made(count):
    return tfdv.generate_statistics_from_dataframe(pd.DataFrame({{
        "age": list(range(count)),
        "product": ["Card"] * (count - 5) + ["Mortgage"] * 5,
        {json.dumps(HOSTILE)}: [{json.dumps(HOSTILE)}] * count,
    }}))

first, second = made(40), made(50)
"""
ONE = "tfdv.visualize_statistics(first)"
TWO = """
tfdv.visualize_statistics(
    lhs_statistics=second, rhs_statistics=first, lhs_name="EVAL_DATASET", rhs_name="TRAIN_DATASET")
"""
THREE = (
    'from utils.displays import facets\nfacets.overview({"S1": first, "S2": second, "S3": first})'
)


def shown(frame: Any) -> str:
    """What a person reads in the frame, shadow roots included."""
    return frame.evaluate(
        """() => {
          const read = (root) => [...root.childNodes].map((node) => {
            if (node.nodeType === Node.TEXT_NODE) return node.textContent;
            if (['STYLE', 'SCRIPT', 'TEMPLATE'].includes(node.nodeName)) return '';
            return (node.shadowRoot ? read(node.shadowRoot) : '') + ' ' + read(node);
          }).join(' ');
          return read(document.body).replace(/\\s+/g, ' ');
        }"""
    )


def shows(frame: Any, *facts: str) -> None:
    """Waits until a person reads all of these in the frame."""
    for fact in facts:
        harness.wait_for(lambda fact=fact: fact in shown(frame), what=f"{fact!r} in the view")


def overview(page: harness.Page, number: int = 0) -> Any:
    """The frame of an overview, once its charts are drawn."""
    host = f".workbook-frame[data-workbook-key] >> nth={number}"
    page.tab.locator(host).scroll_into_view_if_needed()
    page.tab.wait_for_selector(f"{host} >> iframe")
    outer = page.tab.query_selector(f"{host} >> iframe").content_frame()
    frame = outer.wait_for_selector("iframe").content_frame()
    frame.wait_for_selector("facets-overview-chart svg")
    return frame


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_the_tutorials_calls_show_the_numbers(
    lab: harness.Lab, page: harness.Page, app: str
) -> None:
    """TFDV's own tutorial calls, unchanged: rows and numbers are those of the statistics."""
    page.open_notebook(lab.write(f"facets-{app}", [SETUP, ONE, TWO, THREE]), app=app, run=True)
    numbers = "40 0% 19.5 11.54 2.5% 0 20 39"
    shows(overview(page), "Numeric Features (1)", "Categorical Features (2)", numbers, HOSTILE)
    shows(overview(page, 1), "EVAL_DATASET", "TRAIN_DATASET", "50 0% 24.5")
    shows(overview(page, 2), "S1", "S2", "S3")
    for where in [page.tab, *page.frames()]:
        assert where.evaluate("window.hit") is None
    page.screenshot(f"facets-{app}-light")
    page.theme(harness.DARK)
    page.resize(harness.NARROW)
    page.screenshot(f"facets-{app}-dark-narrow")
    page.resize(harness.WIDE)


def test_a_reader_searches(lab: harness.Lab, page: harness.Page) -> None:
    """The view answers: a search leaves the features that match."""
    page.open_notebook(lab.write("facets-search", [SETUP, ONE]), run=True)
    frame = overview(page)
    frame.locator("paper-input input:not([readonly])").first.fill("age")
    frame.wait_for_selector("text=Categorical Features", state="hidden")
    shows(frame, "19.5")


def test_exported_and_untrusted(lab: harness.Lab, page: harness.Page) -> None:
    """An exported page stays interactive; an untrusted notebook shows the same numbers as a table."""
    path = lab.execute("facets-export", [SETUP, ONE, TWO], trust=False)
    page.open_notebook(path)
    page.tab.wait_for_selector("table >> text=19.50000")
    harness.expect(page.tab.locator(".workbook-frame iframe")).to_have_count(0)
    page.screenshot("facets-untrusted")
    page.guard.allowed += harness.template_addresses()
    page.open_file(lab.export_html(path))
    shows(overview(page), "40 0% 19.5 11.54")
    shows(overview(page, 1), "EVAL_DATASET")
    page.screenshot("facets-exported")


def test_statistics_schema_and_anomalies_artifacts(lab: harness.Lab, page: harness.Page) -> None:
    """``context.show`` shows the three artifacts of chapter 4 through TFX's own registry."""
    data = lab.root / "data"
    data.mkdir()
    rows = [f"{20 + number},{'Card' if number % 3 else 'Loan'}" for number in range(200)]
    (data / "data.csv").write_text("age,product\n" + "\n".join(rows))
    run = f"""
from tfx import v1 as tfx
from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext
context = InteractiveContext(pipeline_root={str(lab.root / "store")!r})
example_gen = tfx.components.CsvExampleGen(input_base={str(data)!r})
statistics_gen = tfx.components.StatisticsGen(examples=example_gen.outputs["examples"])
schema_gen = tfx.components.SchemaGen(statistics=statistics_gen.outputs["statistics"])
validator = tfx.components.ExampleValidator(
    statistics=statistics_gen.outputs["statistics"], schema=schema_gen.outputs["schema"])
for one in (example_gen, statistics_gen, schema_gen, validator):
    context.run(one)
"""
    show = """
context.show(statistics_gen.outputs["statistics"])
context.show(schema_gen.outputs["schema"])
context.show(validator.outputs["anomalies"])
"""
    view = """
from utils.displays import views
from utils.lineage.views import lineage, states
from IPython.display import display
store = context.metadata_connection_config
from ml_metadata.metadata_store import metadata_store
store = metadata_store.MetadataStore(store)
display(views.pipeline([example_gen, statistics_gen, schema_gen, validator], states(store)))
display(lineage(store, validator.outputs["anomalies"].get()[0]))
"""
    page.open_notebook(lab.write("facets-show", [SETUP, run, show, view]), run=True)
    assert "Numeric Features (1)" in shown(overview(page))
    assert "Numeric Features (1)" in shown(overview(page, 1))
    body = page.tab.locator(".jp-Notebook")
    for fact in ("Schema of 2 features", "no anomalies found", "Lineage of ExampleAnomalies"):
        harness.wait_for(lambda fact=fact: fact in body.inner_text(), what=fact)
    page.scroll_to(".workbook-view svg")
    page.screenshot("views-pipeline-and-lineage")
    assert "✓ complete" in page.tab.locator(".workbook-view svg").first.inner_html()
