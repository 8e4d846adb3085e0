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
import os
import sys
import tempfile
from pathlib import Path

from utils import paths

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main(argv: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: Its arguments; None for the process's.

    Returns:
        0; 1 if there was a fault.
    """
    from tests.benchmarks import results
    from tests.fuzzing import displays, example_gen, files, harness, server

    targets = [*files.TARGETS, *server.TARGETS, *displays.TARGETS, *example_gen.TARGETS]
    parser = argparse.ArgumentParser(prog="make fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--target", default="", help="only targets with this in their name")
    parser.add_argument("--inputs", type=int, help="how many inputs each target is given")
    parser.add_argument("--seed", type=int, default=1, help="what the inputs are made from")
    asked = parser.parse_args(argv)
    chosen = [target for target in targets if asked.target in target.name]
    paths.build().mkdir(exist_ok=True)
    speed = results.loop() if not asked.target and not asked.inputs else 0.0
    records, faults = [], 0
    for target in chosen:
        with tempfile.TemporaryDirectory(prefix="fuzzing-") as folder:
            found = harness.run(target, asked.inputs or target.inputs, asked.seed, Path(folder))
        records.append(found.record())
        faults += found.failed
        print(
            f"{found.target:<26} {found.inputs:>7,} tried, {found.accepted:>7,} accepted, {found.refused:>7,} "
            f"refused, {found.failed:>4,} faults, {found.seconds:>6.1f} s",
            flush=True,
        )
        for fault, times in found.faults.most_common(8):
            print(f"    {times:>5} x {fault}", flush=True)
        if (
            not asked.target and not asked.inputs
        ):  # after each one: a run that is ended keeps what it has done
            results.write("fuzzing", speed, records)
    print(f"{sum(one['inputs'] for one in records):,} inputs, {faults} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
