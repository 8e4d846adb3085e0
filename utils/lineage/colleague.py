"""Somebody else who writes into a team's ML Metadata: a program of its own, without TFX.

It registers executions of a type `Labelling`, as a team's labelling tool might, until its standard input ends; so it
ends with whoever started it, even where that process is killed.
"""

from __future__ import annotations

import contextlib
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from utils import paths
from utils.lineage.errors import LineageError

PAUSE_SECONDS = 0.2
"""How long it waits between two executions."""


def main() -> None:
    """Connect as the first line of the standard input says, and publish executions until that input ends."""
    from google.protobuf import text_format
    from ml_metadata.metadata_store import MetadataStore
    from ml_metadata.proto import metadata_store_pb2

    config = metadata_store_pb2.ConnectionConfig()
    store = MetadataStore(text_format.Parse(sys.stdin.readline(), config))
    kind = store.put_execution_type(metadata_store_pb2.ExecutionType(name="Labelling"))
    labelled = metadata_store_pb2.Execution(type_id=kind, last_known_state="COMPLETE")
    print("connected", flush=True)
    while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
        store.put_executions([labelled])


@contextlib.contextmanager
def at_work(config: Any) -> Iterator[None]:
    """Run :func:`main` in a process of its own until the block ends.

    Args:
        config: The `ConnectionConfig` that leads to the team's database.

    Raises:
        LineageError: If the program cannot connect, or fails later.
    """
    from google.protobuf import text_format

    program = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        try:
            program.stdin.write(text_format.MessageToString(config, as_one_line=True) + "\n")
            program.stdin.flush()
            connected = program.stdout.readline() == "connected\n"
            if connected:
                yield
        finally:
            with contextlib.suppress(BrokenPipeError):
                program.stdin.close()
            said = program.stderr.read().strip()
        if program.wait() or not connected:
            last = said.splitlines()[-1] if said else "it said nothing"
            raise LineageError(
                f"The colleague's program failed: {last}",
                "Look whether the database still runs, and whether the configuration leads to it.",
            )


if __name__ == "__main__":
    main()
