"""``make bench``: measure, keep what was found, and write the report.

Each run is kept as soon as it is measured, in the place of the same run before; the report is made of all that there
are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import chapters, flink, pipeline, report, results
from utils import paths


@dataclass(frozen=True)
class Part:
    """A part of the benchmark.

    Attributes:
        measure: Yields the records of one run after another.
        names: What names a record, so that a run that is made again replaces what was kept of it.
    """

    measure: Callable[[argparse.Namespace], Iterator[list[dict[str, Any]]]]
    names: tuple[str, ...]


PARTS = {
    "pipeline": Part(lambda asked: pipeline.beside_a_tutorial(), ("round", "way", "step")),
    "rows": Part(
        lambda asked: pipeline.against_the_rows(asked.rows or pipeline.SIZES), ("rows", "step")
    ),
    "chapters": Part(
        lambda asked: chapters.measure(asked.chapter, asked.only or ""), ("chapter", "store")
    ),
    "binder": Part(
        lambda asked: chapters.measure(asked.chapter, chapters.ALONE, binder=True), ("chapter",)
    ),
    "cluster": Part(
        lambda asked: flink.measure_all(
            asked.rows or pipeline.SIZES, asked.task_managers, asked.step
        ),
        ("rows", "task_managers", "step"),
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Its arguments; None for the process's.

    Returns:
        0; 1 if something that was measured failed.
    """
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=(*PARTS, "report"), help="only this part")
    parser.add_argument("--chapter", default="", help="only this chapter; nothing is kept")
    parser.add_argument(
        "--only", choices=(chapters.ALONE, chapters.AFTER), help="chapters: from one kind of store"
    )
    parser.add_argument("--rows", type=int, nargs="+", help="rows, cluster: only over so many")
    parser.add_argument(
        "--task-managers", type=int, nargs="+", default=(0, 1, 2), help="cluster; 0: this process"
    )
    parser.add_argument(
        "--step", nargs="+", choices=flink.STEPS, default=flink.STEPS, help="cluster: only these"
    )
    asked = parser.parse_args(argv)
    wanted = [] if asked.part == "report" else [asked.part] if asked.part else list(PARTS)
    if asked.chapter and not asked.part:
        wanted = ["chapters"]
    paths.build().mkdir(exist_ok=True)
    failed = False
    for part in wanted:
        speed = results.loop()
        print(f"== {part} (ten million additions: {speed} s)", flush=True)
        try:
            for records in PARTS[part].measure(asked):
                failed = failed or any(not record.get("ok", True) for record in records)
                if not asked.chapter:
                    results.write(part, speed, records, by=PARTS[part].names)
        except pipeline.BenchmarkError as error:
            print(error, file=sys.stderr)
            failed = True
    report.write()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
