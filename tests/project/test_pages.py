"""The pages at the root: what they link is there, and what others say of them is true."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from utils import paths

PAGES = sorted(paths.ROOT.glob("*.md"))
README = paths.ROOT / "README.md"
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
CC_BY = "9ba9550ad48438d0836ddab3da480b3b69ffa0aac7b7878b5a0039e7ab429411"
"""The SHA-256 of Creative Commons' plain text of the licence."""


def without_code(text: str) -> str:
    """Markdown without its blocks and spans of code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^ *```.*?^ *```", "", text))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives a page's headings."""
    text = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text("utf-8"))
    headings = re.findall(r"(?m)^#+ (.+)$", text)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in plain}


def test_the_pages_are_all_there() -> None:
    names = {page.stem for page in PAGES}
    assert {
        "README",
        "CONTRIBUTING",
        "INSTRUCTORS",
        "FAQ",
        "STANDS_FOR",
        "CHANGELOG",
        "BENCHMARKS",
    } == names


@pytest.mark.parametrize("page", [*PAGES, paths.DATA / "README.md"], ids=lambda page: page.name)
def test_links_from_page_to_page_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(without_code(page.read_text("utf-8"))):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(paths.ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_readme_leads_to_every_page_and_every_chapter() -> None:
    links = {link.partition("#")[0] for link in LINK.findall(README.read_text("utf-8"))}
    others = {page.name for page in PAGES} - {"README.md"}
    chapters = {f"notebooks/{path.name}" for path in paths.NOTEBOOKS.glob("*.ipynb")}
    assert others | chapters | {"CITATION.cff", "LICENSE", "LICENSE-TEXT"} <= links


def test_the_readme_says_how_many_chapters_there_are_in_their_order() -> None:
    text = README.read_text("utf-8")
    names = sorted(path.name for path in paths.NOTEBOOKS.glob("*.ipynb"))
    assert f"All {len(names)} notebooks" in text
    assert re.findall(r"^\| \[[^]]+\]\(notebooks/([^)]+)\)", text, re.M) == names


def test_the_heading_that_colab_names_is_there() -> None:
    first = json.loads(min(paths.NOTEBOOKS.glob("*.ipynb")).read_text("utf-8"))
    said = re.search(r"\(README: ([^)]+)\)", "".join(first["cells"][2]["source"]))
    assert said
    assert f"\n## {said[1]}\n" in README.read_text("utf-8")


def test_the_readme_stays_short() -> None:
    prose = without_code(README.read_text("utf-8"))
    prose = re.sub(r"(?m)^\|.*$|<!--.*?-->|\]\([^)]*\)", "", prose)
    assert len(prose.split()) <= 1000
    assert "make run" in README.read_text("utf-8").partition("\n## What it takes")[0]


def test_what_the_comparison_says_is_dated_and_lets_others_win() -> None:
    section = README.read_text("utf-8").partition("## How it compares\n")[2].partition("\n## ")[0]
    assert re.search(
        r"(January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d",
        section,
    )
    rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
    assert all("](https://" in row for row in rows)
    assert any("| **none** |" in row for row in rows)


def test_commands_that_the_pages_name_are_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (paths.ROOT / "Makefile").read_text("utf-8"), re.M))
    for page in PAGES:
        text = page.read_text("utf-8")
        blocks = "\n".join(re.findall(r"(?ms)^ *```sh\n(.*?)^ *```", text))
        named = {*re.findall(r"`make ([a-z]+)", text), *re.findall(r"\bmake ([a-z]+)", blocks)}
        assert named <= targets, page.name


def test_the_version_is_the_same_everywhere() -> None:
    project = (paths.ROOT / "pyproject.toml").read_text("utf-8")
    version = re.search(r'^version = "([^"]+)"$', project, re.M)
    assert version
    assert f"\nversion: {version[1]}\n" in (paths.ROOT / "CITATION.cff").read_text("utf-8")
    changes = re.findall(r"^## (\S+)", (paths.ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert changes[0].rstrip(",") == version[1]


def test_the_licence_of_the_text_is_creative_commons_own() -> None:
    found = (paths.ROOT / "LICENSE-TEXT").read_bytes()
    assert found.startswith(b"Attribution 4.0 International\n")
    assert hashlib.sha256(found).hexdigest() == CC_BY


def test_the_tests_that_contributing_names_are_there() -> None:
    text = (paths.ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)`", text)
    assert len(named) > 20
    assert not [name for name in named if not (paths.ROOT / name).is_file()]
