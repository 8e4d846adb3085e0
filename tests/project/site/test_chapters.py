from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.project.site import sample
from utils import paths
from utils.project.launch_links import Repository
from utils.project.site import chapters
from utils.project.site.chapters import Goal, Part, View


def test_a_chapter_says_what_it_teaches() -> None:
    chapter = chapters.read("01_beginning", sample.first())
    assert (chapter.number, chapter.title, chapter.minutes) == ("1", "Beginning: a first look", 30)
    assert chapter.introduction == "A **paragraph** that introduces the chapter."
    assert chapter.goals == (
        Goal("See a view", "and click in it."),
        Goal("Read", "words: many of them."),
    )


def test_a_chapter_may_say_little() -> None:
    chapter = chapters.read("A_appendix", sample.second())
    assert (chapter.number, chapter.goals, chapter.minutes) == ("A", (), None)


@pytest.mark.parametrize(
    ("takes", "found"),
    [
        ("About 60 minutes to read, and up to 2 GB of memory.", (60, 0, 2)),
        ("About 60 minutes to read the core, and 15 more for *Going further*.", (60, 15, None)),
        ("About 70 minutes to read, and 35 for *Going further*; 2.5 GB of memory.", (70, 35, 2.5)),
        ("No time at all.", (None, 0, None)),
    ],
)
def test_a_chapter_says_what_it_takes(takes: str, found: tuple) -> None:
    cell = nbformat.v4.new_markdown_cell(f"# 1. One\n\n### What it takes\n{takes}")
    chapter = chapters.read("01_one", nbformat.v4.new_notebook(cells=[cell]))
    assert (chapter.minutes, chapter.further, chapter.memory) == found


def test_a_chapter_lists_its_views() -> None:
    chapter = chapters.read("01_beginning", sample.first())
    assert chapter.views == (View("Sample view: quokka", True, "view-1"),)
    drawn = '<p class="workbook-view-title">A &amp; B</p><div class="workbook-view-picture"></div>'
    assert chapters.view(sample.shown(text_html=drawn), 4) == View("A & B", False, "view-5")
    assert chapters.view(sample.shown(text_html=drawn.partition("<div")[0]), 4) is None


def test_chapters_are_grouped_as_in_the_readme() -> None:
    one, other = (
        chapters.read(stem, made())
        for stem, made in (("01_beginning", sample.first), ("A_appendix", sample.second))
    )
    readme = "| **Last** | | |\n| [A. Appendix](notebooks/A_appendix.ipynb) | Look | |\n"
    assert chapters.parts(readme, [one, other]) == [Part("Last", (other,)), Part("", (one,))]


def test_every_chapter_of_the_workbook_is_in_a_part() -> None:
    found = [
        chapters.read(path.stem, nbformat.read(path, as_version=4))
        for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))
    ]
    grouped = chapters.parts((paths.ROOT / "README.md").read_text("utf-8"), found)
    assert all(part.title for part in grouped)
    assert [chapter for part in grouped for chapter in part.chapters] == found


def test_links_lead_to_the_notebook() -> None:
    links = chapters.read("01_beginning", sample.first()).links(Repository("me/fork", "main"))
    assert list(links) == ["Open in Colab", "Open in Binder", "Source"]
    assert all(link.endswith("notebooks/01_beginning.ipynb") for link in links.values())
    assert links["Source"] == "https://github.com/me/fork/blob/main/notebooks/01_beginning.ipynb"


@pytest.mark.parametrize("cells", [[], ["words"]])
def test_a_notebook_without_a_title_is_a_clear_error(cells: list[str]) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(cell) for cell in cells])
    with pytest.raises(ValueError, match=r"02_x\.ipynb does not begin with a Markdown cell"):
        chapters.read("02_x", made)


def test_a_link_to_a_chapter_that_is_not_executed_is_a_clear_error(tmp_path: Path) -> None:
    first, second = "01_introduction", "C_operating_kubeflow_pipelines"
    text = f"[one]({first}.ipynb), [another]({second}.ipynb#ends), [a file of the reader's](mine.ipynb)"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    nbformat.write(notebook, tmp_path / f"{first}.ipynb")
    with pytest.raises(
        ValueError, match=rf"not executed yet \({second}\).* `make run CHAPTER=C` one"
    ):
        chapters.executed(tmp_path)
    nbformat.write(notebook, tmp_path / f"{second}.ipynb")
    assert [path.stem for path in chapters.executed(tmp_path)] == [first, second]


def test_nothing_executed_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="call `make run` first"):
        chapters.executed(tmp_path)


def test_the_workbook_s_own_chapters_say_all_of_it() -> None:
    for path in sorted(paths.NOTEBOOKS.glob("*.ipynb")):
        chapter = chapters.read(path.stem, nbformat.read(path, as_version=4))
        assert chapter.number, path.name
        assert 3 <= len(chapter.goals) <= 6, path.name
        assert chapter.minutes, path.name
        assert chapter.memory, path.name
