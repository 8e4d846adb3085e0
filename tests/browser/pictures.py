"""``make pictures``: the README's picture of each interface, taken in JupyterLab from the executed notebooks.

Each picture shows a finding: the view is clicked through first, as a reader would do it, until what the README says
under the pictures can be seen. Run ``make run`` first. Pictures go to ``.github/pictures/``; no test reads them.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser import harness, views
from utils import paths

FOLDER = paths.ROOT / ".github" / "pictures"
SIZE = (1300, 1090)
COLOURS = 256
"""How many colours a picture keeps: its file is half as large, and nothing that is read in it changes."""


def nothing(frame: Any) -> None:
    """Leaves a view as it opens."""


def worst_slice(frame: Any) -> None:
    """TFMA: shows the AUC of each slice, the lowest on the left and at the top."""
    views.rows(frame)
    views.choose(frame, '[label="Show"]', "auc")
    views.choose(frame, '[label="Sort by"]', "auc")
    frame.locator("tfma-metrics-table th button", has_text=re.compile("^auc$")).click()


def rate_of_the_groups(frame: Any) -> None:
    """Fairness Indicators: shows the false positive rate alone, at the threshold of the chapter."""
    menu = views.only_rate(frame).locator("paper-dropdown-menu[label=Thresholds]")
    chosen = menu.locator("input")
    usual = chosen.input_value()
    for wanted in (lambda text: text != usual, lambda text: text == usual):  # one in, the other out
        chosen.click()
        items = menu.locator("paper-item:visible").all()
        next(item for item in items if wanted(item.inner_text().strip())).click()


def scores_by_response(frame: Any) -> None:
    """What-If Tool: a row of points for each response of the company, from low scores to high ones."""
    for menu, item in (
        ("Binning | Y-Axis", "company_response"),
        ("Scatter | X-Axis", "Inference score"),
        ("Scatter | Y-Axis", "(default)"),
    ):
        opened = frame.locator(f'paper-dropdown-menu[label="{menu}"]:visible')
        # A drawing lies over the menus' lower edge, and would have the click.
        opened.locator("input").first.click(force=True)
        letters = "\u200b?".join(re.escape(letter) for letter in item)  # long names may break
        opened.locator("paper-item", has_text=re.compile(f"^\\s*{letters}\\s*$")).click()


def open_the_highest(frame: Any) -> None:
    """What-If Tool: selects the point with the highest score, as a click on it does; its frame then keeps moving."""
    frame.locator("wit-dashboard").evaluate(
        """view => {
          const points = view.$.dive.data;
          const score = Object.keys(points[0]).find(name => name.endsWith("Inference score"));
          const best = points.reduce((top, one, at) =>
            one[score] > points[top][score] ? at : top, 0);
          view.$.dive.selectedIndices = [best];
        }"""
    )
    frame.locator("text=/Infer - Datapoint/").wait_for()


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: The file's name without its ending.
        notebook: The executed notebook's name.
        frame: The beginning of the title of the frame that is shown.
        place: Which of such frames, from 0.
        act: Clicks in the view, until the finding is seen; it gets the view's Playwright frame.
        last: What is done in it at the end, after which it need not be still.
        bottom: The selector of the last element that the picture shows; empty for as much as the window holds.
        tallest: Pixels of the view, from its top, that are shown at most.
    """

    name: str
    notebook: str
    frame: str
    place: int = 0
    act: Callable[[Any], None] = nothing
    last: Callable[[Any], None] = nothing
    bottom: str = ""
    tallest: int = 1000


PICTURES = (
    Picture("facets", "04_data_validation", "Facets Overview: S1, S3", tallest=735),
    Picture(
        "tfma",
        "07_model_analysis",
        "Metrics by slice",
        place=1,
        act=worst_slice,
        bottom="tfma-metrics-table tbody tr >> nth=6",
    ),
    Picture(
        "fairness_indicators", "07_model_analysis", "Fairness Indicators", act=rate_of_the_groups
    ),
    Picture(
        "what_if_tool",
        "07_model_analysis",
        "What-If Tool",
        act=scores_by_response,
        last=open_the_highest,
    ),
)


