"""What goes on while a job runs: its progress in a line, and a worker that is killed in the middle."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from utils import progress
from utils.flink import rest
from utils.flink.errors import FlinkError

if TYPE_CHECKING:
    from utils.flink.cluster import Cluster
    from utils.flink.recorded import Recorded

POLL_SECONDS = 0.5
"""How long a look at the cluster may be old."""


@dataclass
class Events:
    """What happened, and when.

    Attributes:
        rows: Seconds since the beginning, and what happened then.
    """

    rows: list[tuple[float, str]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def add(self, what: str) -> None:
        """Note what happens now."""
        self.rows.append((round(time.monotonic() - self._began, 1), what))


@contextlib.contextmanager
def running(cluster: Cluster | Recorded, name: str) -> Iterator[None]:
    """Show how far the cluster's newest job is, in the line of work that goes on, until the block ends.

    Args:
        cluster: The cluster.
        name: What runs there, such as ``"StatisticsGen"``.
    """
    newest = _newest(cluster)

    def look() -> None:
        if job := newest():
            tasks = job["tasks"]
            say(f"{job['state'].lower()}: {tasks['finished']} of {tasks['total']} tasks on Flink")

    with progress.working(name) as say, looking(look):
        yield


@contextlib.contextmanager
def killed(cluster: Cluster, worker: str, replace: bool = False) -> Iterator[Events]:
    """Kill a TaskManager as soon as the next job has it at work, and note what becomes of the job.

    Args:
        cluster: The cluster.
        worker: The TaskManager's name.
        replace: Whether to start another one in its place at once.

    Yields:
        What happens, complete when the block ends.
    """
    newest = _newest(cluster)
    events = Events()
    last = ""
    done = False

    def look() -> None:
        nonlocal last, done
        job = newest()
        if job is None:
            return
        if job["state"] != last:
            last = job["state"]
            events.add(f"the job is {last}")
        if not done and last == "RUNNING" and job["tasks"]["finished"]:
            done = True
            cluster.kill_task_manager(worker)
            events.add(f"{worker} is killed")
            if replace:
                events.add(f"{cluster.add_task_manager()} is started")

    try:
        with looking(look):
            yield events
    finally:
        look()


def _newest(cluster: Cluster | Recorded) -> Callable[[], dict[str, Any] | None]:
    """Return what looks for the newest job of those that the cluster is handed from now on."""
    before = {one["jid"] for one in rest.overview(cluster.get)}

    def look() -> dict[str, Any] | None:
        new = [one for one in rest.overview(cluster.get) if one["jid"] not in before]
        return new[-1] if new else None

    return look


@contextlib.contextmanager
def looking(look: Callable[[], object]) -> Iterator[None]:
    """Call a function again and again, in a thread of its own, until the block ends.

    Args:
        look: The function; that Flink does not answer, in the moment in which it ends, is no error.
    """
    end = threading.Event()

    def loop() -> None:
        while not end.wait(POLL_SECONDS):
            with contextlib.suppress(FlinkError):  # the cluster may have been stopped
                look()

    thread = threading.Thread(target=loop, name="watching Flink", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
