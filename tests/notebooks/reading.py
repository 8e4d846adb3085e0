"""Read the notebooks as the style tests and the exercise tests need them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

from utils import paths
from utils.project.class_progress import EXERCISE


@dataclass(frozen=True)
class Cell:
    """One cell: its position, kind, source and tags."""

    index: int
    kind: str
    source: str
    tags: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How many lines are not blank."""
        return sum(bool(line.strip()) for line in self.source.splitlines())

    def statements(self) -> list[ast.stmt]:
        """The cell's Python, with lines of IPython magic left out; none where it writes a file of another kind."""
        plain = [
            line for line in self.source.splitlines() if not line.lstrip().startswith(("%", "!"))
        ]
        try:
            return ast.parse("\n".join(plain)).body
        except SyntaxError:
            if self.source.startswith("%%writefile"):
                return []
            raise


@dataclass(frozen=True)
class Notebook:
    """One notebook."""

    path: Path
    raw: dict
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return self.path.relative_to(paths.ROOT).as_posix()

    @property
    def chapter(self) -> str:
        """``"1"`` to ``"15"``, or ``"A"`` to ``"C"``."""
        first = self.path.stem.partition("_")[0]
        return str(int(first)) if first.isdigit() else first

    def of_kind(self, kind: str) -> list[Cell]:
        """The cells of one kind, ``"code"`` or ``"markdown"``."""
        return [cell for cell in self.cells if cell.kind == kind]

    def tagged(self, tag: str) -> list[Cell]:
        """The cells that carry a tag."""
        return [cell for cell in self.cells if tag in cell.tags]

    def section(self, heading: str) -> str:
        """The Markdown from a heading (of any level) to the next heading, or an empty string."""
        text = "\n\n".join(cell.source for cell in self.of_kind("markdown"))
        found = re.search(rf"(?ms)^#+ {re.escape(heading)}\s*\n(.*?)(?=^#+ |\Z)", text)
        return found.group(1) if found else ""

    def solution(self, exercise: Cell) -> str:
        """The code in the ``<details>`` block that follows an exercise's cell, or an empty string."""
        following = self.cells[exercise.index + 1] if exercise.index + 1 < len(self.cells) else None
        if following is None or following.kind != "markdown":
            return ""
        found = re.search(
            r"(?s)<details>\s*<summary>[^<]*[Ss]olution[^<]*</summary>.*?```python\n(.*?)\n```.*?</details>",
            following.source,
        )
        return found.group(1) if found else ""


def read(path: Path) -> Notebook:
    """Read a notebook file."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    cells = tuple(
        Cell(i, c["cell_type"], "".join(c["source"]), tuple(c["metadata"].get("tags", ())))
        for i, c in enumerate(raw["cells"])
    )
    return Notebook(path, raw, cells)


def all_notebooks() -> list[Notebook]:
    """Every notebook of the workbook, in order."""
    return [read(path) for path in sorted(paths.NOTEBOOKS.glob("*.ipynb"))]


def chapter(number: str) -> Notebook:
    """The notebook of a chapter, by its number as :attr:`Notebook.chapter` has it."""
    (found,) = (notebook for notebook in all_notebooks() if notebook.chapter == number)
    return found


WRITES = re.compile(r"%%writefile (?P<more>-a )?\{(?P<name>\w+)\}")
"""The first line of a cell that writes a file, which the variable ``name`` leads to."""


def written_files(notebook: Notebook) -> dict[str, str]:
    """Every file that cells write, put together from its cells, by the variable that leads to it."""
    files: dict[str, str] = {}
    for cell in notebook.of_kind("code"):
        first, _, rest = cell.source.partition("\n")
        if match := WRITES.fullmatch(first):
            before = files.get(match["name"], "") if match["more"] else ""
            files[match["name"]] = f"{before}{rest}\n"
    return files


def exercise_number(cell: Cell) -> str:
    """The number in ``context.exercise("1.2", …)``, or an empty string."""
    found = EXERCISE.search(cell.source)
    return found.group(1) if found else ""


def bold_lead(bullet: str) -> str:
    """The bold words that a bullet begins with, in lower case."""
    found = re.match(r"\s*[-*] \*\*(.+?)\*\*", bullet)
    return found.group(1).strip(" .:").lower() if found else ""


def bullets(markdown: str) -> list[str]:
    """The top-level bullets of a piece of Markdown."""
    return re.findall(r"(?m)^[-*] .+$", markdown)
