"""Chapter 7's own What-If cells in a browser: a complaint is edited, and its score is the served signature's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.browser import harness
from tests.notebooks import reading
from utils import paths

POINTS = 300
RELIEF = "Closed with monetary relief"

SETUP = """
import os
os.environ["WORKBOOK_STORE"] = {store!r}
from pathlib import Path
from tests.pipeline.pipeline_run import small_config
from utils import workbook
from utils.pipeline import components
context = workbook.start()
config = small_config(Path({store!r}))
"""
EXPECTED = f"""
place = next(i for i, one in enumerate(points)
             if one.features.feature["company_response"].bytes_list.value[0] == b"Closed with explanation")
edited = tf.train.Example.FromString(points[place].SerializeToString())
edited.features.feature["company_response"].bytes_list.value[0] = b"{RELIEF}"
before, after = ask([points[place], edited])[:, 1]
print(f"expected {{place}} {{before:.3f}} {{after:.3f}}")
"""


def chapter_cells(store: Path) -> list[str]:
    """The chapter's cells with the tag ``what-if``, on a small model of this test's own."""
    notebook = reading.read(paths.NOTEBOOKS / "07_model_analysis.ipynb")
    tagged = [cell.source for cell in notebook.tagged("what-if")]
    kept = [source for source in tagged if "PipelineConfig()" not in source]
    assert len(kept) == len(tagged) - 1 and "WitWidget(" in kept[-1]
    return [SETUP.format(store=str(store)), *kept[:-1], EXPECTED, kept[-1]]


def value_of(frame: Any, feature: str) -> Any:
    """The field of a feature in the What-If Tool's editor."""
    name = frame.locator(".feature-name-text", has_text=re.compile(rf"^\s*{feature}\s*$"))
    return frame.locator("wit-example-viewer .feature-name", has=name).locator("textarea").first


def test_an_edited_complaint_gets_the_served_score(
    lab: harness.Lab, page: harness.Page, tmp_path: Path
) -> None:
    page.resize((1400, 1100))
    page.open_notebook(lab.write("chapter-07", chapter_cells(tmp_path)))
    page.run_all(seconds=600)
    printed = page.tab.locator(".jp-OutputArea-output", has_text="expected ").last.inner_text()
    place, before, after = printed.split()[-3:]
    assert before != after

    frame = page.frame_with("wit-dashboard")
    frame.wait_for_selector(f"text={POINTS} datapoints loaded")
    page.scroll_to(".workbook-whatif")
    frame.wait_for_function(
        "() => (document.getElementById('wit').examplesAndInferences || []).some(one => one.inferences)"
    )
    frame.evaluate(
        "index => { document.getElementById('wit').$.dive.selectedIndices = [index]; }", int(place)
    )
    frame.wait_for_selector(f"text=Edit - Datapoint {place}")
    harness.expect(frame.locator(f"text={before}").first).to_be_visible()
    field = value_of(frame, "company_response")
    field.fill(RELIEF)
    field.blur()
    frame.locator("paper-button", has_text="Predict").click()
    frame.wait_for_selector(f"text={after}")
    page.screenshot("chapter-07-what-if")
