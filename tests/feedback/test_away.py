"""The database goes away, really, and comes back: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.feedback.rows import outcome, predictions
from utils.feedback import databases
from utils.feedback.errors import DatabaseAway, FeedbackError, SpoolFull
from utils.feedback.log import ServingLog, Written
from utils.feedback.spool import Spool
from utils.services import postgres


@pytest.fixture
def file(tmp_path):
    return databases.create(tmp_path / "log.sqlite")


@pytest.fixture
def mine(file, tmp_path):
    return ServingLog(
        databases.sqlite(file, seconds=0.05), Spool(tmp_path / "waiting.jsonl", 10)
    ).create()


def test_a_moved_file_is_not_made_anew(mine, file):
    mine.predictions(predictions(2))
    elsewhere = file.rename(file.with_name("moved"))
    assert mine.predictions(predictions(4)) == Written(spooled=4)
    assert not file.exists()
    with pytest.raises(DatabaseAway, match=r"log\.sqlite is away"):
        mine.flush()
    assert len(mine.spool) == 4
    elsewhere.rename(file)
    assert mine.flush() == 4
    assert mine.counts()["predictions"] == 4 and len(mine.spool) == 0


def test_a_locked_file_is_waited_for_and_then_spooled(mine, file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert mine.predictions(predictions(3)).spooled == 3
        assert mine.outcomes([outcome("p0", True, "2016-02-01")]).spooled == 1
        other.execute("ROLLBACK")
    assert mine.predictions(predictions(4)).new == 4
    assert mine.counts() == {"predictions": 4, "outcomes": 1, "turns": 0}
    assert len(mine.spool) == 0, "the next write has emptied the spool, too"


def test_a_full_spool_refuses_a_batch_and_keeps_the_rest(mine, file):
    file.rename(file.with_name("moved"))
    mine.predictions(predictions(8))
    with pytest.raises(SpoolFull, match="holds 8 rows and may hold 10"):
        mine.predictions(predictions(3))
    assert len(mine.spool) == 8
    mine.predictions(predictions(2))
    assert len(mine.spool) == 10


def test_without_a_spool_the_caller_is_told(mine, file):
    plain = ServingLog(mine.database)
    file.rename(file.with_name("moved"))
    with pytest.raises(DatabaseAway):
        plain.predictions(predictions(1))
    assert plain.flush() == 0


def test_a_torn_line_is_the_writers_to_send_again(mine, file):
    moved = file.rename(file.with_name("moved"))
    mine.predictions(predictions(2))
    with mine.spool.file.open("a") as spool:
        spool.write('["predictions", [["p9"')  # its writer was killed here
    assert len(mine.spool) == 2
    mine.outcomes([outcome("p0", True, "2016-02-01")])
    moved.rename(file)
    assert mine.flush() == 3
    assert mine.counts() == {"predictions": 2, "outcomes": 1, "turns": 0}


def test_a_spool_that_somebody_edited_is_not_guessed_at(mine, file):
    mine.spool.file.write_text("nonsense\n")
    with pytest.raises(FeedbackError, match="Line 1 of the spool"):
        mine.flush()


def test_killed_between_the_commit_and_the_spool(mine, file):
    moved = file.rename(file.with_name("moved"))
    mine.predictions(predictions(4))
    kept = mine.spool.file.read_bytes()
    moved.rename(file)
    mine.flush()
    mine.spool.file.write_bytes(kept)  # as if the spool had not been emptied any more
    assert mine.flush() == 4
    assert mine.counts()["predictions"] == 4


def test_what_fails_stays_and_what_was_written_goes(tmp_path):
    spool, seen = Spool(tmp_path / "waiting.jsonl"), []
    for number in range(3):
        spool.append("predictions", [[number]])

    def write(table, rows):
        if len(seen) == 1:
            raise DatabaseAway("gone again")
        seen.append(rows)

    with pytest.raises(DatabaseAway):
        spool.empty(write)
    assert len(spool) == 2 and seen == [[[0]]]


def test_postgresql_is_stopped_and_started_again(team, tmp_path):
    spool = Spool(tmp_path / "waiting.jsonl")
    with postgres.start(tmp_path / "own", "feedback") as first:
        mine = ServingLog(databases.postgresql(first), spool).create()
        assert mine.predictions(predictions(5)).new == 5
    assert mine.predictions(predictions(8)) == Written(spooled=8)
    assert mine.outcomes([outcome("p7", True, "2016-02-01")]).spooled == 1
    with postgres.start(tmp_path / "own", "feedback") as second:
        back = ServingLog(databases.postgresql(second), spool)
        assert back.flush() == 9
        assert back.counts() == {"predictions": 8, "outcomes": 1, "turns": 0}
