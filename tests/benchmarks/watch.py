"""What work costs: seconds, processor time, and the most memory that a whole tree of processes held at once."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from utils import paths

EVERY = 0.25
"""Seconds between two looks."""


@dataclass(frozen=True)
class Watched:
    """What a command took.

    Attributes:
        code: Its exit code; negative when it was ended.
        seconds: Wall time.
        peak: The most memory of the tree in bytes, as proportional set size: shared pages count once.
        ended: Whether it was ended for holding more than the limit.
        said: Its output.
    """

    code: int
    seconds: float
    peak: int
    ended: bool
    said: str


def memory(process: psutil.Process) -> int:
    """The proportional set size of a process and all below it, in bytes."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += one.memory_full_info().pss
    return total


@dataclass
class Cost:
    """What a block of this process's code took.

    Attributes:
        seconds: Wall time.
        cpu: Processor time in seconds, of this process and of the children that have ended meanwhile.
        peak: The most memory in bytes that this process and all below it held, as proportional set size.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0


@contextlib.contextmanager
def measured() -> Iterator[Cost]:
    """Measure a block.

    Yields:
        What it took; filled when the block has ended.
    """
    cost, ended, me = Cost(peak=memory(psutil.Process())), threading.Event(), psutil.Process()

    def look() -> None:
        while not ended.wait(EVERY):
            cost.peak = max(cost.peak, memory(me))

    watcher = threading.Thread(target=look, daemon=True)
    started, used = time.monotonic(), sum(os.times()[:4])
    watcher.start()
    try:
        yield cost
    finally:
        cost.seconds, cost.cpu = time.monotonic() - started, sum(os.times()[:4]) - used
        ended.set()
        watcher.join()
        cost.peak = max(cost.peak, memory(me))


@contextlib.contextmanager
def speed() -> Iterator[Callable[[], float]]:
    """Ask the machine's speed every few seconds, beside the work of a block and outside its process.

    Yields:
        A function that returns the mean so far of :func:`tests.benchmarks.results.loop`, in seconds.
    """
    ask = (
        "import time\n"
        "from tests.benchmarks import results\n"
        "while True:\n"
        "    print(results.loop(1), flush=True)\n"
        "    time.sleep(4)\n"
    )
    with tempfile.NamedTemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-c", ask], cwd=paths.ROOT, stdout=said)

        def mean() -> float:
            while (
                not (asked := Path(said.name).read_text().splitlines()) and process.poll() is None
            ):
                time.sleep(0.1)
            return round(statistics.mean(map(float, asked)), 2)

        try:
            yield mean
        finally:
            process.kill()
            process.wait()


def run(
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    limit: int | None = None,
    processors: Sequence[int] | None = None,
) -> Watched:
    """Run a command to its end.

    Args:
        command: The command.
        log: The file for its output.
        cwd: Its folder.
        env: Its environment variables; None for this process's.
        limit: Bytes that its tree may hold; above that the whole tree is ended.
        processors: Numbers of the processors that it may use; None for all.

    Returns:
        What it took.
    """
    start, peak, ended = time.monotonic(), 0, False
    with log.open("wb") as out:
        process = psutil.Popen(
            command,
            cwd=cwd,
            env=dict(os.environ if env is None else env),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        if processors is not None:
            process.cpu_affinity(list(processors))
        while process.poll() is None:
            held = memory(process)
            peak = max(peak, held)
            if limit is not None and held > limit:
                ended = True
                for one in [*process.children(recursive=True), process]:
                    with contextlib.suppress(psutil.Error):
                        one.kill()
            time.sleep(EVERY)
    return Watched(
        process.returncode, time.monotonic() - start, peak, ended, log.read_text(errors="replace")
    )
