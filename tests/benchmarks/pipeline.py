"""Chapter 1's pipeline: in this workbook beside TFX as in a tutorial, and in this workbook over more and more rows.

Each run has a process and a store of its own. The two ways take turns.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import watch
from tests.benchmarks.ways import TUTORIAL, WORKBOOK
from utils import paths
from utils.complaints import spans

ROUNDS = 3
SIZES = (10_000, 100_000, 1_000_000)
LAST_AT_THE_LARGEST = "transform"
"""Where the run over a million rows ends: a network of this size gains nothing from so many."""


class BenchmarkError(RuntimeError):
    """A run that failed; the message is the end of what it said."""


def steps(way: str, rows: int, until: str, folder: Path) -> list[dict[str, Any]]:
    """Run one way once.

    Args:
        way: Its name.
        rows: Rows of the span.
        until: The last component.
        folder: A folder to make, for the run alone; it is removed afterwards.

    Returns:
        A record for each step, and one named ``whole`` for the process.

    Raises:
        BenchmarkError: If it failed.
    """
    spans.ensure("S1", rows)
    folder.mkdir()
    out = folder / "out.json"
    command = [sys.executable, "-m", "tests.benchmarks.ways", way, str(out)]
    took = watch.run(
        [*command, "--rows", str(rows), "--until", until], folder / "log", cwd=paths.ROOT
    )
    if took.code:
        raise BenchmarkError(took.said[-2_000:])
    found = json.loads(out.read_text())
    shutil.rmtree(folder)
    records = [{"way": way, "rows": rows, "step": step, **cost} for step, cost in found.items()]
    # The CSV that the tutorial needs is written between the steps and is no work of TFX's: the steps are added up.
    whole = {
        "seconds": sum(one["seconds"] for one in found.values()),
        "cpu": sum(one["cpu"] for one in found.values()),
        "peak": max(one["peak"] for one in found.values()),
    }
    line = ", ".join(f"{step} {cost['seconds']:.1f}" for step, cost in found.items())
    print(f"{way}, {rows:,} rows: {whole['seconds']:.1f} s ({line})", flush=True)
    return [*records, {"way": way, "rows": rows, "step": "whole", **whole}]


def beside_a_tutorial() -> Iterator[list[dict[str, Any]]]:
    """Measure both ways in turn.

    Yields:
        After each run, its records, each with the number of its ``round``.
    """
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="bench-") as name:
        for number in range(1, ROUNDS + 1):
            for way in (WORKBOOK, TUTORIAL) if number % 2 else (TUTORIAL, WORKBOOK):
                found = steps(way, SIZES[0], "pusher", Path(name) / "run")
                yield [{"round": number, **record} for record in found]


def against_the_rows(sizes: Sequence[int] = SIZES) -> Iterator[list[dict[str, Any]]]:
    """Measure the workbook's way over more and more rows.

    Args:
        sizes: Rows of the span.

    Yields:
        After each run, its records.
    """
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="bench-") as name:
        for rows in sizes:
            until = LAST_AT_THE_LARGEST if rows == SIZES[-1] else "pusher"
            yield steps(WORKBOOK, rows, until, Path(name) / "run")
