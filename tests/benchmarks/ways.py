"""One process of the benchmark: opens a context in one of two ways, and runs chapter 1's pipeline step by step.

``python -m tests.benchmarks.ways WAY OUT --rows 10000 --until pusher`` writes what each step cost to the file ``OUT``.
It imports little before it starts, because the imports of TFX are a step that it measures.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import InteractiveShell

from tests.benchmarks import watch

if TYPE_CHECKING:
    from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext

WORKBOOK, TUTORIAL = "this workbook", "TFX as in a tutorial"
IMPORT = "import, open a context"
"""The name of the first step."""


def opened(way: str, store: Path) -> InteractiveContext:
    """Import TFX and open a context.

    Args:
        way: :data:`WORKBOOK` or :data:`TUTORIAL`.
        store: The folder of the store.

    Returns:
        The context.
    """
    if way == WORKBOOK:
        from utils import workbook

        return workbook.start()
    from tfx import v1 as tfx  # noqa: F401 (what a tutorial begins with)
    from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext

    return InteractiveContext(pipeline_name="tutorial", pipeline_root=str(store))


def main(argv: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.ways", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("way", choices=(WORKBOOK, TUTORIAL))
    parser.add_argument(
        "out", type=Path, help="file for the result; its folder is used for the rest"
    )
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--until", default="pusher", help="the last component")
    asked = parser.parse_args(argv)
    folder = asked.out.absolute().parent
    store = folder / "store"
    os.environ["WORKBOOK_STORE"] = str(store)
    InteractiveShell.instance()
    with watch.measured() as cost:
        context = opened(asked.way, store)
    costs = {IMPORT: cost}

    from utils.complaints import spans
    from utils.pipeline import components
    from utils.pipeline.config import PipelineConfig

    source = spans.ensure("S1", asked.rows, progress=False)
    config = PipelineConfig(
        input_base=str(spans.base(asked.rows)), span=1, pushed_models=str(folder / "pushed")
    )
    if asked.way == WORKBOOK:
        nodes = components.build(config)
    else:
        from tests.benchmarks import tutorial

        tutorial.rows(source, folder / "rows")
        nodes = tutorial.build(config, folder / "rows", folder / "modules")
    for name, node in nodes.items():
        with watch.measured() as cost:
            context.run(node)
        costs[name] = cost
        print(f"{name}: {cost.seconds:.1f} s", flush=True)
        if name == asked.until:
            break
    asked.out.write_text(json.dumps({name: asdict(cost) for name, cost in costs.items()}))


if __name__ == "__main__":
    main()
