"""What the pages at the root take from the notebooks is what stands in the notebooks."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from utils import paths
from utils.project import tables
from utils.project.tables import TableError

HEAD = """# {number}. A chapter

### What it takes
About {minutes} minutes to read, exercises included, {more}and up to {memory} GB of memory.
"""

CLOSING = """## What you learned
- Much.

## In your own project
What this chapter calls by a short name, and the call behind it:

| Here | In a repository of your own |
| --- | --- |
| `ours()` | `theirs(...)` ([chapter 2](02_b.ipynb)) |

A word on versions.

**An open task.** Do it.

## Where to go next
| Not | this |
"""


def notebook(folder: Path, name: str, **head: object) -> Path:
    values = {"number": name.partition("_")[0].lstrip("0"), "minutes": 60, "more": "", "memory": 2}
    cells = [HEAD.format(**{**values, **head}), CLOSING]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(cell) for cell in cells])
    path = folder / f"{name}.ipynb"
    nbformat.write(made, path)
    return path


@pytest.fixture
def two(tmp_path: Path) -> list:
    notebook(tmp_path, "01_a")
    notebook(tmp_path, "02_b", minutes=75, more="and 45 more for *Going further*, ", memory=2.5)
    return tables.notebooks(tmp_path)


def test_hours_and_memory_are_summed_up(two: list) -> None:
    said = tables.hours([chapter for chapter, _ in two])
    assert "about 2.5 for all 2 notebooks" in said  # 135 minutes, to the nearest half hour
    assert "60 to 75 minutes each" in said
    assert "adds 1.\n" in said
    assert "up to 2 GB for a chapter, chapter 2 up to 2.5." in said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0"), (29, "0.5"), (60, "1"), (1110, "18.5"), (1124, "18.5"), (1125, "19")],
)
def test_minutes_become_half_hours(minutes: int, said: str) -> None:
    assert tables.half_hours(minutes) == said


def test_a_session_is_introduced_worked_through_and_discussed(
    two: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "COURSES", (("Both", ("1", "2")),))
    plan = tables.plan([chapter for chapter, _ in two])
    assert "| [2. A chapter](notebooks/02_b.ipynb) | 10 | 75 | 20 | 105 | 45 | 2.5 |" in plan
    assert "| Both | 1, 2 | 3.5 |" in plan  # 90 and 105 minutes
    assert "| Everything | 1, 2 | 3.5 |" in plan


def test_a_closing_table_goes_up_to_the_open_task(two: list) -> None:
    page = tables.stands_for(two)
    assert page.count("| `ours()` | `theirs(...)` ([chapter 2](notebooks/02_b.ipynb)) |") == 2
    assert page.count("A word on versions.") == 2
    assert "An open task" not in page
    assert "Not" not in page
    assert "## [1. A chapter](notebooks/01_a.ipynb)" in page


def test_a_chapter_without_a_table_or_a_head_is_named(tmp_path: Path) -> None:
    path = notebook(tmp_path, "01_a")
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("| `ours()`", "`ours()`"), "utf-8")
    with pytest.raises(TableError, match=r"01_a\.ipynb has no table"):
        tables.stands_for(tables.notebooks(tmp_path))
    path.write_text(whole.replace("GB of memory", "much"), "utf-8")
    with pytest.raises(TableError, match=r"head of 01_a\.ipynb does not say"):
        tables.notebooks(tmp_path)


def test_a_table_is_put_where_the_page_wants_it() -> None:
    page = "before\n<!-- x: made by `make tables` -->\nold\nolder\n<!-- /x -->\nafter\n"
    made = tables.put(page, "x", "a \\1 b")
    assert made == page.replace("old\nolder", "a \\1 b")
    assert tables.put(page.replace("old\nolder\n", ""), "x", "a \\1 b") == made
    for wrong in ("no place", page * 2):
        with pytest.raises(TableError, match="instead of one"):
            tables.put(wrong, "x", "a")


def test_the_pages_are_what_make_tables_writes() -> None:
    for page, text in tables.pages(paths.ROOT).items():
        assert page.read_text("utf-8") == text, f"{page.name} is behind (cure: make tables)"


def test_every_chapter_has_its_shortcuts_on_the_page() -> None:
    page = (paths.ROOT / "STANDS_FOR.md").read_text("utf-8")
    for chapter, read in tables.notebooks(paths.NOTEBOOKS):
        lines = tables.shortcuts(chapter, read).splitlines()
        assert sum(line.startswith("| `") for line in lines) >= 5, chapter.stem
        assert f"]({chapter.path})\n\n{lines[0]}" in page


def test_pages_that_are_behind_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("README.md", "INSTRUCTORS.md"):
        shutil.copy(paths.ROOT / name, tmp_path)
    (tmp_path / "notebooks").symlink_to(paths.NOTEBOOKS)
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    assert tables.main() == 0
    assert capsys.readouterr().out == "STANDS_FOR.md is written anew.\n"
    assert tables.main() == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "README.md").write_text("nothing", "utf-8")
    assert tables.main() == 1
    assert "`hours" in capsys.readouterr().err.replace("'hours", "`hours")
