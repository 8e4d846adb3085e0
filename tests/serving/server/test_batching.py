"""Requests are put together by what they ask, and taken apart again."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import numpy as np
import pytest

from utils.serving.server import batches
from utils.serving.server.batches import Parameters
from utils.serving.server.batching import BatchingRunner, Scheduler
from utils.serving.server.metrics import Metrics
from utils.serving.server.status import Code, StatusError


class Doubling:
    """Doubles x, remembers how many rows each run had, and waits for permission."""

    def __init__(self):
        self.rows = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def run(self, feeds, fetches):
        self.entered.set()
        assert self.gate.wait(10)
        self.rows.append(len(feeds["x"]))
        return [2 * feeds["x"] for _ in fetches]

    def close(self):
        pass


def batching(runner, **parameters):
    chosen = Parameters(**{"threads": 1, "max_execution_batch_size": 4, **parameters})
    scheduler = Scheduler(chosen, Metrics())
    return BatchingRunner(runner, scheduler, chosen), scheduler


def floats(*values):
    return {"x": np.array(values, np.float32)}


def test_requests_share_a_run_and_get_their_own_rows():
    runner = Doubling()
    batched, scheduler = batching(runner, max_batch_size=8, timeout_seconds=60)
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(batched.run, floats(one), ["y"]) for one in range(8)]
        answers = [one.result(10)[0].tolist() for one in asked]
    assert answers == [[2.0 * one] for one in range(8)]
    assert runner.rows == [8], "a full batch does not wait"
    scheduler.close()


def test_a_batch_is_not_overfilled_and_the_last_runs_when_the_server_ends():
    runner = Doubling()
    batched, scheduler = batching(runner, max_batch_size=4, timeout_seconds=60)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(batched.run, floats(one, one, one), ["y"]) for one in (1, 2)]
        done, _ = wait(asked, 10, FIRST_COMPLETED)
        assert (len(done), runner.rows) == (1, [3]), "the other one waits for company"
        scheduler.close()
        assert [one.result(10)[0].tolist() for one in asked] == [[2] * 3, [4] * 3]
    assert runner.rows == [3, 3]


def test_the_threads_are_daemons_and_end_when_they_are_told():
    before = set(threading.enumerate())
    batched, scheduler = batching(Doubling(), threads=3)
    mine = set(threading.enumerate()) - before
    assert [(one.name, one.daemon) for one in mine] == [("batch", True)] * 3
    assert batched.run(floats(1), ["y"])[0].tolist() == [2]
    scheduler.close()
    for one in mine:
        one.join(10)
        assert not one.is_alive()


def test_each_request_and_each_batch_is_counted():
    metrics = Metrics()
    chosen = Parameters(threads=1, max_batch_size=2, timeout_seconds=60, thread_pool_name="pool")
    scheduler = Scheduler(chosen, metrics)
    batched = BatchingRunner(Doubling(), scheduler, chosen)
    with ThreadPoolExecutor(4) as threads:
        for one in [threads.submit(batched.run, floats(1), ["y"]) for _ in range(4)]:
            one.result(10)
    session, count = ":tensorflow:serving:batching_session", metrics.registry.get_sample_value
    assert count(f"{session}:queuing_latency_count", {"thread_pool_name": "pool"}) == 4
    assert count(f"{session}:wrapped_run_count_total") == 2
    scheduler.close()


def test_no_row_is_an_answer_without_a_row():
    batched, scheduler = batching(Doubling())
    assert [one.tolist() for one in batched.run(floats(), ["y", "z"])] == [[], []]
    scheduler.close()


def test_what_is_asked_differently_is_not_mixed():
    runner = Doubling()
    batched, scheduler = batching(runner, max_batch_size=2, timeout_seconds=60)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(batched.run, floats(1), ["y", "z"][at % 2 :]) for at in range(4)]
        assert [len(one.result(10)) for one in asked] == [2, 1, 2, 1]
    assert runner.rows == [2, 2]
    scheduler.close()


def test_a_batch_is_filled_up_to_an_allowed_size():
    runner = Doubling()
    batched, scheduler = batching(runner, max_batch_size=8, allowed_batch_sizes=(4, 8))
    assert batched.run(floats(1, 2, 3), ["y"])[0].tolist() == [2, 4, 6]
    assert runner.rows == [4]
    scheduler.close()


def test_a_request_that_is_too_large():
    runner = Doubling()
    batched, scheduler = batching(runner, max_batch_size=2)
    with pytest.raises(StatusError, match="Task size 3 is larger than maximum input batch size 2"):
        batched.run(floats(1, 2, 3), ["y"])
    scheduler.close()
    runner = Doubling()
    batched, scheduler = batching(
        runner, max_batch_size=10, split_large_batches=True, max_execution_batch_size=2
    )
    assert batched.run(floats(1, 2, 3, 4, 5), ["y"])[0].tolist() == [2, 4, 6, 8, 10]
    assert runner.rows == [2, 2, 1]
    scheduler.close()


def test_a_full_queue_refuses():
    runner = Doubling()
    runner.gate.clear()
    batched, scheduler = batching(runner, max_batch_size=1, max_enqueued_batches=1)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(batched.run, floats(1), ["y"])
        assert runner.entered.wait(10)
        second = threads.submit(batched.run, floats(2), ["y"])
        while not (queue := next(iter(batched._queues.values()))).batches:
            assert not second.done()
        with pytest.raises(StatusError, match="is full; currently 1 batches") as caught:
            batched.run(floats(3), ["y"])
        assert caught.value.code is Code.UNAVAILABLE
        assert len(queue.batches) == 1
        runner.gate.set()
        assert [one.result(10)[0].tolist() for one in (first, second)] == [[2], [4]]
    scheduler.close()


def test_a_large_request_that_is_refused_in_part_leaves_no_trace():
    runner = Doubling()
    runner.gate.clear()
    batched, scheduler = batching(
        runner,
        max_batch_size=10,
        max_enqueued_batches=1,
        split_large_batches=True,
        max_execution_batch_size=2,
    )
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(batched.run, floats(1), ["y"])
        assert runner.entered.wait(10)
        with pytest.raises(StatusError, match="is full"):
            batched.run(floats(1, 2, 3), ["y"])
        runner.gate.set()
        assert first.result(10)[0].tolist() == [2]
    assert batched.run(floats(7), ["y"])[0].tolist() == [14]
    scheduler.close()


def test_an_error_reaches_all_of_its_batch_and_no_other():
    class Broken(Doubling):
        def run(self, feeds, fetches):
            if feeds["x"][0] < 0:
                raise StatusError(Code.INVALID_ARGUMENT, "below zero")
            return super().run(feeds, fetches)

    batched, scheduler = batching(Broken(), max_batch_size=1)
    with pytest.raises(StatusError, match="below zero"):
        batched.run(floats(-1), ["y"])
    assert batched.run(floats(1), ["y"])[0].tolist() == [2]
    scheduler.close()


def test_rows_are_counted_by_the_first_dimension():
    assert batches.rows_of({"a": np.zeros((3, 2)), "b": np.zeros(3)}) == 3
    with pytest.raises(StatusError, match="at least one dimension"):
        batches.rows_of({"a": np.float32(1)})
    with pytest.raises(StatusError, match="equal 0th-dimension size"):
        batches.rows_of({"a": np.zeros(3), "b": np.zeros(2)})


def test_inputs_of_different_lengths():
    tasks = [{"x": np.array([[1.0, 2.0]])}, {"x": np.array([[3.0]])}]
    with pytest.raises(StatusError, match="different shapes and padding is turned off"):
        batches.merge(tasks, 2, Parameters())
    merged = batches.merge(tasks, 2, Parameters(pad_variable_length_inputs=True))
    assert merged["x"].tolist() == [[1, 2], [3, 3]]


def test_outputs_without_a_row_for_each_input():
    with pytest.raises(StatusError, match="has 0 dimensions"):
        batches.split([np.float32(1)], [1, 1])
    with pytest.raises(StatusError, match="0th dimension does not equal the sum"):
        batches.split([np.zeros(1)], [1, 1])