def take(picture: Picture, lab: harness.Lab, page: harness.Page) -> Path:
    """Takes one picture.

    Args:
        picture: What to show.
        lab: A running server.
        page: A tab of a browser.

    Returns:
        The PNG.

    Raises:
        FileNotFoundError: If the notebook was not executed.
    """
    executed = paths.build() / "executed" / f"{picture.notebook}.ipynb"
    if not executed.exists():
        raise FileNotFoundError(f"{executed} is not there: call `make run` first.")
    target = lab.root / executed.name
    shutil.copy(executed, target)
    lab.trust(target)
    page.open_notebook(target)
    page.tab.evaluate(
        """() => { window.jupyterapp.shell.currentWidget.content.notebookConfig =
          {...window.jupyterapp.shell.currentWidget.content.notebookConfig, windowingMode: 'none'}; }"""
    )
    outputs = page.tab.locator(".workbook-frame", has_text=picture.frame)

    def mounted() -> bool:
        if outputs.count() > picture.place:
            return True
        page.tab.evaluate(
            "() => document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 900)"
        )
        return False

    harness.wait_for(mounted, seconds=120, what=f"{picture.frame!r} in {picture.notebook}")
    found = outputs.nth(picture.place)
    found.evaluate("element => element.scrollIntoView()")
    frame = found.locator("iframe")
    frame.wait_for(timeout=120_000)
    found.locator("details:not([open])").wait_for(state="attached", timeout=120_000)
    inside = frame.content_frame.locator("iframe").content_frame
    wait_until_still(page)
    picture.act(inside)
    page.tab.mouse.move(0, 0)
    found.evaluate("element => element.scrollIntoView()")
    wait_until_still(page)
    picture.last(inside)
    box = frame.bounding_box()
    assert box
    height = min(box["height"], SIZE[1] - box["y"] - 30, picture.tallest)
    if picture.bottom:
        end = inside.locator(picture.bottom).bounding_box()
        assert end
        height = min(height, end["y"] + end["height"] - box["y"])
    taken = page.tab.screenshot(
        clip={"x": box["x"], "y": box["y"], "width": box["width"], "height": height}
    )
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{picture.name}.png"
    path.write_bytes(smaller(taken))
    return path


def smaller(png: bytes) -> bytes:
    """Returns a picture with :data:`COLOURS` colours.

    Args:
        png: The picture as Chromium takes it.
    """
    from PIL import Image

    made = io.BytesIO()
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(made, "PNG", optimize=True)
    return made.getvalue()


def wait_until_still(page: harness.Page) -> None:
    """Waits until ten pictures in a row are the same: then a view has drawn itself.

    Args:
        page: A tab of a browser.
    """
    taken: list[bytes] = []

    def still() -> bool:
        taken.append(page.tab.screenshot())
        return len(taken) >= 10 and len(set(taken[-10:])) == 1

    harness.wait_for(still, seconds=120, what="the view to be drawn")


def main(names: list[str]) -> int:
    """Takes the pictures that are named, or all.

    Args:
        names: Names of pictures.

    Returns:
        0; 1 if there is no browser, or a notebook has not been executed.
    """
    from playwright.sync_api import sync_playwright

    chromium = harness.chromium()
    if chromium is None:
        print(
            "There is no Chromium: install it, or name one in WORKBOOK_CHROMIUM.", file=sys.stderr
        )
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab = harness.Lab(Path(folder) / "lab")
        try:
            context = playwright.chromium.launch_persistent_context(
                str(Path(folder) / "profile"),
                executable_path=chromium,
                headless=True,
                args=list(harness.CHROMIUM_FLAGS),
                viewport={"width": SIZE[0], "height": SIZE[1]},
            )
            for picture in PICTURES:
                if names and picture.name not in names:
                    continue
                page = harness.Page(context, lab, FOLDER)
                print(take(picture, lab, page).relative_to(paths.ROOT))
                page.close()
            context.close()
        except FileNotFoundError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            lab.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
