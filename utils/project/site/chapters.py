"""What a chapter's notebook says of itself: title, introduction, goals, minutes, memory, views; and the parts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from utils import paths
from utils.project.launch_links import Repository

if TYPE_CHECKING:
    from nbformat import NotebookNode

LAUNCH = re.compile(r"^\[Open in Colab\]\(.*$", re.M)
"""The line of launch links below a notebook's title."""

_GOAL = re.compile(r"^- \*\*(?P<lead>[^*]+)\*\*(?P<rest>.*)$", re.M)


_VIEW = re.compile(
    r"<summary>(?P<live>[^<]*)\(as a table\)</summary>"
    r'|<p class="workbook-view-title">(?P<drawn>[^<]*)</p>(?=.*<div class="workbook-view-picture">)',
    re.S,
)
_PART = re.compile(r"^\| \*\*(?P<title>[^*|]+)\*\* \|", re.M)
_LINK = re.compile(r"\]\((\w+)\.ipynb[)#]")
_ROW = re.compile(r"\]\(notebooks/(?P<stem>[^)]+)\.ipynb\)")


@dataclass(frozen=True)
class Goal:
    """One line of "In this chapter you will".

    Attributes:
        lead: Its beginning, which is set in bold.
        rest: What follows.
    """

    lead: str
    rest: str


@dataclass(frozen=True)
class View:
    """A view among a notebook's outputs: a live interface, or a drawing.

    Attributes:
        title: What it is called.
        live: Whether it is an interface, which answers clicks.
        anchor: Where it stands in the chapter's page.
    """

    title: str
    live: bool
    anchor: str


@dataclass(frozen=True)
class Chapter:
    """A chapter.

    Attributes:
        stem: Its notebook's name without the ending, such as ``04_data_validation``.
        number: Its number or letter, such as ``4``; empty for a notebook that has none.
        title: Its title without the number.
        introduction: The first paragraph, in Markdown.
        goals: What the reader will do.
        minutes: Minutes to read; None where the notebook does not say.
        further: Minutes that the sections called *Going further* take besides.
        memory: Memory that it needs, in GB (10^9 bytes); None where the notebook does not say.
        views: The views among its outputs, in order.
    """

    stem: str
    number: str
    title: str
    introduction: str
    goals: tuple[Goal, ...]
    minutes: int | None
    further: int = 0
    memory: float | None = None
    views: tuple[View, ...] = ()

    @property
    def page(self) -> str:
        """Its page in the site."""
        return f"{self.stem}.html"

    @property
    def path(self) -> str:
        """Its notebook's path in the repository."""
        return f"notebooks/{self.stem}.ipynb"

    def links(self, repository: Repository) -> dict[str, str]:
        """Return the addresses that open the notebook, by what they open it in.

        Args:
            repository: Where the workbook is published.
        """
        return {
            "Open in Colab": repository.colab(self.path),
            "Open in Binder": repository.binder(self.path),
            "Source": f"{repository.address}/blob/{repository.branch}/{self.path}",
        }


def plain(markdown: str) -> str:
    """Return a line of Markdown as plain text: without marks of code, emphasis and links.

    Args:
        markdown: The line.
    """
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[`*]", "", text).strip()


@dataclass(frozen=True)
class Part:
    """A part of the workbook, as the README groups the chapters.

    Attributes:
        title: Its title; empty for chapters that the README does not have.
        chapters: Its chapters, in order.
    """

    title: str
    chapters: tuple[Chapter, ...]


def parts(readme: str, chapters: Sequence[Chapter]) -> list[Part]:
    """Group chapters as the README's table does.

    Args:
        readme: The README's text.
        chapters: The chapters, in order.

    Returns:
        The parts that have chapters, in order; those that the table lacks come last.
    """
    titles: dict[str, str] = {}
    title = ""
    for line in readme.splitlines():
        if heading := _PART.match(line):
            title = heading["title"]
        elif line.startswith("| [") and (row := _ROW.search(line)):
            titles.setdefault(row["stem"], title)
    order = dict.fromkeys([*titles.values(), ""])
    grouped = {
        one: tuple(chapter for chapter in chapters if titles.get(chapter.stem, "") == one)
        for one in order
    }
    return [Part(one, found) for one, found in grouped.items() if found]


def view(output: NotebookNode, number: int) -> View | None:
    """Return the view that an output is.

    Args:
        output: An output of a code cell.
        number: How many views stand before it in the notebook.

    Returns:
        The view; None if the output is something else, such as a table.
    """
    page = output.get("data", {}).get("text/html", "")
    found = _VIEW.search(page) if "workbook-" in page else None
    if found is None:
        return None
    title = html.unescape(found["live"] or found["drawn"]).strip()
    return View(title, found["live"] is not None, f"view-{number + 1}")


def outputs(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, View]]:
    """Yield the outputs of a notebook that are views.

    Args:
        notebook: The notebook.

    Yields:
        The output, and the view that it is.
    """
    number = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if found := view(output, number):
                number += 1
                yield output, found


def read(stem: str, notebook: NotebookNode) -> Chapter:
    """Read a chapter from its notebook.

    Args:
        stem: The notebook's name without the ending.
        notebook: The notebook.

    Returns:
        The chapter.

    Raises:
        ValueError: If the notebook does not begin with a title.
    """
    first = notebook.cells[0] if notebook.cells else None
    heading = re.match(r"# (.+)", first.source) if first and first.cell_type == "markdown" else None
    if first is None or heading is None:
        raise ValueError(
            f"{stem}.ipynb does not begin with a Markdown cell whose first line is `# Title`."
        )
    numbered = re.match(r"(\d+|[A-Z])\. (.+)", heading[1])
    above = LAUNCH.sub("", first.source[heading.end() :].partition("\n### ")[0]).strip()
    goals = first.source.partition("### In this chapter you will\n")[2].partition("\n### ")[0]
    minutes = re.search(r"About (\d+) minutes to read", first.source)
    further = re.search(r"and (\d+)(?: more)? for \*Going further\*", first.source)
    memory = re.search(r"(\d+(?:\.\d+)?) GB of memory", first.source)
    return Chapter(
        stem=stem,
        number=numbered[1] if numbered else "",
        title=plain(numbered[2] if numbered else heading[1]),
        introduction=above.split("\n\n")[0],
        goals=tuple(
            Goal(plain(goal["lead"]), plain(goal["rest"].lstrip(":, ")))
            for goal in _GOAL.finditer(goals)
        ),
        minutes=int(minutes[1]) if minutes else None,
        further=int(further[1]) if further else 0,
        memory=float(memory[1]) if memory else None,
        views=tuple(found for _, found in outputs(notebook)),
    )


def executed(folder: Path) -> list[Path]:
    """Return the executed notebooks.

    Args:
        folder: Where ``make run`` writes them.

    Returns:
        The notebooks, in the order of their names.

    Raises:
        ValueError: If there is none, or one links to a chapter that is not executed yet.
    """
    found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    if not found:
        raise ValueError(f"There are no executed notebooks in {folder}: call `make run` first.")
    linked = {stem for path in found for stem in _LINK.findall(path.read_text("utf-8"))}
    left = sorted(
        (linked & {path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")})
        - {path.stem for path in found}
    )
    if left:
        raise ValueError(
            f"Chapters link to others that are not executed yet ({', '.join(left)}): `make run` executes all, "
            f"`make run CHAPTER={left[0].partition('_')[0]}` one."
        )
    return found
