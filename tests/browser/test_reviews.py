"""A person decides in JupyterLab: "yes" by the mouse while the component waits, "no" by the keyboard."""

from __future__ import annotations

from typing import Any

from tests.browser import harness

SETUP = """
import warnings; warnings.simplefilter("ignore")
from utils import workbook
context = workbook.start()
from tests.custom.review import Review
from utils.custom import reviews
from utils.custom.buttons import ReviewForm
inbox = context.folder("10") / "browser"
names = [reviews.new("first"), reviews.new("second")]

def run(name):
    review = Review(review=name, inbox=str(inbox), seconds=240.0).with_id(name)
    with context.beside_others():
        context.run(review)
    (made,) = review.outputs["blessing"].get()
    who = [made.get_string_custom_property(one) for one in ("by", "why")]
    print("allowed" if made.get_int_custom_property("blessed") else "refused", *who)
"""
CELLS = [SETUP, "ReviewForm(inbox, names[0])", "ReviewForm(inbox, names[1])"]
WAITING = ["run(names[0])", "run(names[1])"]


def output(page: harness.Page, at: int) -> str:
    """The text below a cell, once it has run."""
    return harness.wait_for(
        lambda: page.tab.evaluate(
            """at => {
              const model = window.jupyterapp.shell.currentWidget.content.widgets[at].model;
              const outputs = model.outputs.toJSON();
              return model.executionCount && outputs.length && model.executionState !== 'running'
                ? outputs.map(one => [one.text ?? one.evalue ?? ''].flat().join('')).join('') : '';
            }""",
            at,
        ),
        seconds=240,
        what=f"the output of cell {at}",
    )


def test_yes_and_no_are_clicked_while_the_component_waits(
    lab: harness.Lab, page: harness.Page
) -> None:
    page.open_notebook(lab.write("reviews", CELLS), run=True)
    forms = [page.tab.locator(".jp-CodeCell").nth(at) for at in (1, 2)]
    for form in forms:
        form.get_by_role("button", name="Push it").wait_for()
    page.screenshot("review-form")
    run_beside(page, WAITING)

    first, second = forms
    wait_until_busy(page)
    first.get_by_placeholder("Your name").fill("Ada")
    first.get_by_placeholder("The reason").fill("<b>better</b>")
    first.get_by_role("button", name="Push it").click()
    assert "allowed Ada <b>better</b>" in output(page, 3)

    second.get_by_placeholder("Your name").focus()
    page.tab.keyboard.type("Grace")
    for key in ("Tab", "Tab", "Tab", "Enter"):
        page.tab.keyboard.press(key)
    assert "refused Grace" in output(page, 4)
    harness.expect(second).to_contain_text("Decided. Keep the old one: Grace")
    harness.expect(second.get_by_role("button", name="Push it")).to_be_disabled()
    page.screenshot("review-decided")


def run_beside(page: harness.Page, sources: list[str]) -> None:
    """Add cells and run them, without waiting for them."""
    page.tab.evaluate(
        """async sources => {
          const {commands, shell} = window.jupyterapp;
          const notebook = shell.currentWidget.content;
          for (const source of sources) {
            notebook.activeCellIndex = notebook.widgets.length - 1;
            await commands.execute('notebook:insert-cell-below');
            notebook.activeCell.model.sharedModel.setSource(source);
          }
          notebook.activeCellIndex = notebook.widgets.length - sources.length;
          commands.execute('notebook:run-all-below');
        }""",
        sources,
    )


def wait_until_busy(page: harness.Page) -> Any:
    """Wait until the kernel is at work on a cell."""
    return harness.wait_for(
        lambda: page.tab.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
        ),
        what="a busy kernel",
    )
