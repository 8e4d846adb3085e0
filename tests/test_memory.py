"""What a kernel holds: less with the three means than without, and the switch that leaves them out."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from utils import memory, paths

THREADS = """
import threading
from utils import memory
print(memory.limit_arenas())
held = [threading.Barrier(13)]
def allocate():
    kept = [bytes(1000) for _ in range(100)]
    held[0].wait(), held[0].wait()
started = [threading.Thread(target=allocate) for _ in range(12)]
for one in started: one.start()
held[0].wait()
print(open("/proc/self/maps").read().count("---p 00000000 00:00 0"))
held[0].wait()
"""


def regions(plain: str) -> tuple[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", THREADS],
        cwd=paths.ROOT,
        env={"WORKBOOK_PLAIN": plain, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    said, count = done.stdout.split()
    return said, int(count)


@pytest.mark.skipif(not memory._glibc(), reason="only glibc has regions")
def test_threads_share_two_regions_unless_all_is_left_as_it_is() -> None:
    (said, few), (left, many) = regions("0"), regions("1")
    assert (said, left) == ("True", "False")
    assert few < many


def test_what_is_there_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBOOK_PLAIN", raising=False)
    gc.unfreeze()
    try:
        memory.set_aside()
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
    monkeypatch.setenv("WORKBOOK_PLAIN", "1")
    memory.set_aside()
    assert gc.get_freeze_count() == 0


class _Circle:
    """Something that only the garbage collector can end."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_collected_unless_all_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    gc.disable()
    try:
        ended = weakref.ref(_Circle())
        monkeypatch.setenv("WORKBOOK_PLAIN", "1")
        memory.give_back()
        assert ended() is not None
        monkeypatch.delenv("WORKBOOK_PLAIN")
        memory.give_back()
        assert ended() is None
    finally:
        gc.enable()
