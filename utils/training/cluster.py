"""Training by several workers: ``TF_CONFIG``, by which each learns who the others are, and workers on this machine.

Source: book, chapter 6, "Distribution strategies"; https://www.tensorflow.org/guide/distributed_training#TF_CONFIG
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils import services
from utils.training.errors import TrainingError

WORKERS = Path(__file__).with_name("workers.py")
"""The program that starts the workers."""

LONGEST = 240.0
"""Seconds after which workers that have not ended are stopped."""


def tf_config(workers: Sequence[str], index: int) -> str:
    """Write the variable for one worker of ``MultiWorkerMirroredStrategy``.

    Args:
        workers: The address of each worker, ``host:port``, in the same order on all of them.
        index: Which of them this machine is, from 0; worker 0 also writes the model.

    Returns:
        JSON for the environment variable ``TF_CONFIG``.

    Raises:
        TrainingError: For an address without a port, one that is named twice, or an index beyond the workers.
    """
    if isinstance(workers, str) or not workers:
        raise TrainingError(
            f"workers is {workers!r}.",
            'Give a list of addresses, for example ["ada:2222", "bob:2222"].',
        )
    for address in workers:
        if not re.fullmatch(r"[^\s:/]+:\d{1,5}", address):
            raise TrainingError(
                f"{address!r} is no address of a worker.", "Write host:port, for example ada:2222."
            )
    if len(set(workers)) < len(workers):
        raise TrainingError(
            "A worker is named twice.", "Give each machine, or each port of a machine, once."
        )
    if not 0 <= index < len(workers):
        raise TrainingError(
            f"There is no worker {index} among {len(workers)}.",
            f"Workers are counted from 0 to {len(workers) - 1}.",
        )
    cluster = {"cluster": {"worker": list(workers)}, "task": {"type": "worker", "index": index}}
    return json.dumps(cluster)


def read_tf_config(text: str) -> Mapping[str, object]:
    """Return what TensorFlow itself reads in a ``TF_CONFIG``.

    Args:
        text: The variable's value.

    Returns:
        ``workers`` (their addresses), ``task`` (type and index of this machine) and ``chief`` (whether it is the one
        that writes the model).
    """
    import tensorflow as tf

    before = os.environ.get("TF_CONFIG")
    os.environ["TF_CONFIG"] = text
    try:
        resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        workers = resolver.cluster_spec().as_dict()["worker"]
        task = (resolver.task_type, resolver.task_id)
    finally:
        if before is None:
            del os.environ["TF_CONFIG"]
        else:
            os.environ["TF_CONFIG"] = before
    return {"workers": workers, "task": task, "chief": task == ("worker", 0)}


def run(
    program: str | Path,
    arguments: Sequence[str | Path] = (),
    *,
    workers: int,
    seconds: float = LONGEST,
) -> list[Any]:
    """Run a Python program as several workers, each a process of this machine, and wait for all of them.

    Args:
        program: The file. The last line that it prints is JSON.
        arguments: What stands behind its name on the command line, the same for each worker.
        workers: How many processes; 1 runs it alone, without ``TF_CONFIG``.
        seconds: How long to wait.

    Returns:
        What each worker printed last, in the order of their numbers.

    Raises:
        TrainingError: Where a worker fails, or they are not done in time; the others are stopped.
    """
    addresses = [f"{services.HOST}:{port}" for port in services.free_ports(workers)]
    environments = [
        {"TF_CONFIG": tf_config(addresses, index)} if workers > 1 else {}
        for index in range(workers)
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "environments.json").write_text(json.dumps(environments), encoding="utf-8")
        _run_together([folder, Path(program).absolute(), *arguments], seconds)
        answers = [_Answer.read(folder, index) for index in range(workers)]
    for index, answer in enumerate(
        answers
    ):  # first the one that the others have waited for in vain
        if answer.code:
            last = answer.error.strip().splitlines()[-1:] or ["without a word"]
            raise TrainingError(
                f"Worker {index} failed: {last[0]}",
                "Run the program alone (workers=1), correct it, and run the workers again.",
            )
    return [answer.value(index, seconds) for index, answer in enumerate(answers)]


def _run_together(command: Sequence[str | Path], seconds: float) -> None:
    """Run all workers until they have ended, or their time is over."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_CONFIG"}
    started = subprocess.Popen(
        [sys.executable, WORKERS, *map(str, command)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(timeout=seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@dataclass(frozen=True)
class _Answer:
    """What is left of a worker.

    Attributes:
        code: Its exit code; None where it was ended.
        printed: What it printed.
        error: What it wrote to standard error.
    """

    code: int | None
    printed: str
    error: str

    @classmethod
    def read(cls, folder: Path, index: int) -> _Answer:
        """Read a worker's files."""
        code, printed, error = (
            file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
            for file in (folder / f"{index}.{ending}" for ending in ("code", "out", "err"))
        )
        return cls(int(code) if code else None, printed, error)

    def value(self, index: int, seconds: float) -> Any:
        """Return what it printed last."""
        if self.code is None:
            raise TrainingError(
                f"Worker {index} was not done after {seconds:.0f} s.",
                "Workers wait for each other at every step: look whether all of them take the same number of steps.",
            )
        try:
            return json.loads(self.printed.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise TrainingError(
                f"Worker {index} printed no JSON.",
                "Let the program end with print(json.dumps(...)).",
            ) from None
