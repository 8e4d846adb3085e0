"""``make run``: executes notebooks, shows where it is, and writes executed copies and pages.

The notebooks themselves are not touched: a copy is executed in a scratch tree that looks like the repository, and
written to ``executed/`` in the build folder, as a notebook and as a page, whether it succeeded or failed. ``make site``
needs Sphinx, in an environment of its own, and replaces a whole site at once; these pages are there as soon as a
notebook has run, a failed one's too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import html
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from utils import folders, paths
from utils.errors import WorkbookError, without_colours

if TYPE_CHECKING:
    from nbformat import NotebookNode

LINKED = ("utils", "data", "tests", "pyproject.toml", "requirements.txt", "README.md")
"""What a notebook may find beside its folder; the scratch tree has links to them."""

GALLERY = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>TFX workbook, executed</title>
<style>
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto }
</style>
</head>
<body>
<h1>TFX workbook, executed</h1>
<ul>
ITEMS
</ul>
</body>
</html>
"""
"""The gallery's front page, around its items."""

FOR_PAGES = {"WORKBOOK_PAGES": "1"}
"""Tells a kernel that nobody will ask it again: a widget then leaves its data and predictions in the page."""

STARTUP_SECONDS = 300
"""How long a kernel may take to start on a busy machine."""


@dataclass(frozen=True)
class Result:
    """What became of a notebook.

    Attributes:
        notebook: Its name without the ending, such as ``01_introduction``.
        cells: Number of code cells.
        seconds: How long it took.
        cell: Number of the code cell that failed, from 1; 0 when none did.
        error: What happened there, in one line; empty when all went well.
    """

    notebook: str
    cells: int
    seconds: float
    cell: int = 0
    error: str = ""


def chapter(name: str) -> str:
    """Return the chapter of a notebook's file name: ``"1"`` of ``01_introduction.ipynb``."""
    return Path(name).stem.split("_")[0].lstrip("0").upper()


def find(folder: Path, wanted: str) -> list[Path]:
    """Return the notebooks to run.

    Args:
        folder: The folder of the notebooks.
        wanted: A chapter (``"1"``, ``"01"``, ``"A"``, or a file's name); empty for all.

    Returns:
        The notebooks, in the order of their names.

    Raises:
        ValueError: If there is none, or not that one.
    """
    every = sorted(folder.glob("*.ipynb"))
    if not every:
        raise ValueError(f"There are no notebooks in {folder}.")
    name = Path(wanted.strip()).name
    if not name:
        return every
    exact = [notebook for notebook in every if name in (notebook.name, notebook.stem)]
    found = exact or [
        notebook for notebook in every if chapter(notebook.name) == name.lstrip("0").upper()
    ]
    if not found:
        listed = "\n".join(f"  {chapter(notebook.name):>2}  {notebook.stem}" for notebook in every)
        raise ValueError(f"There is no chapter {wanted!r}. The chapters are:\n{listed}")
    return found


@contextlib.contextmanager
def scratch_tree(build: Path, notebooks: Sequence[Path], prefix: str) -> Iterator[Path]:
    """Make a folder that looks like the repository, with copies of notebooks; deleted at the end.

    Args:
        build: The build folder.
        notebooks: The notebooks to copy.
        prefix: How the folder's name begins.

    Yields:
        The folder of the copies.
    """
    folders.make(build)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=build, ignore_cleanup_errors=True) as name:
        tree = Path(name)
        for linked in LINKED:
            if (paths.ROOT / linked).exists():
                (tree / linked).symlink_to(paths.ROOT / linked)
        copies = tree / "notebooks"
        copies.mkdir()
        for notebook in notebooks:
            shutil.copy(notebook, copies)
        yield copies


def clock(seconds: float) -> str:
    """Return a time for the display, such as ``"1:07"``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


class Display:
    """Where a run is: one live line on a terminal, plain lines elsewhere.

    Args:
        stream: Where to write.
        total: Number of notebooks.
    """

    def __init__(self, stream: TextIO, total: int) -> None:
        """Start with no notebook."""
        self._stream = stream
        self._total = total
        self._live = stream.isatty()
        self._number = 0
        self._name = ""
        self._cells = 0
        self._cell = 0
        self._start = 0.0
        self._lock = threading.Lock()
        self._stop = threading.Event()

    @contextlib.contextmanager
    def notebook(self, name: str, cells: int) -> Iterator[None]:
        """Show a notebook while it runs.

        Args:
            name: Its name.
            cells: Number of its code cells.
        """
        self._number += 1
        self._name, self._cells, self._cell, self._start = name, cells, 0, time.monotonic()
        self._stop.clear()
        if not self._live:
            print(f"{self._position()} {name}: {cells} cells …", file=self._stream, flush=True)
        ticker = threading.Thread(target=self._tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            self._stop.set()
            ticker.join()
            if self._live:
                self._stream.write("\r\x1b[K")
                self._stream.flush()

    def cell(self, number: int) -> None:
        """Note that a code cell has begun.

        Args:
            number: Its number, from 1.
        """
        self._cell = number

    def done(self, result: Result) -> None:
        """Write the line that stays.

        Args:
            result: What became of the notebook.
        """
        mark = "FAILED" if result.error else "ok"
        took = f"{result.cells} cells, {clock(result.seconds)}, {mark}"
        print(f"{self._position()} {result.notebook}: {took}", file=self._stream, flush=True)

    def _position(self) -> str:
        return f"[{self._number:>2}/{self._total}]"

    def _tick(self) -> None:
        while self._live:
            elapsed = clock(time.monotonic() - self._start)
            line = f"{self._position()} {self._name}  cell {self._cell}/{self._cells}  {elapsed}"
            width = shutil.get_terminal_size().columns or 80
            self._stream.write("\r\x1b[K" + line[: width - 1])
            self._stream.flush()
            if self._stop.wait(0.5):
                return


def short_error(text: str) -> str:
    """Return the last line of an error that says something, without colours and not too long.

    Args:
        text: A traceback or message.
    """
    lines = [said for line in text.splitlines() if (said := without_colours(line).strip())]
    return (lines[-1] if lines else "no message")[:300]


def execute(notebook: NotebookNode, folder: Path, display: Display, name: str) -> Result:
    """Execute a notebook in place, in the environment's own kernel.

    Args:
        notebook: The notebook; it gets the outputs.
        folder: The folder that the kernel runs in.
        display: Where progress is shown.
        name: The notebook's name.

    Returns:
        What became of it.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    code = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    numbers = {index: number for number, index in enumerate(code, start=1)}
    at = 0

    def begun(cell: Any, cell_index: int) -> None:
        nonlocal at
        at = numbers.get(cell_index, at)
        display.cell(at)

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=None,
        startup_timeout=STARTUP_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        on_cell_execute=begun,
    )
    start = time.monotonic()
    cell, error = 0, ""
    with display.notebook(name, len(code)):
        try:
            client.execute(env={**os.environ, **FOR_PAGES})
        except CellExecutionError as failed:
            said = short_error((failed.evalue.strip().splitlines() or [""])[0])
            cell, error = at, f"{failed.ename}: {said}"
        except DeadKernelError:
            cell, error = at, "the kernel died, most likely because the machine ran out of memory"
        except (RuntimeError, asyncio.TimeoutError, TimeoutError) as failed:
            cell, error = at, f"the kernel did not answer: {short_error(str(failed))}"
    return Result(name, len(code), time.monotonic() - start, cell, error)


