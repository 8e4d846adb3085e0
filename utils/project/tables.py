"""``make tables``: what the pages at the root take from the notebooks, so that nobody copies it by hand.

From the chapters' heads come the hours and the memory in ``README.md`` and the session plan in ``INSTRUCTORS.md``,
each between two comments that name it; from their closing tables, "In your own project", the whole ``STANDS_FOR.md``.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from utils import paths
from utils.errors import WorkbookError
from utils.files import atomic_text
from utils.project.site.chapters import Chapter, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

HEADING = "## In your own project\n"
"""What a chapter's closing table stands below."""

INTRODUCE, DISCUSS = 10, 20
"""Minutes of a session in class besides those of the chapter: to introduce it, and to discuss its open task."""

COURSES = (
    ("An afternoon", ("1", "4")),
    ("A day", ("1", "4", "5", "7")),
    ("Two days", ("1", "2", "3", "4", "5", "6", "7")),
    ("Three days, with serving and orchestration", (*map(str, range(1, 9)), "10", "11")),
)
"""Choices of chapters that make a course, each with a name."""


class TableError(WorkbookError):
    """A notebook or a page that lacks what a table is made from, or the place for it."""


def notebooks(folder: Path) -> list[tuple[Chapter, NotebookNode]]:
    """Read all chapters.

    Args:
        folder: The notebooks' folder.

    Returns:
        What each says of itself, and the notebook, in the order of their names.

    Raises:
        TableError: If a notebook says nothing of minutes or memory in its first cell.
    """
    import nbformat

    found = []
    for path in sorted(folder.glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        chapter = read(path.stem, notebook)
        if chapter.minutes is None or chapter.memory is None:
            raise TableError(
                f"The head of {path.name} does not say how many minutes or how much memory the chapter takes.",
                'Write "About 60 minutes to read … 2 GB of memory." below "What it takes".',
            )
        found.append((chapter, notebook))
    return found


def half_hours(minutes: int) -> str:
    """Return a time in hours, to the nearest half.

    Args:
        minutes: The time.

    Returns:
        Such as ``"18.5"`` or ``"3"``.
    """
    return f"{(minutes + 15) // 30 / 2:g}"


def hours(chapters: Sequence[Chapter]) -> str:
    """Return the sentence on hours and memory.

    Args:
        chapters: The chapters.

    Returns:
        Markdown.
    """
    reading = [chapter.minutes or 0 for chapter in chapters]
    usual = statistics.mode(chapter.memory or 0 for chapter in chapters)
    more = [chapter for chapter in chapters if (chapter.memory or 0) > usual]
    exceptions = "".join(f", {_name(one)} up to {one.memory:g}" for one in more)
    return (
        f"- **Hours**: about {half_hours(sum(reading))} for all {len(chapters)} notebooks with their exercises, "
        f"{min(reading)} to {max(reading)} minutes each. What they call *Going further* adds "
        f"{half_hours(sum(chapter.further for chapter in chapters))}.\n"
        f"- **Memory**: up to {usual:g} GB for a chapter{exceptions}."
    )


def _name(chapter: Chapter) -> str:
    return f"{'chapter' if chapter.number.isdigit() else 'appendix'} {chapter.number}"


def plan(chapters: Sequence[Chapter]) -> str:
    """Return the session plan.

    Args:
        chapters: The chapters.

    Returns:
        Markdown: a table with one session for each chapter, in minutes, and one with the choices of :data:`COURSES`.
    """
    lines = [
        "| Session | Introduce | Work through | Discuss | In all | At home: *Going further* | Memory, GB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in chapters:
        link = f"[{one.number}. {one.title}]({one.path})"
        whole = INTRODUCE + (one.minutes or 0) + DISCUSS
        figures = f"{INTRODUCE} | {one.minutes} | {DISCUSS} | {whole} | {one.further or ''} | {one.memory:g}"
        lines.append(f"| {link} | {figures} |")
    lines += ["", "| Course | Chapters | Hours in class |", "| --- | --- | ---: |"]
    minutes = {one.number: one.minutes or 0 for one in chapters}
    courses = (*COURSES, ("Everything", tuple(minutes)))
    for name, wanted in courses:
        whole = sum(INTRODUCE + minutes[number] + DISCUSS for number in wanted)
        lines.append(f"| {name} | {', '.join(wanted)} | {half_hours(whole)} |")
    return "\n".join(lines)


def shortcuts(chapter: Chapter, notebook: NotebookNode) -> str:
    """Return a chapter's closing table.

    Args:
        chapter: What the notebook says of itself.
        notebook: The notebook.

    Returns:
        Markdown: the table, and what is said below it, up to the open task.

    Raises:
        TableError: If there is none.
    """
    cells = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    section = next((text.split(HEADING, 1)[1] for text in cells if HEADING in text), "")
    table = re.search(r"^\|.*?(?=\n\n\*\*An open task|\n## |\Z)", section, re.S | re.M)
    if table is None or table[0].count("\n|") < 2:
        raise TableError(
            f"{chapter.stem}.ipynb has no table below {HEADING.strip()!r}.",
            "Write one, with a line for each shortcut of the chapter and the call that it stands for.",
        )
    return re.sub(r"\]\((?=[\w-]+\.ipynb)", "](notebooks/", table[0].strip())


def stands_for(found: Sequence[tuple[Chapter, NotebookNode]]) -> str:
    """Return the page of all shortcuts.

    Args:
        found: The chapters and their notebooks.

    Returns:
        The text of ``STANDS_FOR.md``.
    """
    parts = [
        "# What stands for what\n\n"
        "The chapters teach TFX by its own calls. What has been written out once is then called by a short name of\n"
        "this workbook. Here is every such name, chapter by chapter, with the genuine call that it stands for: with\n"
        "the right column you can write the same in a repository of your own, without a line of ours.\n\n"
        "`make export TO=../my-pipeline` writes the whole example pipeline in that way.\n\n"
        '<!-- Made by `make tables` from the chapters\' sections "In your own project"; change it there. -->'
    ]
    for chapter, notebook in found:
        heading = f"## [{chapter.number}. {chapter.title}]({chapter.path})"
        parts.append(f"{heading}\n\n{shortcuts(chapter, notebook)}")
    return "\n\n".join(parts) + "\n"


def put(text: str, name: str, made: str, by: str = "make tables") -> str:
    """Return a page with one of its tables made anew.

    Args:
        text: The page.
        name: The table's name, which stands in the comments around it.
        made: The table.
        by: The command that makes it.

    Returns:
        The page, otherwise unchanged.

    Raises:
        TableError: If the page has no such place, or more than one.
    """
    place = re.compile(
        rf"(<!-- {name}: made by `{by}` -->\n)(?:.*?\n)?(<!-- /{name} -->)", re.DOTALL
    )
    changed, times = place.subn(lambda found: f"{found[1]}{made}\n{found[2]}", text)
    if times != 1:
        raise TableError(
            f"A page has {times} places for the table {name!r} instead of one.",
            f"Put `<!-- {name}: made by `{by}` -->` and `<!-- /{name} -->` around its place, each on a line.",
        )
    return changed


def pages(root: Path) -> dict[Path, str]:
    """Return what the pages ought to be.

    Args:
        root: The repository.

    Returns:
        The text of each page, by its path.

    Raises:
        TableError: If a notebook or a page lacks something.
        OSError: If a page is missing.
    """
    found = notebooks(root / "notebooks")
    chapters = [chapter for chapter, _ in found]
    inserted: tuple[tuple[str, str, Callable[[Sequence[Chapter]], str]], ...] = (
        ("README.md", "hours", hours),
        ("INSTRUCTORS.md", "plan", plan),
    )
    made = {root / "STANDS_FOR.md": stands_for(found)}
    for page, name, make in inserted:
        made[root / page] = put((root / page).read_text("utf-8"), name, make(chapters))
    return made


def main() -> int:
    """Run the command line.

    Returns:
        0; 1 with a message if a notebook or a page lacks something.
    """
    try:
        made = pages(paths.ROOT)
    except (WorkbookError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    for page, text in made.items():
        if not page.exists() or page.read_text("utf-8") != text:
            with atomic_text(page) as file:
                file.write(text)
            print(f"{page.name} is written anew.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
