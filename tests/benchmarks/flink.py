"""``python -m tests.benchmarks.flink [--rows 10000 --to transform]``: Flink against one process.

Each component that uses Beam runs over the same rows in this process, on one TaskManager and on two: seconds, and the
most memory that all processes together held meanwhile. Read the rows beside each other, and not by themselves: all of
it shares this machine's processors.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tfx import v1 as tfx

from tests.benchmarks import results, watch
from utils import flink
from utils.complaints import spans
from utils.flink import settings
from utils.pipeline import components, runners
from utils.pipeline.config import PipelineConfig

COMPONENTS = (
    "example_gen",
    "statistics_gen",
    "schema_gen",
    "transform",
    "trainer",
    "resolver",
    "evaluator",
)
"""The components up to the last that uses Beam, in their order."""

MOST_ROWS_IN_LITTLE = 100_000
"""Up to so many rows ExampleGen and StatisticsGen run on a cluster with little memory."""

PLAN = ((10_000, "evaluator"), (100_000, "transform"), (1_000_000, "statistics_gen"))
"""Rows of the span, and the last component that runs over them."""

NAMES = ("rows", "task_managers", "step")
"""What names a measurement."""


def measure(
    rows: int, until: str, arguments: Sequence[str], folder: Path
) -> tuple[dict[str, float], int]:
    """Run the components once, from an empty store.

    Args:
        rows: How many complaints.
        until: The last component.
        arguments: What those that use Beam are told.
        folder: An empty folder for the store.

    Returns:
        The seconds of each component, and the most memory in bytes.
    """
    spans.ensure("S1", rows)
    config = PipelineConfig(input_base=str(spans.base(rows)), span=1)
    nodes = components.build(config)
    wanted = COMPONENTS[: COMPONENTS.index(until) + 1]
    built = tfx.dsl.Pipeline(
        pipeline_name="measured",
        pipeline_root=str(runners.pipeline_root(folder)),
        components=[nodes[name] for name in wanted if name in nodes],
        metadata_connection_config=runners.metadata_config(folder),
        beam_pipeline_args=list(arguments),
    )
    with watch.measured() as cost:
        made = runners.run_pipeline(built, folder)
    return {name: one.seconds for name, one in made.nodes.items()}, cost.peak


def measure_all(
    plan: Sequence[tuple[int, str]] = PLAN, task_managers: Sequence[int] = (0, 1, 2)
) -> Iterator[list[dict[str, Any]]]:
    """Measure, and print a line for each component.

    Args:
        plan: Rows of the span, and the last component.
        task_managers: Numbers of TaskManagers; 0 for this process.

    Yields:
        After each run, a record for each component.
    """
    logging.disable(logging.WARNING)
    for rows, until in plan:
        few = rows <= MOST_ROWS_IN_LITTLE and until in COMPONENTS[:3]
        memory = settings.SMALL if few else settings.LARGE
        for count in task_managers:
            with contextlib.ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                arguments: Sequence[str] = runners.BEAM_PIPELINE_ARGS
                if count:
                    cluster = stack.enter_context(flink.start(count, memory=memory))
                    arguments = cluster.beam_pipeline_args
                seconds, peak = measure(rows, until, arguments, folder)
            records: list[dict[str, Any]] = []
            for name, took in seconds.items():
                line = f"{rows:>9}  {results.where(count):<15} {name:<16} {took:>8.1f} s  {peak / 1e6:>8.0f} MB"
                print(line, flush=True)
                record = {"rows": rows, "task_managers": count, "step": name}
                records.append({**record, "seconds": took, "peak": peak})
            yield records


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; what it measures is kept as ``make bench`` keeps it."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.flink", description=__doc__)
    parser.add_argument("--rows", type=int, help="by default all that the report has")
    parser.add_argument(
        "--to", choices=COMPONENTS, default=COMPONENTS[-1], help="the last component, with --rows"
    )
    parser.add_argument("--task-managers", type=int, nargs="+", default=[0, 1, 2], help="0: here")
    asked = parser.parse_args(argv)
    speed = results.loop()
    print(f"{results.machine()}, load {os.getloadavg()[0]:.1f}", flush=True)
    plan: Sequence[tuple[int, str]] = [(asked.rows, asked.to)] if asked.rows else PLAN
    for found in measure_all(plan, asked.task_managers):
        results.write("cluster", speed, found, by=NAMES)


if __name__ == "__main__":
    main()