def write(notebook: NotebookNode, to: Path, name: str) -> None:
    """Write an executed notebook, and a page of it, each at once or not at all.

    Args:
        notebook: The notebook.
        to: The folder.
        name: Its name.
    """
    import nbformat
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(notebook, resources={"metadata": {"name": name}})
    for text, ending in ((nbformat.writes(notebook) + "\n", "ipynb"), (page, "html")):
        part = to / f".{name}.{ending}.part"
        part.write_text(text, "utf-8")
        part.replace(to / f"{name}.{ending}")


def gallery(folder: Path, names: Sequence[str]) -> str:
    """Return the gallery's front page.

    Args:
        folder: The folder of the pages.
        names: Names of all the notebooks, in order; those without a page are left out.

    Returns:
        HTML.
    """
    pages = [name for name in names if (folder / f"{name}.html").exists()]
    links = [(html.escape(f"{name}.html", quote=True), html.escape(name)) for name in pages]
    items = "\n".join(f'<li><a href="{address}">{name}</a></li>' for address, name in links)
    return GALLERY.replace("ITEMS", items)


def run(folder: Path, wanted: str, to: Path, build: Path, stream: TextIO) -> list[Result]:
    """Execute notebooks one after another; a failing one does not keep the next from running.

    Args:
        folder: The folder of the notebooks.
        wanted: A chapter; empty for all.
        to: Where executed copies and pages go.
        build: The build folder.
        stream: Where progress is shown.

    Returns:
        What became of each.

    Raises:
        ValueError: If there is no notebook, or not that one.
        FolderError: If the build folder or ``to`` cannot be written.
    """
    import nbformat

    notebooks = find(folder, wanted)
    folders.make(to)
    display = Display(stream, len(notebooks))
    results = []
    with scratch_tree(build, notebooks, "run-") as copies:
        for source in notebooks:
            notebook = nbformat.read(copies / source.name, as_version=4)
            try:
                result = execute(notebook, copies, display, source.stem)
            finally:
                write(notebook, to, source.stem)
            display.done(result)
            results.append(result)
    (to / "index.html").write_text(
        gallery(to, [notebook.stem for notebook in find(folder, "")]), "utf-8"
    )
    (to / "results.json").write_text(
        json.dumps([asdict(result) for result in results], indent=1) + "\n", "utf-8"
    )
    return results


def report(results: Sequence[Result], to: Path) -> str:
    """Return the closing words.

    Args:
        results: What became of each notebook.
        to: Where the pages are.

    Returns:
        One line for each failure, and where to look.
    """
    failed = [result for result in results if result.error]
    lines = [f"{result.notebook}, code cell {result.cell}: {result.error}" for result in failed]
    lines.append(
        f"{len(results) - len(failed)} of {len(results)} notebooks ran, in "
        f"{clock(sum(result.seconds for result in results))}. Pages: {to / 'index.html'}"
    )
    return "\n".join(lines)


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``[--chapter CHAPTER] [FOLDER]``.

    Returns:
        0; 1 if a notebook failed, there is none, or the build folder cannot be written; 130 if interrupted.
    """
    parser = argparse.ArgumentParser(prog="make run", description="Executes the notebooks.")
    parser.add_argument("--chapter", default="", help="only this chapter, such as 1, 01 or A")
    parser.add_argument(
        "folder", nargs="?", type=Path, default=paths.NOTEBOOKS, help="folder of the notebooks"
    )
    arguments = parser.parse_args(argv)
    to = paths.build() / "executed"
    try:
        results = run(arguments.folder, arguments.chapter, to, paths.build(), sys.stdout)
    except (ValueError, WorkbookError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was executed so far is in", to, file=sys.stderr)
        return 130
    print(report(results, to))
    return 1 if any(result.error for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
