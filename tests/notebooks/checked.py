"""Put answers and facts into copies of the notebooks, so that whatever runs a copy judges its exercises and claims too.

An exercise's cell becomes several: its starter, each wrong answer, and the solution that the notebook prints. Each of
them asserts what the exercise says of it. A fact becomes a cell behind the one that it is about.
``make test`` calls ``python -m tests.notebooks.checked`` with its copies.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import nbformat

from tests.notebooks.answers import WRONG
from tests.notebooks.facts import FACTS
from tests.notebooks.reading import Notebook, exercise_number, read

NAME = "exercise_verdict"
"""What the verdict is called in a cell that asserts it."""


def split(source: str) -> tuple[str, str]:
    """Split an answer's cell into what prepares the answer and what asks for the verdict.

    Args:
        source: Python whose last statement is ``context.exercise(…)``.

    Returns:
        The lines before that statement, and the statement.

    Raises:
        ValueError: If the last statement is another one.
    """
    last = ast.parse(source).body[-1]
    if not ast.unparse(last).startswith("context.exercise("):
        raise ValueError(f"this cell does not end with context.exercise(…):\n{source}")
    lines = source.splitlines()
    return "\n".join(lines[: last.lineno - 1]), "\n".join(lines[last.lineno - 1 :])


def asserting(source: str, start: str, *parts: str) -> str:
    """Let an answer's cell assert what the exercise says of it, and still show it.

    Args:
        source: The cell; its last statement asks for the verdict.
        start: How the verdict begins.
        *parts: What else the verdict holds.
    """
    answer, question = split(source)
    return "\n".join(
        [
            answer,
            f"{NAME} = {question}",
            f"assert repr({NAME}).startswith({start!r}), {NAME}",
            *(f"assert {part!r} in repr({NAME}), {NAME}" for part in parts),
            NAME,
        ]
    ).lstrip("\n")


def answered(notebook: Notebook, wrong: dict[str, list[tuple[str, str]]] = WRONG) -> dict:
    """Return a notebook with every exercise answered.

    Args:
        notebook: The notebook.
        wrong: Wrong answers by exercise, each with words of the hint that fits.

    Returns:
        The notebook as nbformat has it. After the last solution all exercises count as solved, in a store in which
        the notebook has not run before.
    """
    made = nbformat.read(notebook.path, as_version=4)
    asked = [cell for cell in notebook.of_kind("code") if exercise_number(cell)]
    cells = []
    for plain, cell in zip(made.cells, notebook.cells, strict=True):
        if cell not in asked:
            cells.append(plain)
            continue
        number = exercise_number(cell)
        _, question = split(cell.source)
        tally = [f"{len(asked)} of {len(asked)} exercises solved"] if cell is asked[-1] else []
        sources = {
            "starter": asserting(cell.source, "Not yet: "),
            **{
                f"wrong-{at}": asserting(f"{answer}\n{question}", "Not yet: ", hint)
                for at, (answer, hint) in enumerate(wrong[number], start=1)
            },
            "solution": asserting(notebook.solution(cell), "Yes: ", *tally),
        }
        for kind, source in sources.items():
            code = nbformat.v4.new_code_cell(source, metadata=dict(plain.metadata))
            code.id = f"{plain.id}-{kind}"
            cells.append(code)
    made.cells = cells
    return made


def stated(made: dict, facts: dict[str, dict[str, str]] = FACTS) -> dict:
    """Return a notebook with its facts as cells.

    Args:
        made: The notebook as nbformat has it.
        facts: Python by name, by the id of the cell that it follows.

    Returns:
        The same notebook; the id of a fact's cell is its name.
    """
    cells = []
    for cell in made["cells"]:
        cells.append(cell)
        for name, source in facts.get(cell.id, {}).items():
            code = nbformat.v4.new_code_cell(f"# {name.replace('_', ' ')}\n{source.strip()}")
            code.id = name[:64]
            cells.append(code)
    made["cells"] = cells
    return made


def main(files: list[str]) -> int:
    """Rewrite copies of notebooks.

    Args:
        files: Their paths.

    Returns:
        0.
    """
    for file in map(Path, files):
        nbformat.write(stated(answered(read(file))), file)
    print(f"answers and facts put into {len(files)} copies")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
