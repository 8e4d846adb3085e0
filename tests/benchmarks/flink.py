"""Flink against one process.

Each component that uses Beam runs over the same rows in this process, on one TaskManager and on two: seconds, and the
most memory that all processes together held meanwhile. Read the rows beside each other, and not by themselves: all of
it shares this machine's processors.
"""

from __future__ import annotations

import contextlib
import logging
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


def measure(rows: int, arguments: Sequence[str], folder: Path) -> tuple[dict[str, float], int]:
    """Run the components once, from an empty store.

    Args:
        rows: How many complaints.
        arguments: What those that use Beam are told.
        folder: An empty folder for the store.

    Returns:
        The seconds of each component, and the most memory in bytes.
    """
    spans.ensure("S1", rows)
    config = PipelineConfig(input_base=str(spans.base(rows)), span=1)
    # The Evaluator needs a model, and takes as long for one that has seen each complaint only once.
    config = config.replace(model=config.model.replace(epochs=1))
    nodes = components.build(config)
    built = tfx.dsl.Pipeline(
        pipeline_name="measured",
        pipeline_root=str(runners.pipeline_root(folder)),
        components=[nodes[name] for name in COMPONENTS if name in nodes],
        metadata_connection_config=runners.metadata_config(folder),
        beam_pipeline_args=list(arguments),
    )
    with watch.measured() as cost:
        made = runners.run_pipeline(built, folder)
    return {name: one.seconds for name, one in made.nodes.items()}, cost.peak


def measure_all(
    sizes: Sequence[int], task_managers: Sequence[int]
) -> Iterator[list[dict[str, Any]]]:
    """Measure, and print a line for each component.

    Args:
        sizes: Rows of the span.
        task_managers: Numbers of TaskManagers; 0 for this process.

    Yields:
        After each run, a record for each component.
    """
    logging.disable(logging.WARNING)
    for rows in sizes:
        for count in task_managers:
            with contextlib.ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                arguments: Sequence[str] = runners.BEAM_PIPELINE_ARGS
                if count:
                    cluster = stack.enter_context(flink.start(count, memory=settings.LARGE))
                    arguments = cluster.beam_pipeline_args
                seconds, peak = measure(rows, arguments, folder)
            records: list[dict[str, Any]] = []
            for name, took in seconds.items():
                line = f"{rows:>9}  {results.where(count):<15} {name:<16} {took:>8.1f} s  {peak / 1e6:>8.0f} MB"
                print(line, flush=True)
                record = {"rows": rows, "task_managers": count, "step": name}
                records.append({**record, "seconds": took, "peak": peak})
            yield records
