"""A load generator: many requests from several clients at once, and how long each took."""

from __future__ import annotations

import collections
import itertools
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Ask: TypeAlias = "Callable[[int], Hashable]"
"""Sends a request, which is told its number; returns what is counted, for example the version that answered."""


@dataclass(frozen=True)
class Load:
    """What came of some requests.

    Attributes:
        latencies: How long each answered request took, in seconds ``[answered]``, in the order of their ends. At a
            fixed rate it counts from the moment when the request was due.
        answers: How often each thing was returned.
        errors: How often each error was raised, by its first line.
        seconds: How long all took together.
        clients: How many clients there were.
    """

    latencies: NDArray[np.float64] = field(repr=False)
    answers: Mapping[Hashable, int]
    errors: Mapping[str, int]
    seconds: float
    clients: int

    def percentile(self, percent: float) -> float:
        """Return the latency, in seconds, that so many percent of the answered requests do not exceed.

        Args:
            percent: From 0 to 100.

        Returns:
            The latency; not a number where no request was answered.
        """
        return (
            float(np.percentile(self.latencies, percent)) if len(self.latencies) else float("nan")
        )

    @property
    def p50(self) -> float:
        """The median latency, in seconds."""
        return self.percentile(50)

    @property
    def p95(self) -> float:
        """The latency that one request in twenty exceeds, in seconds."""
        return self.percentile(95)

    @property
    def p99(self) -> float:
        """The latency that one request in a hundred exceeds, in seconds."""
        return self.percentile(99)

    @property
    def failed(self) -> int:
        """How many requests were not answered."""
        return sum(self.errors.values())

    @property
    def throughput(self) -> float:
        """Answered requests in a second."""
        return len(self.latencies) / self.seconds

    def __str__(self) -> str:
        p50, p95, p99 = (f"{1000 * one:.1f}" for one in (self.p50, self.p95, self.p99))
        return (
            f"{len(self.latencies)} answered and {self.failed} failed in {self.seconds:.1f} s, "
            f"{self.throughput:.0f} a second; p50 {p50} ms, p95 {p95} ms, p99 {p99} ms"
        )


def run(
    connect: Callable[[], Ask],
    requests: int,
    clients: int = 1,
    rate: float | None = None,
    until: Callable[[], bool] | None = None,
) -> Load:
    """Send requests.

    Without a rate each client sends its next request when the last one was answered, so that a slow server is asked
    less often (a closed loop). With a rate requests are due at fixed times, whether the server keeps up or not: then a
    request that had to wait for a free client has that wait in its latency.

    Args:
        connect: Makes a client, which one thread uses; returns what sends a request.
        requests: How many requests, over all clients.
        clients: How many clients send at the same time.
        rate: Requests in a second, over all clients; by default as many as are answered.
        until: Tells, before each request, whether to stop; then fewer requests are sent.

    Returns:
        The latencies, answers and errors.

    Raises:
        ValueError: If there are no requests, no clients, or the rate is not above zero.
    """
    if requests < 1 or clients < 1 or (rate is not None and rate <= 0):
        raise ValueError("A load needs at least one request, one client, and a rate above zero.")
    asks = [connect() for _ in range(clients)]
    latencies: list[float] = []
    answers: collections.Counter[Hashable] = collections.Counter()
    errors: collections.Counter[str] = collections.Counter()
    numbers, lock = itertools.count(), threading.Lock()
    start = time.perf_counter()

    def work(ask: Ask) -> None:
        while not (until and until()) and (number := next(numbers)) < requests:
            due = time.perf_counter() if rate is None else start + number / rate
            time.sleep(max(due - time.perf_counter(), 0))
            try:
                answer = ask(number)
            except Exception as error:
                with lock:
                    errors[_first_line(error)] += 1
            else:
                took = time.perf_counter() - due
                with lock:
                    latencies.append(took)
                    answers[answer] += 1

    threads = [threading.Thread(target=work, args=[ask], daemon=True) for ask in asks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return Load(np.array(latencies), dict(answers), dict(errors), seconds, clients)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
