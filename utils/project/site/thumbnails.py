"""The cover's pictures of the chapters, taken by Chromium from the finished pages."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from utils.project.site.chapters import Chapter

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTH, HEIGHT = 800, 500
"""Pixels of a page that a picture shows; it is stored at four fifths of that."""

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
"""How Chromium is started: quiet, as root too, and with no other machine's name to be found."""

CHOSEN = {
    "01_introduction": "Pipeline",
    "02_tfx_and_beam": "Share of Avenhurst Financial",
    "03_data_ingestion": "2,000 examples in splits",
    "04_data_validation": "Drift over spans",
    "05_data_preprocessing": "Share of disputes by first digit",
    "06_model_training": "AUC epoch by epoch",
    "07_model_analysis": "False positive rate, Mountain West",
    "08_model_serving": "Answers by version",
    "09_advanced_serving": "Latency as the load rises",
    "10_custom_components": "Lineage",
    "11_beam_and_airflow": "complaints_small: success",
    "A_docker_and_kubernetes": "A rolling update",
    "B_kubernetes_on_google_cloud": "What it costs",
    "12_kubeflow_pipelines": "complaints: 10 tasks",
    "13_feedback_loops": "AUC with and without the loop",
    "15_future": "Experiments",
    "14_data_privacy": "What privacy costs",
    "C_operating_kubeflow_pipelines": "Pipeline",
}
"""The beginning of the title of what a chapter's picture shows; elsewhere it is the first interface or drawing."""

_FIND = """chosen => {
  const named = host => (host.querySelector('summary, .workbook-view-title')?.textContent ?? '').trim();
  const frame = host => host.matches('.workbook-frame');
  const every = [...document.querySelectorAll('.workbook-frame, .workbook-view')].filter(host =>
    host.querySelector(frame(host) ? '[data-workbook-part]' : 'svg'));
  const host = every.find(one => chosen && named(one).startsWith(chosen)) ?? every.find(frame) ?? every[0];
  if (!host) return null;
  host.dataset.workbookThumbnail = '';
  host.scrollIntoView({block: 'start'});
  window.scrollBy(0, -100);
  return {title: named(host).replace(/ \\(as a table\\)$/, ''), frame: frame(host)};
}"""
"""Finds what to show, scrolls to it, and says what it is."""

_ENLARGE = """([width, height]) => {
  const SMALLEST = 0.6, READABLE = 0.9, LARGEST = 2, EDGE = 28;
  const host = document.querySelector('[data-workbook-thumbnail]');
  const drawn = host.querySelector('svg');
  const box = drawn.getBoundingClientRect();
  const stage = document.createElement('div');
  stage.className = host.className;
  stage.id = 'workbook-stage';
  stage.style.cssText = `position: fixed; z-index: 9999; inset: 0 auto auto 0; box-sizing: border-box; margin: 0;
    padding: ${EDGE}px; width: ${width}px; height: ${height}px; max-width: none; background: #fff; overflow: hidden;
    display: flex; flex-direction: column; gap: 16px; align-items: center`;
  const title = document.createElement('p');
  title.textContent = host.querySelector('.workbook-view-title')?.textContent ?? '';
  title.style.cssText = `align-self: flex-start; margin: 0; color: #1f2937; font: 600 28px/1.2 system-ui, sans-serif`;
  const room = document.createElement('div');
  room.style.cssText = `flex: 1; min-height: 0; width: 100%; display: flex; align-items: center;
    justify-content: center`;
  stage.append(title, room);
  host.closest('.cell_output, body').append(stage);
  const [wide, high] = [room.clientWidth, room.clientHeight];
  const fit = Math.min(wide / box.width, high / box.height);
  const scale = fit < SMALLEST ? Math.min(wide / box.width, READABLE) : Math.min(fit, LARGEST);
  const picture = drawn.cloneNode(true);
  picture.style.cssText = `flex: none; width: ${box.width * scale}px; height: ${box.height * scale}px; max-width: none`;
  if (box.height * scale > high + 1) {
    room.style.alignItems = 'flex-start';
    room.style.overflow = 'hidden';
    room.style.maskImage = 'linear-gradient(#000 75%, transparent)';
  }
  room.append(picture);
}"""
"""Shows a drawing alone under its title, as large as there is room; of one that is too tall to be read, the top."""


def take(page: Page, site: Path, chapter: Chapter) -> str | None:
    """Take a chapter's picture into ``_static/thumbnails`` of the site.

    Args:
        page: A tab of a browser.
        site: The folder of the finished site.
        chapter: The chapter.

    Returns:
        What it shows; None if the chapter has nothing to take a picture of.
    """
    page.goto((site / chapter.page).resolve().as_uri(), wait_until="load")
    found = page.evaluate(_FIND, CHOSEN.get(chapter.stem, ""))
    if not found:
        return None
    if found["frame"]:
        page.wait_for_selector("[data-workbook-thumbnail] iframe", timeout=30_000)
        page.wait_for_selector(
            "[data-workbook-thumbnail] details:not([open])", state="attached", timeout=30_000
        )
        page.wait_for_timeout(2_000)
        shown = page.locator("[data-workbook-thumbnail] iframe")
    else:
        page.evaluate(_ENLARGE, [WIDTH, HEIGHT])
        shown = page.locator("#workbook-stage")
    box = shown.bounding_box()
    if not box:
        return None
    page.screenshot(
        path=str(site / "_static" / "thumbnails" / f"{chapter.stem}.png"),
        clip={"x": box["x"], "y": box["y"], "width": WIDTH, "height": HEIGHT},
    )
    return str(found["title"])


def place(cover: str, chapter: Chapter, title: str) -> str:
    """Return the cover with the picture that was taken in the place of the drawn one.

    Args:
        cover: The cover's HTML.
        chapter: The chapter.
        title: What the picture shows.
    """
    stem = re.escape(chapter.stem)
    drawn = rf'src="_static/thumbnails/{stem}\.svg" alt=""'
    taken = f'src="_static/thumbnails/{chapter.stem}.png" alt="{html.escape(title)}"'
    return re.sub(drawn, lambda _: taken, cover)


def take_all(site: Path, chapters: Sequence[Chapter], chromium: str) -> list[str]:
    """Take the pictures of all chapters and show them on the cover.

    Args:
        site: The folder of the finished site.
        chapters: The chapters.
        chromium: The browser's program.

    Returns:
        The names of the chapters whose picture was taken; the others keep the drawn one.
    """
    from playwright.sync_api import TimeoutError as Late
    from playwright.sync_api import sync_playwright

    cover = site / "index.html"
    taken = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, headless=True, args=list(FLAGS)
        )
        page = browser.new_page(viewport={"width": 1100, "height": 800}, device_scale_factor=0.8)
        for chapter in chapters:
            try:
                title = take(page, site, chapter)
            except Late:
                continue
            if title is not None:
                cover.write_text(place(cover.read_text("utf-8"), chapter, title), "utf-8")
                (site / "_static" / "thumbnails" / f"{chapter.stem}.svg").unlink()
                taken.append(chapter.stem)
        browser.close()
    return taken
