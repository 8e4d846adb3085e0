"""Latency at rising load, and what follows from it."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

from utils.serving import ramp


def test_each_rate_is_a_row_with_its_errors():
    lock = threading.Lock()
    asked: list[int] = []

    def ask(number: int) -> str:
        with lock:
            asked.append(number)
        if number == 3:
            raise OSError("no")
        return "yes"

    table = ramp.rising(lambda: ask, [2_000, 4_000], seconds=0.05, clients=4)
    assert table.rate.tolist() == [2_000, 4_000]
    assert (table.answered + table.failed).tolist() == [100, 200]
    assert table.failed.tolist() == [1, 1]
    assert len(asked) == 300
    assert (table.p50 <= table.p95).all()
    assert (table.p95 <= table.p99).all()


class Measured:
    """What a load of three requests, of which two were answered, would say."""

    latencies, failed, throughput = (0.1, 0.2), 1, 4.0
    p50, p95, p99 = 0.1, 0.25, 0.5


def test_times_are_in_milliseconds_and_loads_as_asked(monkeypatch):
    asked = []

    def run(*given):
        asked.append(given)
        return Measured

    monkeypatch.setattr(ramp.load, "run", run)
    table = ramp.rising("connect", [30.0])
    assert table.to_dict("records") == [
        {"rate": 30.0, "answered": 2, "failed": 1, "throughput": 4.0}
        | {"p50": 100.0, "p95": 250.0, "p99": 500.0}
    ]
    ramp.rising("connect", [30.0], seconds=5, clients=3)
    assert asked == [("connect", 60, 16, 30.0), ("connect", 150, 3, 30.0)]


def test_a_low_rate_still_sends_enough_for_a_percentile():
    (row,) = ramp.rising(lambda: lambda number: None, [10_000], 0.0001).itertuples()
    assert row.answered == ramp.FEWEST


def loads(*rows: tuple[float, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["rate", "failed", "p95"])


@pytest.mark.parametrize(
    ("table", "best"),
    [
        (loads((10, 0, 5.0), (20, 0, 9.0), (40, 0, 30.0)), 20),
        (loads((40, 0, 30.0), (10, 0, 5.0)), 10),
        (loads((10, 0, 11.0), (20, 0, 9.0)), 20),
        (loads((10, 0, 5.0), (20, 1, 5.0)), 10),
        (loads((10, 0, float("nan"))), 0),
        (loads((10, 0, 10.0), (20, 1, 10.0), (30, 2, 5.0)), 10),
    ],
)
def test_what_a_server_bears(table, best):
    assert ramp.bearable(table, target=10) == best


@pytest.mark.parametrize(
    ("rate", "bears", "spare", "servers"),
    [(100, 50, 0, 2), (101, 50, 0, 3), (70, 100, 0.3, 1), (71, 100, 0.3, 2), (0.1, 50, 0, 1)],
)
def test_servers_are_rounded_up(rate, bears, spare, servers):
    assert ramp.replicas(rate, bears, spare) == servers


def test_no_load_needs_a_server_and_half_a_request_may_be_borne():
    assert ramp.replicas(0, 50) == 1
    assert ramp.replicas(2, 0.5) == 4


@pytest.mark.parametrize(("bears", "spare"), [(0, 0), (10, 1), (10, -0.1)])
def test_what_cannot_be_divided(bears, spare):
    with pytest.raises(ValueError, match="bear more than nothing"):
        ramp.replicas(10, bears, spare)
