"""The copies in which the exercises are answered, and the pytest plugin under which nbval runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.notebooks import checked, nbval_plugin
from tests.notebooks.answers import WRONG
from tests.notebooks.facts import FACTS, RAISES
from tests.notebooks.reading import Notebook, all_notebooks, exercise_number, read
from utils import paths

NOTEBOOKS = all_notebooks()

CONTEXT = """
class Context:
    def exercise(self, number, answer):
        hints = {1: "Not yet: too small", 9: "Not yet: too large", 5: "Yes: five\\n1 of 1 exercises solved"}
        return Said(hints.get(answer, "Not yet: no number"))

class Said(str):
    __repr__ = str.__str__

context = Context()
"""
QUESTION = 'context.exercise("0.1", answer)'
WRONG_HERE = {"0.1": [("answer = 1", "too small"), ("answer = 9", "too large")]}


def write(path: Path, solution: str = "answer = 5", *more: nbformat.NotebookNode) -> Notebook:
    """A notebook with one exercise, for a context of its own."""
    code, text = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
    printed = f"```python\n{solution}\n{QUESTION}\n```"
    cells = [
        code(CONTEXT),
        code(f"answer = 0  # replace\n{QUESTION}", metadata={"tags": ["exercise"]}),
        text(f"<details><summary>Solution</summary>\n\n{printed}\n</details>"),
        *more,
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return read(path)


def judge(folder: Path, *options: str) -> str:
    """What pytest says when nbval runs the notebooks of a folder with the plugin."""
    command = [
        *(sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env"),
        *("-p", "no:cacheprovider", "-p", "no:randomly"),
        *("-p", "tests.notebooks.nbval_plugin", f"--stores={folder / 'stores'}", *options),
        *map(str, sorted(folder.glob("*.ipynb"))),
    ]  # fmt: skip
    variables = {**os.environ, "WORKBOOK_BUILD": str(folder / "build")}
    (folder / "build").mkdir(exist_ok=True)
    done = subprocess.run(
        command, cwd=paths.ROOT, env=variables, capture_output=True, text=True, check=False
    )
    return done.stdout


def store_of(stores: Path, notebook: str) -> Path:
    """The store that a notebook has run in."""
    found = nbval_plugin.store_of(stores, notebook)
    assert found is not None
    return found


def test_every_exercise_has_wrong_answers_here():
    numbers = [exercise_number(c) for n in NOTEBOOKS for c in n.tagged("exercise")]
    assert sorted(WRONG) == sorted(numbers)
    assert all(len(answers) >= 2 for answers in WRONG.values())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.path.stem)
def test_every_exercise_is_answered_in_the_copy(notebook: Notebook):
    made = [cell for cell in checked.answered(notebook).cells if cell.cell_type == "code"]
    asserting = [cell for cell in made if checked.NAME in cell.source]
    asked = [cell for cell in notebook.of_kind("code") if exercise_number(cell)]
    assert len(asserting) == sum(2 + len(WRONG[exercise_number(cell)]) for cell in asked)
    assert len(made) - len(asserting) == len(notebook.of_kind("code")) - len(asked)
    assert sum("startswith('Yes: ')" in cell.source for cell in asserting) == len(asked)
    ids = [cell.id for cell in made]
    assert len(set(ids)) == len(ids)


def test_every_fact_follows_a_cell_that_is_there_and_asserts_something():
    plain = {c["id"]: c for n in NOTEBOOKS for c in n.raw["cells"]}
    assert set(FACTS) <= set(plain)
    assert not [one for one in FACTS if "context.exercise(" in "".join(plain[one]["source"])]
    names = [name for facts in FACTS.values() for name in facts]
    assert len(set(names)) == len(names)
    assert all("assert " in source for facts in FACTS.values() for source in facts.values())


def test_every_cell_that_is_to_fail_has_its_error_here():
    tagged = {
        cell["id"]
        for notebook in NOTEBOOKS
        for cell in notebook.raw["cells"]
        if "raises-exception" in cell["metadata"].get("tags", ())
    }
    assert set(RAISES) == tagged


def test_a_fact_is_a_cell_behind_the_one_it_is_about(tmp_path: Path):
    cells = [nbformat.v4.new_code_cell(f"n = {n}", id=f"cell-{n}") for n in range(2)]
    made = checked.stated(
        nbformat.v4.new_notebook(cells=cells), {"cell-0": {"n_is_nought": "assert n == 0\n"}}
    )
    assert [cell.id for cell in made.cells] == ["cell-0", "n_is_nought", "cell-1"]
    assert made.cells[1].source == "# n is nought\nassert n == 0"
    nbformat.validate(made)


def test_only_an_answer_can_be_asserted():
    with pytest.raises(ValueError, match="does not end with"):
        checked.split("context.run(example_gen)")
    assert checked.split('a = 1\n\ncontext.exercise("1.1",\n    a)') == (
        "a = 1\n",
        'context.exercise("1.1",\n    a)',
    )


FAILING = {
    "02_solution_is_wrong": ("answer = 1", WRONG_HERE["0.1"]),
    "03_wrong_answer_is_right": (
        "answer = 5",
        [("answer = 5", "five"), ("answer = 9", "too large")],
    ),
    "04_another_hint": (
        "answer = 5",
        [("answer = 1", "no such hint"), ("answer = 9", "too large")],
    ),
}
STORE = """
import os
from pathlib import Path
Path(os.environ["WORKBOOK_STORE"]).mkdir(parents=True, exist_ok=True)
"""
CYCLE = "class InvalidDAGError(Exception): pass\nraise InvalidDAGError('Cycle detected.')"
SPILLS = "import sys\nprint('careful', file=sys.stderr)"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of notebooks, good and bad, and what pytest said of them with two workers."""
    folder = tmp_path_factory.mktemp("judged")
    code = nbformat.v4.new_code_cell
    good = write(folder / "01_good.ipynb", "answer = 5", code(STORE))
    nbformat.write(checked.answered(good, WRONG_HERE), good.path)
    for name, (solution, wrong) in FAILING.items():
        notebook = write(folder / f"{name}.ipynb", solution)
        nbformat.write(checked.answered(notebook, {"0.1": wrong}), notebook.path)
    write(
        folder / "05_spills.ipynb",
        "answer = 5",
        code(SPILLS),
        code(SPILLS, metadata={"tags": ["warns"]}),
        code(CYCLE, id="01-008", metadata={"tags": ["raises-exception"]}),
        code("1 / 1", id="A-106", metadata={"tags": ["raises-exception"]}),
        code("1 / 0", id="15-203", metadata={"tags": ["raises-exception"]}),
    )
    return folder, judge(folder, "-n", "2", "--dist=loadfile", "--no-loadscope-reorder")


