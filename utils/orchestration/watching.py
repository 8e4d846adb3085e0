"""Watching a run of a DAG: the state of each task while it changes, and when it changed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from utils import progress
from utils.orchestration.airflow import POLL_SECONDS, WAIT_SECONDS, Airflow
from utils.orchestration.errors import OrchestrationError

ENDED = ("success", "failed")
"""The states of a run that has ended."""

_FINAL = (*ENDED, "upstream_failed", "skipped")
"""The states of a task that has ended."""


@dataclass(frozen=True)
class Change:
    """A task in another state than before.

    Attributes:
        seconds: When that was seen, from the beginning of the watch.
        task: The task's id.
        state: Its state from then on, in Airflow's words; ``"none"`` before it is scheduled.
        attempt: The number of the attempt, from 1; 0 before the first.
    """

    seconds: float
    task: str
    state: str
    attempt: int


@dataclass(frozen=True)
class Watched:
    """A run that was watched until it ended.

    Attributes:
        dag_id: The DAG.
        run_id: Its run.
        state: How it ended: ``"success"`` or ``"failed"``.
        seconds: How long the watch lasted.
        changes: What was seen, in order.
    """

    dag_id: str
    run_id: str
    state: str
    seconds: float
    changes: tuple[Change, ...]

    def states(self, task: str) -> list[str]:
        """Return the states of a task, in order.

        Args:
            task: The task's id.
        """
        return [change.state for change in self.changes if change.task == task]

    def attempts(self, task: str) -> int:
        """Return how many attempts at a task were made.

        Args:
            task: The task's id.
        """
        return max((change.attempt for change in self.changes if change.task == task), default=0)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks, in the order in which they began."""
        began: dict[str, float] = {}
        for change in self.changes:
            if change.state == "running" or change.task not in began:
                began[change.task] = change.seconds
        first = {
            change.task: change.seconds
            for change in reversed(self.changes)
            if change.state == "running"
        }
        return tuple(sorted(began, key=lambda task: (first.get(task, began[task] + 1e6), task)))


def watch(server: Airflow, dag_id: str, run_id: str, seconds: float = WAIT_SECONDS) -> Watched:
    """Watch a run until it ends; meanwhile a line tells the state of each task.

    Args:
        server: The Airflow that runs it.
        dag_id: The DAG.
        run_id: Its run.
        seconds: How long to wait at most.

    Returns:
        What was seen.

    Raises:
        OrchestrationError: If the run has not ended in time, or Airflow ends before it.
    """
    begin, known, changes = time.monotonic(), dict[str, tuple[str, int]](), list[Change]()
    with progress.working(f"Airflow runs {dag_id}") as say:
        while True:
            now = time.monotonic() - begin
            for name, task in sorted(server.tasks(dag_id, run_id).items()):
                seen = _seen(task)
                if known.get(name) != seen:
                    known[name] = seen
                    changes.append(Change(now, name, *seen))
            say(" · ".join(f"{name} {one}" for name, (one, _) in known.items()))
            if known and all(one in _FINAL for one, _ in known.values()):
                state = server.state(dag_id, run_id)  # it follows the tasks' within a moment
                if state in ENDED:
                    return Watched(dag_id, run_id, state, now, tuple(changes))
            if now > seconds or not server.scheduler.alive():
                raise OrchestrationError(
                    f"The run {run_id} has not ended after {now:.0f} s.",
                    f"Look into the scheduler's log, {server.scheduler.log}.",
                )
            time.sleep(POLL_SECONDS)


def _seen(task: Mapping[str, Any]) -> tuple[str, int]:
    state = task["state"] or "none"
    attempt = int(task["try_number"] or 0)
    return state, attempt
