from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import nbformat

from tests.project.site import sample
from utils import files, paths
from utils.project.launch_links import Repository
from utils.project.site import source
from utils.project.site.chapters import read

REPOSITORY = Repository("me/fork", "main")


def prepared() -> nbformat.NotebookNode:
    notebook = sample.first()
    return source.page(notebook, read("01_beginning", notebook), REPOSITORY)


def test_launch_links_become_buttons_of_this_repository() -> None:
    first = prepared().cells[0].source
    assert "[Open in Colab]" not in first
    assert 'class="workbook-launch"' in first
    assert (
        "https://colab.research.google.com/github/me/fork/blob/main/notebooks/01_beginning" in first
    )


def test_a_page_without_launch_links_gets_buttons_too() -> None:
    notebook = sample.second()
    first = source.page(notebook, read("A_appendix", notebook), REPOSITORY).cells[0].source
    assert first.startswith("# A. Appendix")
    assert "workbook-launch" in first
    assert first.rstrip().endswith("Short.")


def test_each_output_keeps_the_form_that_a_page_shows() -> None:
    cells = prepared().cells
    assert list(cells[3].outputs[0].data) == ["text/html"]
    assert [one.output_type for one in cells[4].outputs] == ["display_data", "stream", "error"]
    assert list(cells[4].outputs[0].data) == ["text/html"]


def test_a_widget_that_needs_a_kernel_is_left_out() -> None:
    made = prepared()
    assert made.cells[5].outputs == []
    assert "widgets" not in made.metadata


def test_the_set_up_cell_is_folded() -> None:
    assert prepared().cells[1].metadata.tags == ["setup", "hide-input"]


def test_the_notebook_itself_stays_as_it_is() -> None:
    notebook = sample.first()
    source.page(notebook, read("01_beginning", notebook), REPOSITORY)
    before = sample.first()
    for cell, other in zip(notebook.cells, before.cells, strict=True):
        assert (cell.source, cell.metadata) == (other.source, other.metadata)
    assert len(notebook.cells[5].outputs) == 1


def test_empty_headers_become_cells_and_regions_get_names_of_their_own() -> None:
    regions: Counter[str] = Counter()
    one = '<th scope="row" dir="auto"></th><th class="blank">&nbsp;</th><th>0</th>'
    assert source.accessible(one, regions) == (
        '<td dir="auto"></td><td class="blank"></td><th>0</th>'
    )
    region = '<div role="region" aria-label="Rows">'
    assert source.accessible(region, regions) == region
    assert source.accessible(region, regions) == '<div role="region" aria-label="Rows (2)">'


def test_all_that_sphinx_reads_is_laid_out(tmp_path: Path) -> None:
    executed = sample.write(tmp_path / "executed")
    to = tmp_path / "source"
    to.mkdir()
    (to / "old.md").touch()
    files.mark(to)
    chapters = source.lay_out(sorted(executed.iterdir()), paths.DATA / "README.md", REPOSITORY, to)
    assert [chapter.stem for chapter in chapters] == ["01_beginning", "A_appendix"]
    for name in (
        "conf.py",
        "index.md",
        "views.md",
        "data.md",
        "01_beginning.ipynb",
        "static/site.css",
    ):
        assert (to / name).is_file(), name
    assert not (to / "old.md").exists()
    cover = (to / "index.md").read_text("utf-8")
    assert "x &lt; y &amp; &#34;z&#34;" in cover
    assert "See a view" in cover
    assert (to / "static" / "thumbnails" / "A_appendix.svg").read_text("utf-8").count(">A<") == 1
    told = json.loads((to / source.SETTINGS).read_text("utf-8"))
    assert told["address"] == "https://github.com/me/fork"
    (part,) = told["parts"]
    assert [chapter["page"] for chapter in part["chapters"]] == ["01_beginning", "A_appendix"]
    index = (to / "views.md").read_text("utf-8")
    assert '<a href="01_beginning.html#view-1">Sample view: quokka</a>' in index


def test_a_view_can_be_linked() -> None:
    made = prepared()
    assert made.cells[3].outputs[0].data["text/html"].startswith('<span id="view-1"></span>')
