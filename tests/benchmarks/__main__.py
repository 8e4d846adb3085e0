"""``make bench``: measure, keep what was found, and write the report.

A part that is measured again replaces what was kept of it; the report is made of all parts that there are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks import chapters, pipeline, report, results
from utils import paths


def cluster(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure Flink against one process."""
    # It imports TFX, which the other parts leave to their processes.
    from tests.benchmarks import flink

    return [record for found in flink.measure_all() for record in found]


PARTS: dict[str, Callable[[argparse.Namespace], list[dict[str, Any]]]] = {
    "pipeline": lambda asked: pipeline.beside_a_tutorial(),
    "rows": lambda asked: pipeline.against_the_rows(),
    "chapters": lambda asked: chapters.measure(asked.chapter, asked.only or ""),
    "binder": lambda asked: chapters.measure(asked.chapter, chapters.ALONE, binder=True),
    "cluster": cluster,
}
"""What measures each part."""


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
            records = PARTS[part](asked)
        except pipeline.BenchmarkError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        failed = failed or any(not record.get("ok", True) for record in records)
        if not asked.chapter:
            results.write(part, speed, records)
    report.write()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
