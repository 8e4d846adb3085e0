"""Where measurements are kept: a file for each part, with day and machine, in ``tests/benchmarks/measured``."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from utils import paths
from utils.files import atomic_text

FOLDER = Path(__file__).with_name("measured")
GB = 1_000_000_000


@dataclass(frozen=True)
class Measured:
    """What one part of the benchmark found.

    Attributes:
        machine: The machine and the versions, in words.
        records: One dictionary for each measurement. In each stand ``date``, the day, such as ``"2026-11-27"``, and
            ``loop``, what :func:`loop` said before it.
    """

    machine: str
    records: list[dict[str, Any]]

    @property
    def date(self) -> str:
        """The day, or the first and the last of them."""
        return _reach([one["date"] for one in self.records])

    @property
    def loop(self) -> str:
        """The seconds of ten million additions, or the fewest and the most of them."""
        return f"{_reach([one['loop'] for one in self.records])} s"


def _reach(values: Sequence[Any]) -> str:
    """Return the least and the largest value in words; one of them where they are the same."""
    return " to ".join(str(value) for value in sorted({min(values), max(values)}))


def loop(millions: int = 10) -> float:
    """Return the processor seconds of ten million additions: the speed of a shared machine changes from hour to hour.

    Args:
        millions: How many are really made; with fewer the result is less exact.
    """
    started, total = time.process_time(), 0
    for number in range(millions * 1_000_000):
        total += number
    return round((time.process_time() - started) * 10 / millions, 2)


def machine() -> str:
    """Return what was measured on."""
    memory = round(psutil.virtual_memory().total / 1024**3)
    return (
        f"{os.cpu_count()} processors, {memory} GB, {platform.system()} on {platform.machine()}, "
        f"Python {platform.python_version()}, TFX {paths.stack()}"
    )


def write(
    part: str, speed: float, records: Sequence[dict[str, Any]], by: Sequence[str] = ()
) -> Path:
    """Keep what was measured.

    Args:
        part: The part's name.
        speed: What :func:`loop` said before.
        records: One dictionary for each measurement; a ``date`` and a ``loop`` of their own are left alone.
        by: What names a measurement. Those of the same machine that are not made anew stay, so that a part can be
            measured in several goes; without names all are replaced.

    Returns:
        The file.
    """
    path = FOLDER / f"{part}.json"
    here, stamp = machine(), {"date": time.strftime("%Y-%m-%d"), "loop": speed}
    whole = [{**stamp, **record} for record in records]
    before = read(part) if by else None
    if before is not None and before.machine == here:
        named = {tuple(record[name] for name in by): record for record in [*before.records, *whole]}
        whole = list(named.values())
    with atomic_text(path) as file:
        json.dump({"machine": here, "records": whole}, file, indent=1)
        file.write("\n")
    return path


def read(part: str) -> Measured | None:
    """Return what a part found, or None if it was never measured."""
    path = FOLDER / f"{part}.json"
    if not path.exists():
        return None
    return Measured(**json.loads(path.read_text(encoding="utf-8")))


def where(task_managers: int) -> str:
    """Return the words for a number of TaskManagers; 0 stands for this process."""
    if not task_managers:
        return "this process"
    return f"{task_managers} TaskManager{'s' * (task_managers != 1)}"
