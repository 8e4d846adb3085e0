"""``python -m tests.benchmarks.flink [--rows 10000 100000 1000000] [--to statistics_gen]``: Flink against one process.

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
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tfx import v1 as tfx

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

LOOK_SECONDS = 0.5
"""How long a look at the memory may be old."""


@dataclass
class Peak:
    """The most memory that was seen, in megabytes.

    Attributes:
        megabytes: Of this process and all its descendants; shared pages are counted once.
    """

    megabytes: float = 0.0
    _end: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Add up the memory of this process and of all that it has started."""
        me = psutil.Process()
        total = 0.0
        for one in [me, *me.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss / 1e6
        self.megabytes = max(self.megabytes, total)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Look again and again until the block ends."""

        def loop() -> None:
            while not self._end.wait(LOOK_SECONDS):
                self.look()

        thread = threading.Thread(target=loop, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            thread.join()


def measure(
    rows: int, until: str, arguments: Sequence[str], folder: Path
) -> tuple[dict[str, float], float]:
    """Run the components once, from an empty store.

    Args:
        rows: How many complaints.
        until: The last component.
        arguments: What those that use Beam are told.
        folder: An empty folder for the store.

    Returns:
        The seconds of each component, and the most memory in megabytes.
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
    peak = Peak()
    with peak.watching():
        made = runners.run_pipeline(built, folder)
    return {name: one.seconds for name, one in made.nodes.items()}, peak.megabytes


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.flink", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--to", choices=COMPONENTS, default=COMPONENTS[-1], help="the last component"
    )
    parser.add_argument("--task-managers", type=int, nargs="+", default=[0, 1, 2], help="0: here")
    asked = parser.parse_args(argv)
    logging.disable(logging.WARNING)
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}"
    )
    print(
        f"{'rows':>9}  {'where':<15} {'component':<16} {'seconds':>8}  {'peak MB':>8}", flush=True
    )
    memory = settings.SMALL if asked.to in COMPONENTS[:3] else settings.LARGE
    for rows in asked.rows:
        for count in asked.task_managers:
            where = f"{count} TaskManager{'s' * (count != 1)}" if count else "this process"
            with contextlib.ExitStack() as stack:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                arguments: Sequence[str] = runners.BEAM_PIPELINE_ARGS
                if count:
                    cluster = stack.enter_context(flink.start(count, memory=memory))
                    arguments = cluster.beam_pipeline_args
                seconds, megabytes = measure(rows, asked.to, arguments, folder)
            for name, took in seconds.items():
                line = f"{rows:>9}  {where:<15} {name:<16} {took:>8.1f}  {megabytes:>8.0f}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
