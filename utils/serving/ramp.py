"""Latency at rising load, how much one server bears, and how many are needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from utils.serving import load
from utils.serving.load import Ask

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 20
"""Requests of one load, at least: with fewer there is no 95th percentile."""


def rising(
    connect: Callable[[], Ask], rates: Iterable[float], seconds: float = 2.0, clients: int = 16
) -> pd.DataFrame:
    """Send requests at one rate after the other.

    Requests are due at fixed times. One that has to wait for a free client has that wait in its latency, so a server
    that cannot keep up shows it.

    Args:
        connect: Makes a client; see :func:`utils.serving.load.run`.
        rates: Requests in a second.
        seconds: How long each rate is kept up.
        clients: How many requests may be under way at the same time.

    Returns:
        One row for each rate: ``rate``, ``answered``, ``failed``, ``throughput`` (answered in a second), and ``p50``,
        ``p95`` and ``p99`` in milliseconds.

    Raises:
        ValueError: If a rate is not above zero.
    """
    import pandas as pd

    rows = []
    for rate in rates:
        requests = max(FEWEST, round(rate * seconds))
        found = load.run(connect, requests, clients, rate)
        times = [1000 * one for one in (found.p50, found.p95, found.p99)]
        rows.append((rate, len(found.latencies), found.failed, found.throughput, *times))
    columns = ["rate", "answered", "failed", "throughput", "p50", "p95", "p99"]
    return pd.DataFrame(rows, columns=columns)


def bearable(table: pd.DataFrame, target: float) -> float:
    """Return the highest rate at which the 95th percentile kept a target and no request failed.

    Args:
        table: What :func:`rising` returned.
        target: The latency, in milliseconds, that 95 of 100 requests have to keep.

    Returns:
        Requests in a second; 0 where every rate was too much.
    """
    kept = table[(table.failed == 0) & (table.p95 <= target)]
    return float(kept.rate.max()) if len(kept) else 0.0


def replicas(rate: float, bearable_rate: float, spare: float = 0.0) -> int:
    """Return how many servers a load needs.

    Args:
        rate: The load, in requests in a second.
        bearable_rate: What one server bears, in requests in a second.
        spare: The share of each server, from 0 to below 1, that is to stay free.

    Returns:
        The number of servers, at least 1.

    Raises:
        ValueError: If a server bears nothing, or the spare share is out of range.
    """
    if bearable_rate <= 0 or not 0 <= spare < 1:
        raise ValueError(
            "A server has to bear more than nothing (else raise the target, or measure at lower rates), and a spare "
            "share lies from 0 to below 1."
        )
    return max(1, math.ceil(rate / (bearable_rate * (1 - spare)) - 1e-9))
