"""Several processes at once, and one that is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.feedback.rows import ROWS, open_log, write_all
from utils import paths


@pytest.fixture
def words(log, request, tmp_path):
    """How another process opens the same database."""
    if log.database.mark == "?":
        return ["sqlite", str(tmp_path / "log.sqlite")]
    team = request.getfixturevalue("team")
    return ["postgresql", str(team.port), team.password]


def started(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.feedback.rows", *words],
        cwd=paths.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_writers_of_the_same_rows_and_none_twice(log, words, tmp_path):
    writers = [started("writer", *words, str(tmp_path / f"{n}.jsonl")) for n in range(2)]
    for one in writers:
        assert one.stdout.readline() == "ready\n"
    for one in writers:
        one.stdin.write("go\n")
        one.stdin.flush()
    new = [int(one.communicate()[0]) for one in writers]
    assert [one.returncode for one in writers] == [0, 0]
    assert sum(new) == 400 == log.counts()["predictions"]


def test_a_killed_loop_goes_on_and_counts_nothing_twice(log, words, tmp_path):
    spool = str(tmp_path / "loop.jsonl")
    for lines in (4, 9):  # within the first turn, and, as that begins anew, within the second
        victim = started("loop", *words, spool)
        for _ in range(lines - 1):
            assert victim.stdout.readline()
            victim.stdin.write("\n")
            victim.stdin.flush()
        assert victim.stdout.readline()
        victim.kill()
        victim.communicate()
        assert log.counts()["predictions"] < 3 * ROWS
    write_all(open_log([*words, spool]))
    assert log.counts() == {"predictions": 3 * ROWS, "outcomes": 3 * ROWS, "turns": 3}
    table = log.joined("2016-03-01")
    assert len(table) == 3 * ROWS and table.outcomes.eq(1).all()
    assert table.disputed.eq(table.score > 0.5).all()
