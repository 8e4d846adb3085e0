"""What Flink's REST interface says of a cluster's workers and jobs.

A job is a graph of *operators*, which Flink's pages call vertices and its documentation tasks; each is split into
as many subtasks as its parallelism says, and each subtask runs in a slot of some TaskManager.

Source: https://nightlies.apache.org/flink/flink-docs-release-1.19/docs/ops/rest_api/
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from utils import services

Ask: TypeAlias = "Callable[[str], Any]"
"""Asks the REST interface: takes a path, such as ``"/jobs/overview"``, and returns the answer, as JSON has it."""

_STEP = re.compile(r"\((?:\w+) at (?:GroupCombine: |\[\d+\])?(.*?)\)?(?: -> |$)")
"""Finds Beam's step in the name of an operator, such as ``MapPartition (MapPartition at [3]Read/Filter)``."""

SINK = "DataSink"
"""How the names of operators begin that only end a branch."""


@dataclass(frozen=True)
class Operator:
    """One operator of a job: a stage of Beam's pipeline.

    Attributes:
        id: Flink's name for it.
        name: What it is called, with all the steps of Beam's pipeline that were fused into it.
        state: For example ``"FINISHED"``.
        parallelism: Into how many subtasks it was split.
        began: Seconds from the job's start to its own.
        seconds: From its start to its end, waiting included.
        read: How many records came in, by worker.
        written: How many records went out, by worker.
    """

    id: str
    name: str
    state: str
    parallelism: int
    began: float
    seconds: float
    read: Mapping[str, int]
    written: Mapping[str, int]

    @property
    def step(self) -> str:
        """The first of Beam's steps in it, without Flink's words; ``ExtractOutput[1]`` only where nothing says more."""
        found = _STEP.findall(self.name)
        named = [one for one in found if not one.startswith("ExtractOutput[")]
        return str((named or found or [self.name])[0])

    @property
    def records(self) -> int:
        """How many records came in and went out, in all."""
        return sum(self.read.values()) + sum(self.written.values())


@dataclass(frozen=True)
class Job:
    """A job that a cluster has run, or runs.

    Attributes:
        id: Flink's name for it.
        name: Beam's name for it.
        state: For example ``"FINISHED"`` or ``"FAILED"``.
        seconds: From its start to its end, or to now.
        tasks: How many subtasks all its operators have.
        operators: The operators, those first that began first.
        failure: Why it failed, in its first line; empty where it did not.
    """

    id: str
    name: str
    state: str
    seconds: float
    tasks: int
    operators: tuple[Operator, ...]
    failure: str = ""

    @property
    def workers(self) -> tuple[str, ...]:
        """The names of the workers that had a part in it."""
        return tuple(sorted({name for one in self.operators for name in one.read}))

    def read(self) -> dict[str, int]:
        """Return how many records each worker has read, over all operators."""
        return {name: sum(one.read.get(name, 0) for one in self.operators) for name in self.workers}

    def longest(self) -> Operator:
        """Return the operator that took longest."""
        return max(self.operators, key=lambda one: one.seconds)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it; :func:`from_dict` reads that."""
        return asdict(self)


def get(url: str, path: str) -> Any:
    """Ask the REST interface.

    Args:
        url: The cluster's address.
        path: What is asked, such as ``"/jobs/overview"``.

    Returns:
        The answer, as JSON has it.

    Raises:
        OSError: If nobody answers, or with an error.
    """
    with services.open_url(f"{url}{path}", 30) as answer:
        return json.load(answer)


def task_managers(ask: Ask) -> dict[str, dict[str, Any]]:
    """Return what the JobManager knows of its TaskManagers, by their names.

    Args:
        ask: Asks the REST interface, such as a cluster's ``get``.
    """
    return {one["id"]: one for one in ask("/taskmanagers")["taskmanagers"]}


def overview(ask: Ask) -> list[dict[str, Any]]:
    """Return what the JobManager says of its jobs in short, the oldest first.

    Args:
        ask: Asks the REST interface.
    """
    return sorted(ask("/jobs/overview")["jobs"], key=lambda one: one["start-time"])


def job(ask: Ask, job_id: str) -> Job:
    """Return one job with its operators.

    Args:
        ask: Asks the REST interface.
        job_id: Flink's name for it.
    """
    told = ask(f"/jobs/{job_id}")
    vertices = [ask(f"/jobs/{job_id}/vertices/{one['id']}") for one in told["vertices"]]
    failure = ""
    if told["state"] == "FAILED":
        failure = cause(ask(f"/jobs/{job_id}/exceptions")["exceptionHistory"]["entries"])
    return read_job(told, vertices, failure)


def cause(entries: Iterable[Mapping[str, Any]]) -> str:
    """Return why a job failed: the innermost reason of its last failure, in one line.

    Args:
        entries: What ``/jobs/…/exceptions`` answers as ``exceptionHistory``, the last failure first.
    """
    trace = next((one["stacktrace"] for one in entries), "")
    causes = [line for line in trace.splitlines() if line.startswith("Caused by: ")]
    first = causes[-1].removeprefix("Caused by: ") if causes else trace.partition("\n")[0]
    return first.strip()


def read_job(
    told: Mapping[str, Any], vertices: Sequence[Mapping[str, Any]], failure: str = ""
) -> Job:
    """Read a job from the answers of the REST interface.

    Args:
        told: What ``/jobs/ID`` answers.
        vertices: What ``/jobs/ID/vertices/…`` answers for each of its operators, in any order.
        failure: Why it failed.
    """
    start = told["start-time"]
    subtasks = {one["id"]: one["subtasks"] for one in vertices}
    operators = [_operator(one, subtasks[one["id"]], start) for one in told["vertices"]]
    return Job(
        told["jid"], told["name"], told["state"], told["duration"] / 1000,
        sum(one.parallelism for one in operators),
        tuple(sorted(operators, key=lambda one: one.began)), failure,
    )  # fmt: skip


def _operator(
    told: Mapping[str, Any], subtasks: Iterable[Mapping[str, Any]], start: int
) -> Operator:
    read: dict[str, int] = {}
    written: dict[str, int] = {}
    for one in subtasks:
        worker, counted = one["taskmanager-id"], one["metrics"]
        if worker == "(unassigned)":
            continue
        read[worker] = read.get(worker, 0) + counted["read-records"]
        written[worker] = written.get(worker, 0) + counted["write-records"]
    began = told["start-time"]
    return Operator(
        told["id"], told["name"], told["status"], told["parallelism"],
        max(0, began - start) / 1000, max(0, told["duration"]) / 1000, read, written,
    )  # fmt: skip


def from_dict(told: Mapping[str, Any]) -> Job:
    """Read a job that was kept by :meth:`Job.as_dict`."""
    operators = tuple(Operator(**one) for one in told["operators"])
    return Job(**{**told, "operators": operators})
