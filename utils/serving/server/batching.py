"""Requests that are put together and run at once, as TensorFlow Serving's batching session does.

What is put together asks the same version of the same model for the same outputs of the same inputs: each such
combination has a queue of its own, and all queues share some threads.

Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/batching/README.md
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from utils.serving.server import status
from utils.serving.server.batches import Parameters, merge, rows_of, split
from utils.serving.server.metrics import Metrics, micros
from utils.serving.server.models import Feeds, Runner
from utils.serving.server.status import Code, StatusError, invalid


@dataclass(eq=False)
class _Task:
    feeds: Feeds
    rows: int
    done: Future[list[np.ndarray]] = field(default_factory=Future)
    start: float = field(default_factory=time.perf_counter)


@dataclass(eq=False)
class _Queue:
    """The batches that wait for one combination of inputs and outputs; only the last one is still open."""

    runner: Runner
    fetches: Sequence[str]
    parameters: Parameters
    batches: deque[list[_Task]] = field(default_factory=deque)

    def add(self, task: _Task) -> None:
        """Add a task to the open batch, or open another."""
        if not self.batches or _rows(self.batches[-1]) + task.rows > self.parameters.rows:
            limit = self.parameters.max_enqueued_batches
            if len(self.batches) >= limit:
                raise StatusError(
                    Code.UNAVAILABLE,
                    "The batch scheduling queue to which this task was submitted is full; currently "
                    f"{len(self.batches)} batches enqueued and max_enqueued_batches is {limit}",
                )
            self.batches.append([])
        self.batches[-1].append(task)

    def due(self) -> float:
        """Return the time when its first batch is to be run; it may be over."""
        first = self.batches[0]
        is_closed = len(self.batches) > 1 or _rows(first) >= self.parameters.rows
        return first[0].start + (0 if is_closed else self.parameters.timeout_seconds)


def _rows(batch: list[_Task]) -> int:
    return sum(task.rows for task in batch)


class Scheduler:
    """The threads that run the batches of all models."""

    def __init__(self, parameters: Parameters, metrics: Metrics) -> None:
        self.parameters = parameters
        self._metrics = metrics
        self._waiting: list[_Queue] = []
        self._changed = threading.Condition()
        self._closing = False
        for _ in range(parameters.threads):
            threading.Thread(target=self._work, name="batch", daemon=True).start()

    def submit(self, queue: _Queue, tasks: Sequence[_Task]) -> None:
        """Put tasks into a queue; those before one that it refuses stay in it."""
        with self._changed:
            try:
                for task in tasks:
                    queue.add(task)
            finally:
                if queue.batches and queue not in self._waiting:
                    self._waiting.append(queue)
                self._changed.notify()

    def close(self) -> None:
        """End the threads, after what waits has been run."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            self._run(*taken)

    def _take(self) -> tuple[_Queue, list[_Task]] | None:
        """Wait for a batch that is due; return None at the end."""
        with self._changed:
            while True:
                queue = min(self._waiting, key=_Queue.due, default=None)
                if queue is None and self._closing:
                    return None
                if queue is None:
                    self._changed.wait()
                elif (left := queue.due() - time.perf_counter()) > 0 and not self._closing:
                    self._changed.wait(left)
                else:
                    batch = queue.batches.popleft()
                    self._waiting.remove(queue)
                    if queue.batches:  # behind the others, so that none is forgotten
                        self._waiting.append(queue)
                        self._changed.notify()
                    return queue, batch

    def _run(self, queue: _Queue, batch: list[_Task]) -> None:
        latency = self._metrics.queuing_latency.labels(self.parameters.thread_pool_name)
        for task in batch:
            latency.observe(micros(task.start))
        self._metrics.batches.inc()
        try:
            merged = merge([task.feeds for task in batch], _rows(batch), queue.parameters)
            outputs = split(queue.runner.run(merged, queue.fetches), [task.rows for task in batch])
        except Exception as raised:
            for task in batch:
                task.done.set_exception(status.of(raised))
        else:
            for task, values in zip(batch, outputs, strict=True):
                task.done.set_result(values)


class BatchingRunner:
    """A runner that shares each run with other requests for the same."""

    def __init__(self, runner: Runner, scheduler: Scheduler, parameters: Parameters) -> None:
        self._runner = runner
        self._scheduler = scheduler
        self._parameters = parameters
        self._queues: dict[tuple[Any, ...], _Queue] = {}
        self._lock = threading.Lock()

    def run(self, feeds: Feeds, fetches: Sequence[str]) -> list[np.ndarray]:
        """See :class:`utils.serving.server.models.Runner`; the first dimension of every input counts its rows."""
        rows, largest = rows_of(feeds), self._parameters.rows
        if rows > self._parameters.max_batch_size:
            raise invalid(
                f"Task size {rows} is larger than maximum input batch size {self._parameters.max_batch_size}"
            )
        key = tuple(sorted(feeds)), tuple(fetches)
        with self._lock:
            queue = self._queues.setdefault(key, _Queue(self._runner, fetches, self._parameters))
        parts = [slice(start, start + largest) for start in range(0, rows, largest)] or [slice(0)]
        tasks = [
            _Task({name: value[part] for name, value in feeds.items()}, _length(part, rows))
            for part in parts
        ]
        self._scheduler.submit(queue, tasks)
        outputs = [task.done.result() for task in tasks]
        return [
            np.concatenate(values) if len(values) > 1 else values[0]
            for values in zip(*outputs, strict=True)
        ]

    def close(self) -> None:
        """See :class:`utils.serving.server.models.Runner`."""
        self._runner.close()


def _length(part: slice, rows: int) -> int:
    return len(range(*part.indices(rows)))
