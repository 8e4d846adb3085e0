"""Seconds and memory of every chapter, each alone from an empty store and with what came before.

On one processor and ended above 2 GB, where it shall be as on Binder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks import watch
from tests.benchmarks.results import GB
from utils import paths
from utils.project.run_notebooks import find

BINDER_LIMIT = 2 * 1024**3

ALONE, AFTER = "alone", "after"
"""From an empty store, or with what the chapters before have left in it."""

USUAL = {ALONE: 300.0, AFTER: 120.0, "memory": 2.0}
"""The budget of a chapter: seconds, and GB."""

EXCEPTIONS = {
    "11": {ALONE: 360.0, AFTER: 360.0, "memory": 5.0},
    "13": {AFTER: 240.0},
    "C": {AFTER: 240.0, "memory": 2.5},
}
"""Chapters that run another system, and say so in their heads: orchestrators, four retrainings, the ``tfx`` command."""


def budget(number: str, what: str) -> float:
    """Return a chapter's budget.

    Args:
        number: The chapter's number, such as ``"06"``.
        what: :data:`ALONE` or :data:`AFTER` for seconds, ``"memory"`` for GB.

    Returns:
        The most that it may take.
    """
    return EXCEPTIONS.get(number, {}).get(what, USUAL[what])


def chapter(notebook: Path, store: Path, folder: Path, *, binder: bool) -> watch.Watched:
    """Runs one notebook as ``make run`` does.

    Args:
        notebook: The notebook.
        store: The store to run in.
        folder: Where the log goes.
        binder: Whether on one processor and within 2 GB.

    Returns:
        What it took.
    """
    number = notebook.stem.partition("_")[0]
    return watch.run(
        [sys.executable, "-m", "utils.project.run_notebooks", "--chapter", number],
        folder / f"{notebook.stem}.log",
        cwd=paths.ROOT,
        env={**os.environ, "WORKBOOK_STORE": str(store)},
        limit=BINDER_LIMIT if binder else None,
        processors=[0] if binder and sys.platform == "linux" else None,
    )


def outputs(executed: Path) -> dict[str, int]:
    """Weigh what the displays of a notebook have left in its file.

    Args:
        executed: The executed notebook.

    Returns:
        ``notebook``, the bytes of the file, and ``largest``, those of its largest output.
    """
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    sizes = [len(json.dumps(one).encode()) for cell in cells for one in cell.get("outputs", [])]
    return {"notebook": executed.stat().st_size, "largest": max(sizes, default=0)}


def line(name: str, how: str, took: watch.Watched) -> str:
    """One line of the table."""
    end = "ok" if not took.code else "ended above 2 GB" if took.ended else "FAILED"
    return f"| {name} | {how} | {took.seconds:.0f} s | {took.peak / GB:.2f} GB | {end} |"


def measure(
    number: str = "", how: str = "", *, binder: bool = False
) -> Iterator[list[dict[str, Any]]]:
    """Run the chapters, and print a line for each.

    Args:
        number: Only this chapter, such as ``"06"``; empty for all.
        how: :data:`ALONE` or :data:`AFTER`; empty for both.
        binder: Whether on one processor and within 2 GB.

    Yields:
        After each run, its record.
    """
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="bench-") as name:
        folder = Path(name)
        for one in (how,) if how else (ALONE, AFTER):
            for notebook in find(paths.NOTEBOOKS, number):
                store = folder / f"store-{one}"
                took = chapter(notebook, store, folder, binder=binder)
                print(line(notebook.stem, one, took), flush=True)
                record = {"chapter": notebook.stem, "store": one, "ok": not took.code}
                record |= {"seconds": took.seconds, "peak": took.peak}
                if took.code:
                    print(took.said[-1500:], file=sys.stderr)
                else:
                    record |= outputs(paths.build() / "executed" / notebook.name)
                yield [record]
                if one == ALONE:
                    shutil.rmtree(store, ignore_errors=True)
