from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks import watch

pytestmark = pytest.mark.skipif(
    sys.platform != "linux",
    reason="only Linux counts shared pages once, and lets processors be chosen",
)

HOLD = "import time; held = b'x' * {size}; time.sleep({seconds})"


def test_memory_of_a_child_counts(tmp_path: Path) -> None:
    child = HOLD.format(size=200_000_000, seconds=2)
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    took = watch.run([sys.executable, "-c", parent], tmp_path / "log")
    assert took.code == 0
    assert took.peak > 200_000_000
    assert took.seconds >= 2


def test_a_tree_above_the_limit_is_ended(tmp_path: Path) -> None:
    child = HOLD.format(size=300_000_000, seconds=600)
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    took = watch.run([sys.executable, "-c", parent], tmp_path / "log", limit=150_000_000)
    assert took.ended
    assert took.code != 0
    assert took.seconds < 300


def test_one_processor(tmp_path: Path) -> None:
    code = (
        "import os, time\n"
        f"while len(os.sched_getaffinity(0)) > 1 and time.monotonic() < {time.monotonic() + 60}:\n"
        "    time.sleep(0.01)\n"
        "print(len(os.sched_getaffinity(0)))"
    )
    took = watch.run([sys.executable, "-c", code], tmp_path / "log", processors=[0])
    assert took.said.strip() == "1"


def test_the_speed_is_asked_beside_the_work() -> None:
    with watch.speed() as mean:
        asked = mean()
    # Less than a hundred times the fastest machine's, and no zero.
    assert 0.02 < asked < 100
