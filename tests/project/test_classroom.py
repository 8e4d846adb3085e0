from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.notebooks.reading import all_notebooks, exercise_number
from utils import paths
from utils.project import classroom
from utils.project.classroom import ClassError


def markdown(*lines: str) -> dict:
    return {"cell_type": "markdown", "id": "m", "metadata": {}, "source": list(lines)}


def code(source: str) -> dict:
    made = {"cell_type": "code", "id": "c", "metadata": {"tags": ["exercise"]}, "source": [source]}
    return {
        **made,
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "text": ["secret"]}],
    }


HINT = "<details><summary>Hint</summary>\n\nLook at the unit.\n</details>"
SOLVED = "<details>\n<summary>Solution</summary>\n\n```python\nanswer = 42\n```\n</details>"
CELLS = [
    markdown("# 1. One\n", "\n", "[Open in Colab](https://colab) · [Source](x)\n", "\n", "Words."),
    markdown("Think.\n", "\n", *HINT.splitlines(keepends=True)),
    code('answer = ...\ncontext.exercise("1.1", answer)'),
    markdown(*SOLVED.splitlines(keepends=True)),
    markdown(*f"Before.\n\n{SOLVED}\n\nAfter.".splitlines(keepends=True)),
]


def source(folder: Path, cells: list[dict] = CELLS, name: str = "01_one.ipynb") -> Path:
    path = folder / name
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def texts(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def test_solutions_and_launch_links_go_and_hints_stay(tmp_path: Path) -> None:
    made = classroom.write([source(tmp_path)], tmp_path / "class")
    assert (made.notebooks, made.solutions) == (("01_one.ipynb",), 2)
    assert texts(tmp_path / "class/readers/01_one.ipynb") == [
        "# 1. One\n\nWords.",
        f"Think.\n\n{HINT}",
        'answer = ...\ncontext.exercise("1.1", answer)',
        "Before.\n\nAfter.",
    ]
    assert texts(tmp_path / "class/solutions/01_one.ipynb") == ["".join(c["source"]) for c in CELLS]
    assert "one notebook without" in (tmp_path / "class/README.md").read_text("utf-8")
    for copy in (tmp_path / "class").rglob("*.ipynb"):
        assert "secret" not in copy.read_text("utf-8"), "what was run before is nobody's answer"
    assert (tmp_path / "class").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("held", ["a file", "a hidden file", "a file in its place"])
def test_a_folder_that_holds_something_is_refused(tmp_path: Path, held: str) -> None:
    to = tmp_path / "class"
    if held == "a file in its place":
        kept = to
    else:
        to.mkdir()
        kept = to / (".hidden" if "hidden" in held else "notes.txt")
    kept.write_text("mine", "utf-8")
    with pytest.raises(ClassError, match=r"TO=\.\./class"):
        classroom.write([source(tmp_path)], to)
    assert kept.read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_one.ipynb", "class"]


def test_an_empty_folder_is_filled_also_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    classroom.write([source(tmp_path)], tmp_path / "link")
    assert (tmp_path / "real/readers/01_one.ipynb").is_file()
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"nbformat": 4}', '{"cells": [{}]}'])
def test_nothing_is_left_when_a_notebook_cannot_be_read(tmp_path: Path, content: str) -> None:
    good, bad = source(tmp_path), tmp_path / "02_bad.ipynb"
    bad.write_text(content, "utf-8")
    with pytest.raises(ClassError, match=r"02_bad\.ipynb is not a notebook"):
        classroom.write([good, bad], tmp_path / "class")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["01_one.ipynb", "02_bad.ipynb"]


def test_chapters_are_chosen(tmp_path: Path) -> None:
    for name in ("01_one.ipynb", "02_two.ipynb", "A_last.ipynb"):
        source(tmp_path, name=name)
    chosen = classroom.choose(tmp_path, "A, 1 01")
    assert [path.name for path in chosen] == ["01_one.ipynb", "A_last.ipynb"]
    assert len(classroom.choose(tmp_path, " ")) == 3
    with pytest.raises(ValueError, match="7"):
        classroom.choose(tmp_path, "1 7")


def test_the_command_says_what_it_did_or_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notebooks").mkdir()
    source(tmp_path / "notebooks")
    monkeypatch.setattr(paths, "NOTEBOOKS", tmp_path / "notebooks")
    assert classroom.main(["--to", str(tmp_path / "class"), "--chapter", ""]) == 0
    assert "lacks their 2 solutions" in capsys.readouterr().out
    assert classroom.main(["--to", str(tmp_path / "class")]) == 1
    assert "holds something already" in capsys.readouterr().err
    assert classroom.main(["--to", str(tmp_path / "other"), "--chapter", "9"]) == 1
    assert not (tmp_path / "other").exists()


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("classroom") / "class"
    classroom.write(classroom.choose(paths.NOTEBOOKS, ""), to)
    return to


@pytest.mark.parametrize("notebook", all_notebooks(), ids=lambda one: one.path.stem)
def test_a_chapters_copy_lacks_its_solutions_and_nothing_else(copies: Path, notebook) -> None:
    lean = json.loads((copies / "readers" / notebook.path.name).read_text("utf-8"))["cells"]
    whole = json.loads((copies / "solutions" / notebook.path.name).read_text("utf-8"))["cells"]
    kept = [cell for cell in whole if cell["cell_type"] == "code"]
    assert [cell for cell in lean if cell["cell_type"] == "code"] == kept, "the checks still work"
    words = "\n\n".join("".join(c["source"]) for c in lean if c["cell_type"] == "markdown")
    assert "ummary>Solution" not in words
    assert "colab.research" not in words
    for exercise in notebook.tagged("exercise"):
        solution = notebook.solution(exercise)
        assert solution, exercise_number(exercise)
        assert solution not in words
    before = "\n\n".join(cell.source for cell in notebook.of_kind("markdown"))
    gone = re.sub(r"(?s)<details>.*?</details>|\[Open in Colab\][^\n]*", "", before)
    assert words.split() == gone.split(), "what is not a solution stays"


def test_the_copies_with_solutions_are_the_chapters(copies: Path) -> None:
    for notebook in all_notebooks():
        copy = json.loads((copies / "solutions" / notebook.path.name).read_text("utf-8"))
        assert ["".join(c["source"]) for c in copy["cells"]] == [c.source for c in notebook.cells]
