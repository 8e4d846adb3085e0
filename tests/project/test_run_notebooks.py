from __future__ import annotations

import io
import json
from pathlib import Path

import nbformat
import pytest

from utils.project.run_notebooks import (
    Result,
    chapter,
    clock,
    find,
    gallery,
    report,
    run,
    short_error,
)

FIND_ROOT = """\
from pathlib import Path

root = next(folder for folder in Path.cwd().parents if (folder / "utils").is_dir())"""


def write(folder: Path, name: str, *sources: str, tags: tuple[str, ...] = ()) -> None:
    folder.mkdir(exist_ok=True)
    cells = [nbformat.v4.new_markdown_cell(f"# {name}")]
    cells += [
        nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}) for source in sources
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    write(folder, "01_introduction", FIND_ROOT, "(root / 'utils' / 'paths.py').exists()")
    write(folder, "02_data", "x = {}", "x['missing']", "print('never')")
    write(folder, "10_components", "import os\n\nos._exit(9)")
    write(folder, "A_docker", "1 / 0", tags=("raises-exception",))
    return folder


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("1", ["01_introduction"]),
        ("01", ["01_introduction"]),
        ("10", ["10_components"]),
        ("a", ["A_docker"]),
        ("A_docker.ipynb", ["A_docker"]),
        ("notebooks/02_data.ipynb", ["02_data"]),
        (" ", ["01_introduction", "02_data", "10_components", "A_docker"]),
    ],
)
def test_a_chapter_is_found_by_any_of_its_names(
    notebooks: Path, wanted: str, expected: list[str]
) -> None:
    assert [notebook.stem for notebook in find(notebooks, wanted)] == expected


def test_an_unknown_chapter_and_an_empty_folder_are_clear_errors(
    notebooks: Path, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="There is no chapter '16'") as caught:
        find(notebooks, "16")
    assert all(name in str(caught.value) for name in ("01_introduction", "A_docker"))
    with pytest.raises(ValueError, match="no notebooks in"):
        find(tmp_path / "empty", "")


def test_notebooks_run_on_copies_and_failures_are_named(notebooks: Path, tmp_path: Path) -> None:
    before = {file: file.read_bytes() for file in notebooks.iterdir()}
    to, build, stream = tmp_path / "executed", tmp_path / "build", io.StringIO()
    results = run(notebooks, "", to, build, stream)
    assert {file: file.read_bytes() for file in notebooks.iterdir()} == before
    good, missing, dead, taught = results
    assert (good.error, taught.error) == ("", "")
    assert (missing.cell, missing.error) == (2, "KeyError: 'missing'")
    assert (dead.cell, "died" in dead.error) == (1, True)
    executed = nbformat.read(to / "01_introduction.ipynb", as_version=4)
    assert executed.cells[2].outputs[0].data["text/plain"] == "True"
    failed = nbformat.read(to / "02_data.ipynb", as_version=4)
    assert failed.cells[2].outputs[0].output_type == "error", "a failing notebook's copy is kept"
    assert failed.cells[3].outputs == []
    names = ["01_introduction", "02_data", "10_components", "A_docker"]
    front = (to / "index.html").read_text("utf-8")
    assert all((to / f"{name}.html").exists() and f'href="{name}.html"' in front for name in names)
    assert [entry["cell"] for entry in json.loads((to / "results.json").read_text())] == [
        0,
        2,
        1,
        0,
    ]
    said = stream.getvalue()
    assert "[ 2/4] 02_data: 3 cells …" in said
    assert "\x1b" not in said, "a file gets plain lines"
    assert not list(build.glob("run-*")), "the scratch tree is gone"
    closing = report(results, to)
    assert "02_data, code cell 2: KeyError: 'missing'" in closing
    assert "2 of 4 notebooks ran" in closing


def test_the_gallery_lists_what_is_there_and_escapes(tmp_path: Path) -> None:
    (tmp_path / "a<b>.html").touch()
    page = gallery(tmp_path, ["a<b>", "not_run"])
    assert "a&lt;b&gt;.html" in page
    assert "not_run" not in page


def test_small_words() -> None:
    assert [chapter(name) for name in ("01_x.ipynb", "15_y.ipynb", "b_z.ipynb")] == ["1", "15", "B"]
    assert [clock(7), clock(67), clock(3599.9)] == ["0:07", "1:07", "59:59"]
    assert short_error("\x1b[31mTraceback\x1b[0m\n\nKeyError: 1\n") == "KeyError: 1"
    assert short_error("KeyError: 1\x1b]0;x\x07\x1b[2J") == "KeyError: 1 ]0;x"
    assert short_error("") == "no message"
    assert report([Result("one", 3, 61.0)], Path("x")).startswith("1 of 1 notebooks ran, in 1:01.")


def test_a_kernel_is_told_that_nobody_will_ask_it_again(tmp_path: Path) -> None:
    write(tmp_path / "notebooks", "03_pages", "import os\n\nos.environ['WORKBOOK_PAGES']")
    (result,) = run(tmp_path / "notebooks", "", tmp_path / "to", tmp_path / "build", io.StringIO())
    assert result.error == ""
