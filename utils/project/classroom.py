"""``make class``: copies of the notebooks for a class, in which readers find no solutions, and the same with them.

A solution is a folded block of Markdown whose summary says so. Nothing else is taken out but the launch links, which
lead to the notebooks as they are published, with their solutions. Every code cell stays as it is, so that the exercises
check their answers as always.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils import folders, paths
from utils.errors import WorkbookError
from utils.project import notebook_filter
from utils.project.run_notebooks import find
from utils.project.site.chapters import LAUNCH

SOLUTION = re.compile(
    r"\n*<details>\s*<summary>[^<]*\bsolution\b[^<]*</summary>.*?</details>\n*", re.DOTALL | re.I
)
"""A solution, with the empty lines around it."""

_LAUNCH = re.compile(LAUNCH.pattern + r"\n*", re.M)

READERS, SOLUTIONS = "readers", "solutions"
"""The two folders that are written."""

READ_ME = """# Notebooks for a class

`readers/` holds {chapters} without solutions, `solutions/` the same with them.

Give `readers/` to the class: each reader copies the folder into a clone of the workbook, beside `notebooks/`, and
opens the notebooks there by `make lab`. The first cell of a notebook finds the workbook from any folder of a clone. An
exercise says by itself whether an answer is right, and `make progress` in the clone shows what is solved.

The solutions are no secret: they stand in the published notebooks.
"""


class ClassError(WorkbookError):
    """Copies that cannot be written."""


@dataclass(frozen=True)
class Copies:
    """What was written.

    Attributes:
        folder: Where.
        notebooks: Names of the notebooks.
        solutions: How many solutions were left out of the readers' copies.
    """

    folder: Path
    notebooks: tuple[str, ...]
    solutions: int


def without_solutions(notebook: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return a notebook for readers: without solutions, and without links to where these are published.

    Args:
        notebook: The notebook, as its file holds it; it is left as it is.

    Returns:
        The notebook, and how many solutions were taken out. A cell that held nothing else is gone.
    """
    cells, taken = [], 0
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "markdown":
            cells.append(cell)
            continue
        left, times = SOLUTION.subn("\n\n", _LAUNCH.sub("", source))
        taken += times
        if left == source:
            cells.append(cell)
        elif left.strip():
            cells.append({**cell, "source": left.strip().splitlines(keepends=True)})
    return {**notebook, "cells": cells}, taken


def write(sources: list[Path], to: Path) -> Copies:
    """Write both kinds of copies, all of them or none.

    Args:
        sources: The notebooks. Their outputs are left out.
        to: The folder, which must not exist or must be empty.

    Returns:
        What was written.

    Raises:
        ClassError: If the folder holds something, is no folder, or a source is no notebook.
        FolderError: If nothing can be written beside it.
    """
    place = to.resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        holds = "holds something already" if place.is_dir() else "is not a folder"
        raise ClassError(f"{to} {holds}.", "Name a folder that is new or empty: TO=../class")
    folders.make(place.parent)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        solutions = 0
        for folder in (READERS, SOLUTIONS):
            (scratch / folder).mkdir()
        for source in sources:
            whole = notebook_filter.canonical(source.read_bytes())
            try:
                readers, taken = without_solutions(json.loads(whole))
            except (ValueError, TypeError, KeyError) as error:
                raise ClassError(
                    f"{source} is not a notebook.", "Save it again, or take it out of the folder."
                ) from error
            solutions += taken
            lean = json.dumps(readers, ensure_ascii=False).encode("utf-8")
            (scratch / READERS / source.name).write_bytes(notebook_filter.canonical(lean))
            (scratch / SOLUTIONS / source.name).write_bytes(whole)
        number = "one notebook" if len(sources) == 1 else f"{len(sources)} notebooks"
        (scratch / "README.md").write_text(READ_ME.format(chapters=number), "utf-8")
        scratch.chmod(0o755)
        scratch.replace(place)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return Copies(to, tuple(source.name for source in sources), solutions)


def choose(folder: Path, wanted: str) -> list[Path]:
    """Return the notebooks of some chapters.

    Args:
        folder: The folder of the notebooks.
        wanted: Chapters with spaces or commas between them, such as ``"1 4 7"``; empty for all.

    Returns:
        The notebooks, each once, in the order of their names.

    Raises:
        ValueError: If a chapter has none.
    """
    words = wanted.replace(",", " ").split() or [""]
    return sorted({path for word in words for path in find(folder, word)})


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``--to FOLDER [--chapter CHAPTERS]``.

    Returns:
        0; 1 with a message if the copies could not be written.
    """
    parser = argparse.ArgumentParser(prog="make class", description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="a folder that is new or empty")
    parser.add_argument("--chapter", default="", help='chapters, such as "1 4 7"; all by default')
    arguments = parser.parse_args(argv)
    try:
        made = write(choose(paths.NOTEBOOKS, arguments.chapter), arguments.to)
    except (WorkbookError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{len(made.notebooks)} notebooks for a class are in {made.folder}: {READERS}/ lacks their {made.solutions} "
        f"solutions, {SOLUTIONS}/ has them. Its README.md says how readers open them."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
