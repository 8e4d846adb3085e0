"""A log in SQLite and one in a real PostgreSQL, both empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from utils.feedback import databases
from utils.feedback.databases import Database
from utils.feedback.log import ServingLog
from utils.feedback.spool import Spool
from utils.services import ServiceError, postgres

EMPTY = ("DELETE FROM predictions", "DELETE FROM outcomes", "DELETE FROM turns")


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Database]:
    """One server for all tests that do not end it."""
    try:
        postgres.install()
    except ServiceError as error:
        pytest.skip(f"needs PostgreSQL: {error.what}")
    with postgres.start(tmp_path_factory.mktemp("team"), "feedback") as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "postgresql":
        return databases.postgresql(request.getfixturevalue("team"))
    return databases.sqlite(databases.create(tmp_path / "log.sqlite"), seconds=0.05)


@pytest.fixture
def log(database: Database, tmp_path: Path) -> ServingLog:
    made = ServingLog(database, Spool(tmp_path / "spool" / "waiting.jsonl")).create()
    with database.transaction() as cursor:
        for statement in EMPTY:
            cursor.execute(statement)
    return made
