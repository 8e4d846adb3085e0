"""The harness finds what it looks for, and counts the rest."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from hypothesis import strategies as st

from tests.fuzzing import files, harness, mutations, seeds
from tests.fuzzing.harness import ACCEPTED, REFUSED, Fault, Target
from utils import paths
from utils.errors import WorkbookError


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "build", lambda: tmp_path / "build")


def found(attempt, drive, count, tmp_path, **options):
    @contextmanager
    def ready(folder):
        yield attempt

    return harness.run(Target("one", count, drive, ready, **options), count, 1, tmp_path)


def strange(value):
    """Take 0, refuse 1 and 2, and fall over all others."""
    if value == 1:
        return REFUSED
    if value == 2:
        raise WorkbookError("It is 2.", "Give 0.")
    if value == 3:
        raise WorkbookError("")
    if value == 4:
        raise KeyError(4)
    if value == 5:
        raise Fault("a row is lost")
    if value == 6:
        time.sleep(5)
    return ACCEPTED


def counting(try_one, count, seed):
    for number in range(count):
        try_one(number)


def test_what_is_taken_refused_and_wrong(tmp_path):
    one = found(strange, counting, 7, tmp_path, seconds=1.0)
    assert (one.inputs, one.accepted, one.refused, one.failed) == (7, 1, 2, 4)
    kinds = [fault.split(" at ")[0] for fault in one.faults]
    assert kinds == ["WorkbookError", "KeyError", "Fault", "Hang"]
    kept = sorted(path.name for path in (tmp_path / "build" / "fuzzing").iterdir())
    assert kept[:2] == ["one-1-4", "one-1-4.why"]
    assert one.record()["ok"] is False


def test_memory_that_grows_is_a_fault(tmp_path):
    held = []

    def hold(value):
        held.append(b"x" * 10**7)
        return ACCEPTED

    one = found(hold, counting, 10, tmp_path, growth=10**6)
    assert one.failed == 1
    assert "has grown" in next(iter(one.faults))


@pytest.mark.parametrize(
    "drive", [harness.mutated(lambda random: random.random()), harness.drawn(lambda: st.floats())]
)
def test_a_seed_makes_the_same_inputs_again(tmp_path, drive):
    seen: list[list[str]] = [[], []]
    for one in seen:
        drive(lambda value, one=one: one.append(repr(value)), 50, 7)
    assert seen[0] == seen[1]
    assert len(seen[0]) == 50


def test_a_lost_row_is_noticed():
    header, *lines = seeds.clean().decode().splitlines(keepends=True)
    with pytest.raises(Fault, match="came through"):
        files.came_through("".join([header, *lines]).encode(), [header, *lines[1:]])
    files.came_through("".join([header, *lines]).encode(), [header, *lines])


def test_changes_are_many():
    from random import Random

    random = Random(1)
    made = {mutations.changed(random, seeds.clean(), mutations.OF_CSV) for _ in range(200)}
    assert len(made) > 150
