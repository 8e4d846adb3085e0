"""The site, opened from a folder: live views, search, both themes, keyboard, and nothing asked of another machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import accessibility, harness
from tests.browser.harness import expect
from tests.project.site import sample
from utils import paths, side_environments
from utils.environments.decisions import SetupError
from utils.project.site import build


@pytest.fixture(scope="module")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two tiny chapters, with pictures taken by the browser."""
    try:
        side_environments.ensure("site")
    except SetupError as error:
        pytest.fail(
            "The site's environment is made from the network once, and there was none: call "
            f"`make site` with a network first. {error}",
            pytrace=False,
        )
    folder = tmp_path_factory.mktemp("site")
    executed = sample.write(folder / "executed")
    command = [
        sys.executable,
        "-m",
        "utils.project.site",
        "--executed",
        str(executed),
        "--to",
        str(folder / "site"),
    ]
    variables = {**os.environ, "WORKBOOK_CHROMIUM": chromium}
    done = subprocess.run(command, cwd=paths.ROOT, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "The site is complete." in done.stdout
    return folder / "site"


@pytest.fixture
def tab(browser_context: Any) -> Iterator[Any]:
    """A tab that may reach nothing and must log no error."""
    page = browser_context.new_page()
    guard = harness.Guard()
    guard.watch(page)
    yield page
    page.close()
    guard.check()


def test_the_cover_shows_the_chapters(site: Path, tab: Any) -> None:
    tab.goto((site / "index.html").as_uri())
    cards = tab.locator(".workbook-card")
    expect(cards).to_have_count(2)
    picture = cards.first.locator("img")
    expect(picture).to_have_attribute("src", "_static/thumbnails/01_beginning.png")
    expect(picture).to_have_attribute("alt", "Sample view: quokka")
    expect(picture).to_have_js_property("naturalWidth", 640)
    expect(cards.first).to_contain_text("See a view")
    expect(cards.nth(1)).to_contain_text('x < y & "z"')
    cards.first.get_by_role("link").click()
    expect(tab).to_have_title(re.compile(r"^1\. Beginning"))


def test_a_view_is_alive_and_the_rest_is_there(site: Path, tab: Any) -> None:
    tab.goto((site / "01_beginning.html").as_uri())
    frame = tab.frame_locator('iframe[title="Sample view: quokka"]').frame_locator("iframe")
    frame.get_by_role("button").click()
    expect(frame.get_by_role("button", name="clicked")).to_have_count(1)
    for text in ("said", "ValueError", "cell"):
        expect(tab.locator("article")).to_contain_text(text)
    expect(tab.locator("summary", has_text="Show code cell source")).to_have_count(1)
    expect(tab.locator(".workbook-launch a")).to_have_count(3)


def test_search_finds_the_section_without_a_server(site: Path, tab: Any) -> None:
    tab.goto((site / "index.html").as_uri())
    tab.keyboard.press("Control+k")
    tab.keyboard.type("quokka")
    tab.keyboard.press("Enter")
    found = tab.locator(".workbook-sections a", has_text="Looking")
    found.wait_for()
    expect(tab.locator(".workbook-sections mark").first).to_have_text("quokka")
    found.click()
    expect(tab).to_have_url(re.compile(r"01_beginning\.html#looking$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_both_themes_on_any_screen(site: Path, tab: Any, scheme: str, width: int) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto((site / "01_beginning.html").as_uri())
    expect(tab.locator("html")).to_have_attribute("data-theme", scheme)
    light = "true" if scheme == "light" else "false"
    expect(tab.locator("body")).to_have_attribute("data-jp-theme-light", light)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_keyboard_reaches_the_content_first(site: Path, tab: Any) -> None:
    tab.goto((site / "01_beginning.html").as_uri())
    tab.keyboard.press("Tab")
    expect(tab.locator(":focus")).to_have_text(re.compile("Skip to main content"))


def test_a_word_leaves_the_chapters_that_hold_it(site: Path, tab: Any) -> None:
    tab.goto((site / "index.html").as_uri())
    cards = tab.locator(".workbook-card:visible")
    tab.get_by_label("Show the chapters with").fill("quokka beginning")
    expect(cards).to_have_count(1)
    expect(tab.locator(".workbook-filter [role=status]")).to_have_text("1 of 2")
    tab.get_by_label("Show the chapters with").fill("")
    expect(cards).to_have_count(2)


def test_the_index_leads_to_a_view(site: Path, tab: Any) -> None:
    tab.goto((site / "views.html").as_uri())
    tab.get_by_role("link", name="Sample view: quokka").click()
    expect(tab).to_have_url(re.compile(r"01_beginning\.html#view-1$"))
    expect(tab.locator("#view-1")).to_have_count(1)


@pytest.mark.parametrize("name", ["index", "views", "01_beginning"])
def test_pages_keep_the_rules_of_accessibility(site: Path, tab: Any, name: str) -> None:
    found = accessibility.check(tab, site / f"{name}.html", accessibility.axe()).record()
    assert found["rules_passed"] > 10
    assert (found["ours"], found["keyboard_unseen"], found["keyboard_trapped"]) == ([], [], [])


def test_what_breaks_a_rule_is_found(tab: Any, tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!doctype html><html lang='en'><title>Wrong</title><img src='data:,'>"
        "<a href='#' style='outline: none'>link</a></html>"
    )
    found = accessibility.check(tab, page, accessibility.axe()).record()
    assert "image-alt: img" in found["ours"]
    assert found["keyboard_unseen"] == ["a."]


def test_without_a_browser_the_pictures_are_drawn(tmp_path: Path) -> None:
    executed = sample.write(tmp_path / "executed")
    (executed / "A_appendix.ipynb").unlink()
    made = build.make(executed, tmp_path / "site", None)
    assert made.pictures == ()
    assert (made.folder / "_static" / "thumbnails" / "01_beginning.svg").exists()
