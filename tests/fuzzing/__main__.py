"""``make fuzz``: hostile input for the loaders, ExampleGen, the local server, the displays, and others' files.

Each target is given inputs that are made from a seed, and takes each of them or refuses it by the project's own error,
which names the cure. Anything else is a fault: another exception, a wait, rows that are lost, text that becomes markup,
a server that falls or answers 5xx without need, memory that grows. Inputs that are faults are written to
``build/fuzzing``.

Files are changed by bytes, and by what programs do to CSV (:mod:`tests.fuzzing.mutations`), from files of the
project's own generator; requests and texts are drawn by hypothesis, which the project has already, and gRPC's messages
are built of its real protos. atheris, which follows the code that an input reaches, can be installed, but follows
Python alone, and most that reads these files is C++: pyarrow, TensorFlow, protobuf, the csv module. schemathesis
needs a description of the server in OpenAPI, which TensorFlow Serving does not have, and brings 29 packages.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from utils import paths

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

GROUPS = ("example_gen", "displays", "server", "files")
"""The modules that have targets. Each group runs in a process of its own, two at once, so that what ends a process
ends no other group."""


def _targets(group: str) -> Sequence[Any]:
    import importlib

    return importlib.import_module(f"tests.fuzzing.{group}").TARGETS


def _try(targets: Sequence[Any], inputs: int | None, seed: int) -> list[dict[str, Any]]:
    """Give each target its inputs, and print and return what it did with them."""
    from tests.fuzzing import harness

    records = []
    for target in targets:
        with tempfile.TemporaryDirectory(prefix="fuzzing-") as folder:
            found = harness.run(target, inputs or target.inputs, seed, Path(folder))
        records.append(found.record())
        lines = [
            f"{found.target:<26} {found.inputs:>7,} tried, {found.accepted:>7,} taken, {found.refused:>7,} refused, "
            f"{found.failed:>4,} faults, {found.seconds:>6.1f} s"
        ]
        lines += [f"    {times:>5} x {fault}" for fault, times in found.faults.most_common(8)]
        print("\n".join(lines), flush=True)
    return records


def _group(group: str, seed: int, folder: Path) -> list[dict[str, Any]]:
    """Run a group in a process of its own; targets that it did not come to count as a fault each."""
    into, log = folder / f"{group}.json", paths.build() / f"fuzzing-{group}.log"
    command = [sys.executable, "-m", "tests.fuzzing", "--group", group, "--seed", str(seed)]
    with log.open("w") as errors:
        ended = subprocess.run(
            [*command, "--into", str(into)], stderr=errors, cwd=paths.ROOT, check=False
        )
    if into.exists():
        return json.loads(into.read_text("utf-8"))
    print(f"{group} has ended by {ended.returncode}, before its end; see {log}.", flush=True)
    nothing = {"inputs": 0, "accepted": 0, "refused": 0, "failed": 1, "seconds": 0.0, "ok": False}
    return [{"target": target.name, "seed": seed, **nothing} for target in _targets(group)]


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Its arguments; None for the process's.

    Returns:
        0; 1 if there was a fault.
    """
    parser = argparse.ArgumentParser(prog="make fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", default="", help="only targets with this in their name")
    parser.add_argument("--group", choices=GROUPS, help="only the targets of one module")
    parser.add_argument("--inputs", type=int, help="how many inputs each target is given")
    parser.add_argument("--seed", type=int, default=1, help="what the inputs are made from")
    parser.add_argument("--into", type=Path, help="a file for the counts")
    asked = parser.parse_args(argv)
    paths.build().mkdir(exist_ok=True)
    if asked.target or asked.inputs or asked.group:
        warnings.simplefilter("ignore")
        chosen = [
            target
            for group in ([asked.group] if asked.group else GROUPS)
            for target in _targets(group)
            if asked.target in target.name
        ]
        records = _try(chosen, asked.inputs, asked.seed)
        if asked.into:
            asked.into.write_text(json.dumps(records), "utf-8")
    else:
        from tests.benchmarks import results

        speed = results.loop()
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(_group, group, asked.seed, Path(folder)) for group in GROUPS]
            records = [record for run in reversed(runs) for record in run.result()]
        results.write("fuzzing", speed, records)
    faults = sum(one["failed"] for one in records)
    print(f"{sum(one['inputs'] for one in records):,} inputs, {faults} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