def test_nbval_judges_the_exercises_and_keeps_the_outputs(judged: tuple[Path, str]):
    folder, said = judged
    assert "6 failed" in said
    assert "01_good.ipynb::" not in said
    kept = nbformat.read(folder / "stores" / "executed" / "01_good.ipynb", as_version=4)
    verdicts = [cell.outputs[-1].data["text/plain"] for cell in kept.cells[1:5]]
    assert verdicts[:3] == ["Not yet: no number", "Not yet: too small", "Not yet: too large"]
    assert verdicts[3].startswith("Yes: five")
    seconds = json.loads((folder / "build" / "notebook-seconds.json").read_text())
    assert sorted(seconds) == ["01_good", *FAILING, "05_spills"]
    assert all(f"{name}: 0:" in said for name in seconds)


@pytest.mark.parametrize("name", FAILING)
def test_nbval_fails_where_an_exercise_judges_wrongly(judged: tuple[Path, str], name: str):
    assert f"/{name}.ipynb::Cell " in judged[1]


def test_spilled_warnings_and_missing_or_other_errors_fail(judged: tuple[Path, str]):
    assert "cell 2 wrote to standard error:\ncareful" in judged[1]
    assert "cell 5 raised nothing, and was to raise" in judged[1]
    assert "cell 6 raised ZeroDivisionError: division by zero, and was to raise" in judged[1]
    assert len(re.findall(r"FAILED .*/05_spills\.ipynb", judged[1])) == 3


def test_each_worker_has_a_store_and_each_notebook_where_asked(judged: tuple[Path, str]):
    folder, _ = judged
    stores = folder / "stores"
    names = ["01_good", *FAILING, "05_spills"]
    assert {store_of(stores, name).name for name in names} == {"gw0", "gw1"}
    assert store_of(stores, "01_good").is_dir(), "the kernel was told"
    assert nbval_plugin.store_of(stores, "06_never_ran") is None
    (folder / "alone").mkdir()
    shutil.copy(folder / "01_good.ipynb", folder / "alone")
    assert "6 passed" in judge(folder / "alone", "--alone")
    alone = store_of(folder / "alone" / "stores", "01_good")
    assert alone.name == "alone-01_good"
    assert not alone.exists(), "it is deleted at once, to save disk"
