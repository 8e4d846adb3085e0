"""Flink against one process.

Each component that uses Beam runs over the same inputs in one process, on one TaskManager and on two, each time in a
process of its own: seconds, and the most memory that all processes together held meanwhile. Compare what stands in one
line, and not lines with each other: all of it shares this machine's processors, whose speed changes from hour to hour.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import results, watch
from utils import paths

COMPONENTS = (
    "ExampleGen",
    "StatisticsGen",
    "SchemaGen",
    "Transform",
    "Trainer",
    "Evaluator",
)
"""The components up to the last that uses Beam, in their order."""
STEPS = ("ExampleGen", "StatisticsGen", "Transform", "Evaluator")
"""Those whose work Beam can give to a cluster."""


def run(rows: int, folder: Path, last: str, arguments: Sequence[str]) -> float:
    """Run the pipeline up to a component; those before it are answered by the store where they ran already.

    Args:
        rows: How many complaints.
        folder: The store.
        last: The component, such as ``"Transform"``.
        arguments: What it tells Beam.

    Returns:
        Its seconds.
    """
    from tfx import v1 as tfx

    from utils.complaints import spans
    from utils.pipeline import components, runners
    from utils.pipeline.config import PipelineConfig

    config = PipelineConfig(input_base=str(spans.base(rows)), span=1)
    # The Evaluator needs a model, and takes as long for one that has seen each complaint only once.
    config = config.replace(model=config.model.replace(epochs=1))
    # No baseline: the store has one only from the second measurement on, and two models take twice as long.
    config = config.replace(thresholds=config.thresholds.replace(max_auc_drop=None))
    wanted = COMPONENTS[: COMPONENTS.index(last) + 1]
    chosen: list[Any] = [one for one in components.build(config).values() if one.id in wanted]
    for component in chosen:
        # Each for itself: LocalDagRunner's cache answers only where the same is told to Beam, too.
        if component.id in STEPS:
            told = arguments if component.id == last else runners.BEAM_PIPELINE_ARGS
            component.with_beam_pipeline_args(list(told))
    built = tfx.dsl.Pipeline(
        pipeline_name="measured",
        pipeline_root=str(runners.pipeline_root(folder)),
        components=chosen,
        metadata_connection_config=runners.metadata_config(folder),
        enable_cache=True,
    )
    return runners.run_pipeline(built, folder).nodes[last].seconds


def measure(rows: int, folder: Path, step: str, task_managers: int) -> dict[str, float]:
    """Run a component in this process, or from it on a cluster that is started for it.

    Args:
        rows: How many complaints.
        folder: The store, in which the components before it have run.
        step: The component.
        task_managers: How many; 0 for this process.

    Returns:
        ``seconds``; ``peak``, the most memory in bytes; and ``loop``, how fast the machine was meanwhile.
    """
    from utils import flink
    from utils.flink import settings
    from utils.pipeline import runners

    with contextlib.ExitStack() as stack:
        arguments: Sequence[str] = runners.BEAM_PIPELINE_ARGS
        if task_managers:
            cluster = stack.enter_context(flink.start(task_managers, memory=settings.LARGE))
            arguments = cluster.beam_pipeline_args
        speed = stack.enter_context(watch.speed())
        cost = stack.enter_context(watch.measured())
        # A name that was never told before, so that the store has no equal execution.
        anew = [*arguments, f"--job_name=measured-{uuid.uuid4().hex}"]
        seconds = run(rows, folder, step, anew)
        loop = speed()
    return {"loop": loop, "seconds": seconds, "peak": cost.peak}


def measure_all(
    sizes: Sequence[int], task_managers: Sequence[int], steps: Sequence[str]
) -> Iterator[list[dict[str, Any]]]:
    """Measure, and print a line for each component and place.

    Args:
        sizes: Rows of the span.
        task_managers: Numbers of TaskManagers; 0 for one process.
        steps: The components.

    Yields:
        After each component and place its record.
    """
    for rows in sizes:
        for step in steps:
            before = COMPONENTS[: COMPONENTS.index(step)]
            _in_a_process(rows, *before[-1:])
            for count in task_managers:
                found = _in_a_process(rows, step, count)
                print(
                    f"{rows:>9}  {results.where(count):<15} {step:<16} {found['seconds']:>8.1f} s"
                    f"  {found['peak'] / 1e6:>8.0f} MB",
                    flush=True,
                )
                record = {"rows": rows, "task_managers": count, "step": step}
                yield [{**record, **found}]


def _in_a_process(*asked: object) -> dict[str, float]:
    """Do what :func:`main` does with these arguments in a new process, and return what it prints."""
    command = [sys.executable, "-m", __spec__.name, *map(str, asked)]
    done = subprocess.run(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Make sure of the rows and of a component's outputs; where a number of TaskManagers is given, measure it."""
    import logging

    parser = argparse.ArgumentParser()
    parser.add_argument("rows", type=int)
    parser.add_argument("step", choices=COMPONENTS, nargs="?")
    parser.add_argument("task_managers", type=int, nargs="?")
    asked = parser.parse_args()
    from utils import quick_pipelines
    from utils.session import quiet

    # As the set-up cell does.
    quiet.before_imports()
    quick_pipelines.remember()
    with quiet.imports():
        from utils.complaints import spans
        from utils.pipeline import runners
    logging.disable(logging.WARNING)
    folder = paths.build() / "benchmarks" / f"cluster-{asked.rows}"
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, float] = {}
    if asked.task_managers is not None:
        found = measure(asked.rows, folder, asked.step, asked.task_managers)
    else:
        spans.ensure("S1", asked.rows)
        if asked.step is not None:
            run(asked.rows, folder, asked.step, runners.BEAM_PIPELINE_ARGS)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
