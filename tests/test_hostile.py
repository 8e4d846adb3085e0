"""Hostile text is only shown: by every view, wherever it takes text, and without losing a character."""

from __future__ import annotations

import ast
import html
import re
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.hostile import HOSTILE, SHOWN_BY_OTHERS, VIEWS, Texts
from utils import displays, paths
from utils.displays.frame import Frame

UTILS = paths.ROOT / "utils"
SHOWS_ITSELF = {"_repr_mimebundle_", "_repr_html_", "_repr_markdown_", "_ipython_display_"}
LARGEST = 200_000

MADE_BY_FUNCTIONS = {
    "analysis/model_card.py:ModelCard",
    "displays/events.py:LiveFrame",
    "displays/frame.py:Frame",
    "displays/views/base.py:View",
    "displays/views/source.py:Source",
}
"""Classes that show themselves and are made by the functions in the list."""


@pytest.fixture(autouse=True)
def enabled(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The What-If Tool's widget is the workbook's own while the displays are on."""
    InteractiveShell.instance()
    displays.enable()
    yield
    displays.disable()


class Skeleton(HTMLParser):
    """The elements of a page with their attributes' names, and all its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, ...]] = Counter()
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.update([(tag, *sorted(name for name, _ in attrs))])
        self.words += "".join(f"\n{value}" for _, value in attrs)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.words += data


def markup(made: Any) -> str:
    """What a front end takes for HTML: a view's page, and the picture that a script puts into it."""
    if isinstance(made, Frame):
        return made.html(embed=False)
    if hasattr(made, "html"):
        return made.html() + getattr(made, "picture", "")
    return bundle(made).get("text/html", "")


def bundle(made: Any) -> dict[str, str]:
    return made._repr_mimebundle_() if hasattr(made, "_repr_mimebundle_") else {}


def plain(made: Any) -> str:
    return made.text() if hasattr(made, "text") else bundle(made).get("text/plain", repr(made))


def markdown(made: Any) -> str:
    if hasattr(made, "_repr_markdown_"):
        return made._repr_markdown_()
    return bundle(made).get("text/markdown", "")


@pytest.mark.parametrize("name", VIEWS)
def test_hostile_text_is_no_markup(name: str, tmp_path: Path) -> None:
    harmless, hostile = (
        Texts(tmp_path / "harmless", "x" * len(HOSTILE)),
        Texts(tmp_path / "hostile"),
    )
    pages = []
    for text in (harmless, hostile):
        text.folder.mkdir()
        pages.append(Skeleton(markup(VIEWS[name](text))))
    assert pages[1].elements == pages[0].elements
    if pages[1].words:
        assert [one for one in hostile.shown if one not in pages[1].words] == []


@pytest.mark.parametrize("name", VIEWS)
def test_the_plain_text_keeps_it(name: str, tmp_path: Path) -> None:
    text = Texts(tmp_path)
    made = VIEWS[name](text)
    said = (
        html.unescape(re.sub(r"\\(.)", r"\1", plain(made)))
        if markdown(made) == plain(made)
        else plain(made)
    )
    assert text.shown
    assert [one for one in text.shown if one not in said] == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_terminal_gets_nothing_that_it_obeys(name: str, tmp_path: Path) -> None:
    made = VIEWS[name](Texts(tmp_path, "\x1b[2J\x9b31m\r\x07"))
    for said in (plain(made), repr(made)):
        assert [one for one in said if one != "\n" and unicodedata.category(one) == "Cc"] == []


@pytest.mark.parametrize(
    "name", ["analysis/model_card.py:model_card", "displays/views/source.py:source"]
)
def test_it_is_no_markdown_either(name: str, tmp_path: Path) -> None:
    first, *lines, last = markdown(VIEWS[name](Texts(tmp_path))).splitlines()
    if first.startswith("```"):
        assert first.rstrip("python") == last
        assert not any(line.startswith(last) for line in lines)
    else:
        assert not re.search(r"[<>]|(?<!\\)`", "\n".join([first, *lines, last]))


@pytest.mark.parametrize("name", [name for name in VIEWS if "model_card" not in name])
def test_a_text_of_a_million_characters_stays_small(name: str, tmp_path: Path) -> None:
    made = VIEWS[name](Texts(tmp_path, "x" * 1_000_000))
    assert len(markup(made)) < LARGEST


def file_of(module: str, name: str) -> str:
    """The file below ``utils`` that a name is imported from, with the name."""
    below = module.removeprefix("utils").strip(".").replace(".", "/")
    return (
        f"{below}.py:{name}" if (UTILS / f"{below}.py").is_file() else f"{below}/__init__.py:{name}"
    )


def test_every_view_is_in_the_list() -> None:
    trees = {
        file.relative_to(UTILS).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in UTILS.rglob("*.py")
        if UTILS / "project" not in file.parents
    }
    known = {
        file: {
            alias.name: file_of(node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils")
            for alias in node.names
        }
        | {node.name: f"{file}:{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
        for file, tree in trees.items()
    }
    classes = {
        f"{file}:{node.name}": {
            *(one.name for one in node.body if isinstance(one, ast.FunctionDef)),
        }
        for file, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    shown = {name for name, methods in classes.items() if methods & SHOWS_ITSELF}
    found = set()
    for file, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name[0] != "_" and node.returns:
                returned = ast.unparse(node.returns)
                words = {known[file].get(word) for word in re.findall(r"\w+", returned)}
                if words & (shown - VIEWS.keys()) or (
                    file.startswith("displays") and returned == "list[object]"
                ):
                    found.add(f"{file}:{node.name}")
    found |= {name for name in shown if name in VIEWS}
    assert found == {*VIEWS, *SHOWN_BY_OTHERS}
    assert shown - found == MADE_BY_FUNCTIONS
