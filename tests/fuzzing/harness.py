"""What every target shares: inputs are tried one by one, counted, and anything unexpected is kept."""

from __future__ import annotations

import faulthandler
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import hypothesis
import psutil
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from utils import paths
from utils.errors import WorkbookError

ACCEPTED = True
REFUSED = False

Try = Callable[[Any], bool]
"""Tries one input: :data:`ACCEPTED` or :data:`REFUSED`; a ``WorkbookError`` refuses too, anything else is a fault."""

Drive = Callable[[Callable[[Any], None], int, int], None]
"""Hands a number of inputs, made from a seed, to a function."""

KEPT = 20
"""How many inputs of a target that are faults are written to ``build/fuzzing``."""

_STUCK = 600
"""Seconds after which a hang that no Python code interrupts ends the process, with a traceback."""

_ARMED = 10.0
"""After so many seconds that watch begins anew, if an input has ended meanwhile."""


class Fault(AssertionError):
    """What must not happen, although nothing was raised: rows are lost, text is markup, an answer is none."""


class Hang(BaseException):
    """An input took longer than its target allows. No ``except Exception`` of the code under test stops it."""


@dataclass(frozen=True)
class Target:
    """What hostile input is given to.

    Attributes:
        name: Its name.
        inputs: How many inputs a whole run tries.
        drive: What makes them.
        ready: Makes ready what is asked, in a folder of its own, and yields what tries one input.
        seconds: How long one input may take.
        growth: By how many bytes the process may grow after the first fifth of the inputs.
        weigh: How many inputs it counts for: several files may be tried together.
    """

    name: str
    inputs: int
    drive: Drive
    ready: Callable[[Path], AbstractContextManager[Try]]
    seconds: float = 10.0
    growth: int = 150_000_000
    weigh: Callable[[Any], int] = lambda value: 1


@dataclass
class Found:
    """What a target did with its inputs; one record of ``tests/benchmarks/measured/fuzzing.json``."""

    target: str
    seed: int
    inputs: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    def record(self) -> dict[str, Any]:
        """The counts without the faults themselves; ``ok`` tells whether there were none."""
        whole = asdict(self)
        del whole["faults"]
        return {**whole, "seconds": round(self.seconds, 1), "ok": not self.failed}


def mutated(make: Callable[[Random], Any]) -> Drive:
    """Inputs that a function makes of random numbers."""

    def drive(try_one: Callable[[Any], None], count: int, seed: int) -> None:
        random = Random(seed)
        for _ in range(count):
            try_one(make(random))

    return drive


def drawn(strategy: Callable[[], SearchStrategy[Any]]) -> Drive:
    """Inputs that hypothesis draws."""

    def drive(try_one: Callable[[Any], None], count: int, seed: int) -> None:
        @hypothesis.seed(seed)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy())
        def run(value: Any) -> None:
            try_one(value)

        run()

    return drive


def run(target: Target, count: int, seed: int, folder: Path) -> Found:
    """Try a target's inputs.

    Args:
        target: The target.
        count: How many inputs.
        seed: What they are made from.
        folder: An empty folder to work in.

    Returns:
        The counts. Inputs that are faults are in ``build/fuzzing``, one file each.
    """
    found = Found(target.name, seed)
    memory = psutil.Process().memory_info
    settled, start, armed = memory().rss, time.perf_counter(), 0.0
    with target.ready(folder) as attempt:

        def try_one(value: Any) -> None:
            nonlocal settled, armed
            if time.perf_counter() > armed + _ARMED:  # it starts a thread, so not for every input
                armed = time.perf_counter()
                faulthandler.dump_traceback_later(_STUCK, exit=True, file=sys.__stderr__)
            weight = target.weigh(value)
            found.inputs += weight
            try:
                with _limited(target.seconds):
                    accepted = attempt(value)
            except WorkbookError as error:
                accepted = REFUSED
                if not str(error).strip():
                    _keep(found, value, error)
                    return
            except (Exception, Hang) as error:
                _keep(found, value, error)
                return
            found.accepted += weight * (accepted is ACCEPTED)
            found.refused += weight * (accepted is REFUSED)
            if found.inputs <= max(count // 5, 1):
                settled = memory().rss

        target.drive(try_one, count, seed)
        faulthandler.cancel_dump_traceback_later()
        grown = memory().rss - settled
    if grown > target.growth:
        _keep(found, b"", Fault(f"the process has grown by {grown / 1e6:.0f} MB"))
    found.seconds = time.perf_counter() - start
    return found


def _keep(found: Found, value: Any, error: BaseException) -> None:
    found.failed += 1
    ours = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if f"{paths.ROOT}/utils" in frame.filename or f"{paths.ROOT}/tests" in frame.filename
    ]
    found.faults[f"{type(error).__name__} at {' < '.join(ours[-3:][::-1])}: {error!s:.200}"] += 1
    if found.failed <= KEPT:
        place = paths.build() / "fuzzing"
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{found.target.replace(' ', '-')}-{found.seed}-{found.inputs}"
        file.write_bytes(
            value if isinstance(value, bytes) else repr(value).encode("utf-8", "surrogatepass")
        )
        said = "".join(traceback.format_exception(error))
        file.with_name(f"{file.name}.why").write_text(said, "utf-8", errors="backslashreplace")


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End what takes too long by an exception."""

    def end(number: int, frame: FrameType | None) -> None:
        raise Hang(f"took more than {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
