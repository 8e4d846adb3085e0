"""``python -m tests.benchmarks.upstream``: chapter 1's pipeline in this workbook, beside TFX's own defaults.

The same components run to the Pusher three times each way, in turn, each time in a process and a store of their own:
once as a notebook's set-up cell opens them, once in a plain ``InteractiveContext`` with the arguments that TFX picks
itself.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import watch
from tests.benchmarks.chapters import GB
from utils import paths

ROUNDS = 3

RUN = """
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
{opening}
from utils.complaints import spans
from utils.pipeline import components
from utils.pipeline.config import PipelineConfig
spans.ensure_all()
for component in components.build(PipelineConfig()).values():
    context.run(component)
"""

WAYS = {
    "this workbook": "from utils import workbook\ncontext = workbook.start()",
    "TFX's defaults": (
        "import os\n"
        "from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext\n"
        "context = InteractiveContext(pipeline_name='complaints', pipeline_root=os.environ['WORKBOOK_STORE'])"
    ),
}
"""How each way opens its context."""


def main() -> int:
    """Measures both ways in turn, and prints a line each.

    Returns:
        0; 1 if a run failed.
    """
    took: dict[str, list[watch.Watched]] = {way: [] for way in WAYS}
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="bench-") as name:
        folder = Path(name)
        for number in range(ROUNDS):
            for place, (way, opening) in enumerate(WAYS.items()):
                one = watch.run(
                    [sys.executable, "-c", RUN.format(opening=opening)],
                    folder / f"{number}-{place}.log",
                    cwd=paths.ROOT,
                    env={**os.environ, "WORKBOOK_STORE": str(folder / f"store-{number}-{place}")},
                )
                took[way].append(one)
                if one.code:
                    print(one.said[-1500:], file=sys.stderr)
                    return 1
    print(f"| pipeline of chapter 1 (TFX {paths.stack()}) | median | from | to | most memory |")
    print("| --- | --- | --- | --- | --- |")
    for way, runs in took.items():
        seconds = sorted(one.seconds for one in runs)
        figures = (statistics.median(seconds), seconds[0], seconds[-1])
        peak = max(one.peak for one in runs) / GB
        print(f"| {way} | {' | '.join(f'{value:.0f} s' for value in figures)} | {peak:.2f} GB |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
