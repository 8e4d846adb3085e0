"""Every exercise in its own notebook: the starter and the wrong answers get a hint, the printed solution a yes.

A chapter runs once in a real kernel, as nbval runs it; at each exercise the answers are tried in that kernel. On the
way it is seen that no cell spills a library's warnings, unless its tag ``warns`` says that it is meant to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebooks.answers import WRONG
from tests.notebooks.reading import Cell, Notebook, all_notebooks, exercise_number
from utils import exercises, paths

NOTEBOOKS = all_notebooks()


def wrong_cell(cell: Cell, answer: str) -> str:
    """The exercise's cell with another answer: what asks for the verdict stays."""
    question = next(
        line for line in cell.source.splitlines() if line.startswith("context.exercise(")
    )
    return f"{answer}\n{question}"


def said(outputs: list) -> str:
    """The text of a cell's last result, or the error that it ended with."""
    for output in reversed(outputs):
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
        if output.output_type == "execute_result":
            return output.data["text/plain"]
    return ""


def spilled(outputs: list) -> str:
    """What a cell wrote to standard error."""
    return "".join(one.text for one in outputs if one.get("name") == "stderr")


@dataclass
class Heard:
    """What a notebook said: to each answer, as (kind, text) by exercise; and to standard error, by cell."""

    answers: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    spilled: dict[int, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def verdicts():
    """Run a notebook once and collect what it said."""
    done: dict[str, Heard] = {}

    def collect(notebook: Notebook) -> Heard:
        if notebook.chapter not in done:
            done[notebook.chapter] = run(notebook)
        return done[notebook.chapter]

    return collect


def run(notebook: Notebook) -> Heard:
    """Execute a notebook, trying all answers."""
    raw = nbformat.read(notebook.path, as_version=4)
    client = NotebookClient(
        raw,
        timeout=1200,
        kernel_name="python3",
        resources={"metadata": {"path": str(paths.NOTEBOOKS)}},
    )
    heard = Heard()
    with client.setup_kernel():
        for cell in notebook.cells:
            if cell.kind != "code":
                continue
            number = exercise_number(cell)
            attempts = [("starter", cell.source)]
            if number:
                attempts += [
                    (f"wrong {i}", wrong_cell(cell, a)) for i, (a, _) in enumerate(WRONG[number])
                ]
                attempts.append(("solution", notebook.solution(cell)))
            for kind, source in attempts:
                code = nbformat.v4.new_code_cell(source, metadata=raw.cells[cell.index].metadata)
                raw.cells[cell.index] = code
                client.execute_cell(code, cell.index)
                if number:
                    heard.answers.setdefault(number, []).append((kind, said(code.outputs)))
                if (text := spilled(code.outputs)) and "warns" not in cell.tags:
                    heard.spilled[cell.index] = text
    return heard


def test_every_exercise_has_wrong_answers_here():
    numbers = [exercise_number(c) for n in NOTEBOOKS for c in n.tagged("exercise")]
    assert sorted(WRONG) == sorted(numbers)
    assert all(len(answers) >= 2 for answers in WRONG.values())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.path.stem)
def test_answers(notebook: Notebook, verdicts):
    heard = verdicts(notebook).answers
    assert sorted(heard) == exercises.numbers(notebook.chapter)
    for number, attempts in heard.items():
        for kind, text in attempts:
            expected = "Yes: " if kind == "solution" else "Not yet: "
            assert text.startswith(expected), f"{number}, {kind}: {text}"
        for (_, text), (answer, hint) in zip(attempts[1:-1], WRONG[number], strict=True):
            assert hint in text, f"{number}, {answer!r}: {text}"
    assert f"of {len(heard)} exercises solved" in attempts[-1][1]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.path.stem)
def test_no_cell_spills_warnings(notebook: Notebook, verdicts):
    assert verdicts(notebook).spilled == {}
