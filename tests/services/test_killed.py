"""A process that has services is really killed, and they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from tests.services.programs import wait_until
from utils import paths
from utils.services import watcher

KERNEL = """
import os, sys, time
from tests.services.programs import SLEEP, STUBBORN, python
from utils import services
service = services.start("Stubborn", python(STUBBORN), ready=services.logs("children"), stop_seconds=0.2)
other = services.start("Sleeper", python(SLEEP), ready=services.logs("up"))
{then}
while service.log.read_text().count("up") < 2: time.sleep(0.02)
(line,) = [line for line in service.log.read_text().splitlines() if "children" in line]
print(service.pid, other.pid, *line.split()[1:], flush=True)
sys.stdin.readline()
{last}
"""

LEFT_OPEN = {
    "nothing else": "",
    "a fork": "if os.fork() == 0: time.sleep(600)",
    "a fork that Python does not see": "import ctypes\nif ctypes.CDLL(None).fork() == 0: time.sleep(600)",
    "a program that inherits all it can": (
        "import subprocess\n"
        "subprocess.Popen([sys.executable, '-c', SLEEP], close_fds=False, stdout=subprocess.DEVNULL)"
    ),
    "multiprocessing": (
        "import multiprocessing\n"
        "multiprocessing.get_context('fork').Process(target=time.sleep, args=(600,)).start()"
    ),
}


@contextlib.contextmanager
def kernel(then: str, last: str) -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A process with two services, and those with their children; all are killed in the end, whatever a test finds."""
    started = subprocess.Popen(
        [sys.executable, "-c", KERNEL.format(then=then, last=last)],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert started.stdin is not None
    assert started.stdout is not None
    family: list[psutil.Process] = []
    try:
        family = [psutil.Process(int(word)) for word in started.stdout.readline().split()]
        assert len(family) == 4
        started.stdin.write("\n")
        started.stdin.flush()
        yield started, family
    finally:
        started.kill()
        started.wait()
        started.stdin.close()
        started.stdout.close()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.mark.parametrize("then", LEFT_OPEN.values(), ids=LEFT_OPEN)
def test_services_end_with_a_killed_process(then):
    with kernel(then, "time.sleep(600)") as (started, family):
        assert not any(map(watcher.ended, family))
        watchers = [family[0].parent(), family[1].parent()]
        bystanders = set(psutil.Process(started.pid).children()) - set(watchers)
        os.kill(started.pid, signal.SIGKILL)
        try:
            wait_until(lambda: all(map(watcher.ended, [*family, *watchers])), "the services' end")
            assert not any(map(watcher.ended, bystanders))
            assert len(bystanders) == bool(then)
        finally:
            for process in bystanders:
                process.kill()


@pytest.mark.parametrize(
    ("last", "code"),
    [("", 0), ("raise SystemExit(3)", 3), ("1 / 0", 1)],
    ids=["the end", "an exit", "an error"],
)
def test_services_end_with_an_ending_process(last, code):
    with kernel("", last) as (started, family):
        assert started.wait(60) == code
        assert all(map(watcher.ended, family)), "before the process has ended"


def test_a_fork_that_ends_does_not_end_its_parents_services():
    fork = "if (child := os.fork()) == 0: sys.exit(0)\nos.waitpid(child, 0)\nassert service.alive() and other.alive()"
    with kernel(fork, "") as (started, _):
        assert started.wait(60) == 0
