"""The program between this process and a service: it starts the service, and ends it when this process is gone.

It runs by itself, in a process group of its own, and imports nothing of this project. Its standard input is a pipe:
the first line holds its orders as JSON, and from then on nothing is written. When the pipe ends, its writer has closed
it or has been killed. Its standard output answers with a line of JSON when the service has started, and another when it
has ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

import psutil

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Those by which somebody may end the watcher, and with it the service."""

LOOK_SECONDS = 5.0
"""How often to look whether the parent is still there, should a copy of the pipe have been left open somewhere."""

KILL_SECONDS = 5.0
"""How long to go on killing; what is still there then cannot be killed by us."""

_PR_SET_CHILD_SUBREAPER = 36


def adopt() -> None:
    """On Linux, become the parent of the service's orphans, so that none is lost; elsewhere do nothing."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def ended(process: psutil.Process) -> bool:
    """Return whether a process is gone, or has ended and only waits to be reaped."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def reap(leader: int) -> None:
    """Reap what has ended, except the leader: while that is not reaped nobody else can get its number."""
    for child in psutil.Process().children():
        if child.pid != leader and ended(child):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def send(group: int, number: int) -> None:
    """Send a signal to a process group; macOS refuses where all of the group have ended."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def end(leader: int, number: int, seconds: float) -> None:
    """End a service: its process group and all its descendants.

    On Linux none can hide. Elsewhere a descendant is missed that has a group of its own and lost its parent before.

    Args:
        leader: The process id of the service, which leads its group.
        number: The signal that asks it to end.
        seconds: How long it may take before it is killed.
    """
    family: set[psutil.Process] = set()
    asked: set[psutil.Process] = set()

    def left() -> list[psutil.Process]:
        reap(leader)
        family.update(psutil.Process().children(recursive=True))
        return [process for process in family if not ended(process)]

    left()
    send(leader, number)
    deadline = time.monotonic() + seconds
    while (remaining := left()) and time.monotonic() < deadline:
        if ended(psutil.Process(leader)):
            # Whoever has left the group is asked only now: while the leader runs, that is the leader's business.
            for process in set(remaining) - asked:
                with contextlib.suppress(OSError, psutil.Error):
                    if os.getpgid(process.pid) != leader:
                        process.terminate()
            asked.update(remaining)
        time.sleep(0.05)
    deadline = time.monotonic() + KILL_SECONDS
    while (remaining := left()) and time.monotonic() < deadline:
        send(leader, signal.SIGKILL)
        for process in remaining:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)


def say(answer: dict[str, Any]) -> None:
    """Answer the parent, if it is still there."""
    with contextlib.suppress(OSError):
        os.write(1, json.dumps(answer).encode() + b"\n")


def main() -> None:
    """Start the service, wait until it ends or the parent is gone, and end what is left."""
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *STOP_SIGNALS):
        signal.signal(number, lambda *_: None)
    adopt()
    try:
        orders = json.loads(sys.stdin.buffer.readline())
    except ValueError:
        return  # the parent died before it could finish the line
    try:
        leader = subprocess.Popen(
            orders["command"],
            cwd=orders["cwd"],
            env=orders["env"],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        say({"error": str(error)})
        return
    say({"pid": leader.pid})
    service = psutil.Process(leader.pid)
    while not ended(service) and os.getppid() == orders["parent"]:
        readable, _, _ = select.select([0, wake], [], [], LOOK_SECONDS)
        if wake in readable:
            if set(os.read(wake, 1024)) & set(STOP_SIGNALS):
                break
            reap(leader.pid)
        if 0 in readable:
            break
    end(leader.pid, orders["signal"], orders["seconds"])
    say({"code": leader.wait()})


if __name__ == "__main__":
    main()
