"""``make pictures``: the README's picture of each interface, taken in JupyterLab from the executed notebooks.

Run ``make run`` first. Pictures go to ``.github/pictures/``; the tests do not read them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.browser import harness
from utils import paths

FOLDER = paths.ROOT / ".github" / "pictures"
SIZE = (1300, 900)


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: The file's name without its ending.
        notebook: The executed notebook's name.
        frame: The beginning of the title of the frame that is shown.
        place: Which of such frames, from 0.
    """

    name: str
    notebook: str
    frame: str
    place: int = 0


PICTURES = (
    Picture("facets", "04_data_validation", "Facets Overview: S1, S3"),
    Picture("tfma", "07_model_analysis", "Metrics by slice", place=1),
    Picture("fairness_indicators", "07_model_analysis", "Fairness Indicators"),
    Picture("what_if_tool", "07_model_analysis", "What-If Tool"),
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
    found.evaluate("element => element.scrollIntoView()")
    wait_until_still(page)
    box = frame.bounding_box()
    assert box
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{picture.name}.png"
    height = min(box["height"], SIZE[1] - box["y"] - 30)
    page.tab.screenshot(
        path=str(path),
        clip={"x": box["x"], "y": box["y"], "width": box["width"], "height": height},
    )
    return path


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
