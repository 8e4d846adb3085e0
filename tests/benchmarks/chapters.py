"""``make bench``: seconds and memory of every chapter, each alone from an empty store and with what came before.

With ``ARGS="--binder"`` as Binder would run them: on one processor, and ended above 2 GB.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import watch
from utils import paths
from utils.project.run_notebooks import find

GB = 1_000_000_000
BINDER_LIMIT = 2 * 1024**3


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


def line(name: str, how: str, took: watch.Watched) -> str:
    """One line of the table."""
    end = "ok" if not took.code else "ended above 2 GB" if took.ended else "FAILED"
    return f"| {name} | {how} | {took.seconds:.0f} s | {took.peak / GB:.2f} GB | {end} |"


def main(argv: list[str]) -> int:
    """Runs the command line.

    Args:
        argv: ``[--binder] [--chapter CHAPTER] [--only alone|after]``.

    Returns:
        0; 1 if a notebook failed.
    """
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--binder", action="store_true", help="one processor, ended above 2 GB")
    parser.add_argument("--chapter", default="", help="only this chapter")
    parser.add_argument(
        "--only", choices=("alone", "after"), help="only from an empty store, or only in order"
    )
    options = parser.parse_args(argv)
    failed = False
    print(f"| chapter (TFX {paths.stack()}) | store | time | most memory | |", flush=True)
    print("| --- | --- | --- | --- | --- |", flush=True)
    paths.build().mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.build(), prefix="bench-") as name:
        folder = Path(name)
        for how in ("alone", "after"):
            if options.only not in (None, how):
                continue
            for notebook in find(paths.NOTEBOOKS, options.chapter):
                store = folder / f"store-{how}"
                took = chapter(notebook, store, folder, binder=options.binder)
                print(
                    line(
                        notebook.stem, "empty" if how == "alone" else "of the chapters before", took
                    ),
                    flush=True,
                )
                if took.code:
                    failed = True
                    print(took.said[-1500:], file=sys.stderr)
                if how == "alone":
                    shutil.rmtree(store, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
