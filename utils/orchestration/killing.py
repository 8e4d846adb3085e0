"""A program that is really killed while one of its components is at work, to see what becomes of the rest."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration import metadata

from utils import paths, progress
from utils.orchestration.comparing import component_id
from utils.orchestration.errors import OrchestrationError
from utils.pipeline.store import metadata_config, metadata_file

POLL_SECONDS = 0.1
"""How long a look into ML Metadata may be old."""

_RUNNING = metadata_store_pb2.Execution.RUNNING


def kill_during(
    component: str,
    store: Path,
    program: Sequence[str | Path],
    seconds: float = 300,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run a Python program, and kill it, as ``kill -9`` does, as soon as one of its components is running.

    Args:
        component: The component's id.
        store: The store's folder, with ``metadata.sqlite``.
        program: The program's file and its arguments.
        seconds: How long to wait for the component.
        env: Environment variables to add.

    Returns:
        The program's exit code: -9, the signal that it was killed by.

    Raises:
        OrchestrationError: If the program ends before, or the component does not begin in time.
    """
    before = _executions(store)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = start(program, env, said)
        deadline = time.monotonic() + seconds
        try:
            with progress.working(f"Waiting for {component}"):
                while not _at_work(store, component, before):
                    if process.poll() is not None:
                        said.seek(0)
                        raise OrchestrationError(
                            f"{program[0]} ended before {component} was running (exit code {process.returncode}): "
                            f"{said.read().strip()[-500:]}"
                        )
                    if time.monotonic() > deadline:
                        raise OrchestrationError(
                            f"{component} was not running after {seconds:g} s."
                        )
                    time.sleep(POLL_SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode


def start(
    program: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    output: int | IO[str] = subprocess.PIPE,
) -> subprocess.Popen[str]:
    """Start a Python program of the reader's in a process group of its own, which finds this repository's modules.

    Args:
        program: The program's file and its arguments.
        env: Environment variables to add.
        output: Where its output goes, standard error included; a pipe by default.

    Returns:
        The process.
    """
    variables = {
        **os.environ,
        "PYTHONPATH": str(paths.ROOT),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **(env or {}),
    }
    return subprocess.Popen(
        [sys.executable, *map(str, program)],
        cwd=Path(program[0]).parent,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


def _executions(store: Path) -> set[int]:
    if not metadata_file(store).exists():
        return set()
    with metadata.Metadata(metadata_config(store)) as handle:
        return {one.id for one in handle.store.get_executions()}


def _at_work(store: Path, component: str, before: set[int]) -> bool:
    if not metadata_file(store).exists():
        return False
    with metadata.Metadata(metadata_config(store)) as handle:
        return any(
            one.last_known_state == _RUNNING and component_id(handle.store, one) == component
            for one in handle.store.get_executions()
            if one.id not in before
        )
