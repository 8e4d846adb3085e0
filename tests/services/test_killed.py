"""A process that has services is really killed, and they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

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


def kernel(then: str, last: str) -> subprocess.Popen[str]:
    code = KERNEL.format(then=then, last=last)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def processes(started: subprocess.Popen[str]) -> list[psutil.Process]:
    assert started.stdout is not None
    return [psutil.Process(int(word)) for word in started.stdout.readline().split()]


@pytest.mark.parametrize("then", LEFT_OPEN.values(), ids=LEFT_OPEN)
def test_services_end_with_a_killed_process(then):
    with kernel(then, "time.sleep(600)") as started:
        family = processes(started)
        assert len(family) == 4
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
    with kernel("", last) as started:
        family = processes(started)
        assert started.wait(60) == code
        assert all(map(watcher.ended, family)), "before the process has ended"


def test_a_fork_that_ends_does_not_end_its_parents_services():
    fork = "if (child := os.fork()) == 0: sys.exit(0)\nos.waitpid(child, 0)\nassert service.alive() and other.alive()"
    with kernel(fork, "") as started:
        assert len(processes(started)) == 4
        assert started.wait(60) == 0
