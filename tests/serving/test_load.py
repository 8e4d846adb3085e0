"""Loads are counted, timed, and spread over clients."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from utils.serving import load
from utils.serving.load import Load


def test_every_request_is_sent_once_and_counted():
    numbers, connected = [], []

    def connect():
        connected.append(1)

        def ask(number):
            numbers.append(number)
            if number % 10 == 0:
                raise ValueError("every tenth\nand more")
            return number % 2

        return ask

    done = load.run(connect, requests=100, clients=4)
    assert sorted(numbers) == list(range(100))
    assert len(connected) == done.clients == 4
    assert done.answers == {0: 40, 1: 50}
    assert done.errors == {"ValueError: every tenth": 10}
    assert (len(done.latencies), done.failed) == (90, 10)
    assert 0 <= done.p50 <= done.p95 <= done.p99 <= done.seconds
    assert done.throughput == pytest.approx(90 / done.seconds)
    assert "90 answered and 10 failed" in str(done)


def test_clients_ask_at_the_same_time():
    barrier = threading.Barrier(3)
    done = load.run(lambda: lambda number: barrier.wait(10), requests=3, clients=3)
    assert done.failed == 0


def test_at_a_fixed_rate_waiting_for_a_client_counts():
    slow = threading.Event()

    def ask(number):
        slow.wait(0.02)

    done = load.run(lambda: ask, requests=10, clients=1, rate=1000)
    # The tenth is due after 9 ms, and answered after 10 times 20 ms, however slow the machine is.
    assert done.latencies[-1] > 0.18
    done = load.run(lambda: lambda number: None, requests=20, clients=2, rate=200)
    assert done.seconds >= 19 / 200


def test_percentiles():
    made = Load(np.arange(1, 101) / 100, {}, {}, 1.0, 1)
    assert (made.p50, made.p95, made.p99) == pytest.approx((0.505, 0.9505, 0.9901))
    assert np.isnan(Load(np.array([]), {}, {"x": 1}, 1.0, 1).p50)


def test_a_client_that_cannot_connect_is_told():
    def connect():
        raise ConnectionRefusedError

    with pytest.raises(ConnectionRefusedError):
        load.run(connect, requests=1)


@pytest.mark.parametrize(
    "given", [{"requests": 0}, {"requests": 1, "clients": 0}, {"requests": 1, "rate": 0}]
)
def test_loads_that_make_no_sense(given):
    with pytest.raises(ValueError, match="at least one request"):
        load.run(lambda: lambda number: None, **given)


def test_a_load_ends_early_when_it_is_told_to():
    sent = []
    done = load.run(lambda: sent.append, requests=1_000, clients=1, until=lambda: len(sent) == 7)
    assert sent == list(range(7))
    assert done.answers == {None: 7}
