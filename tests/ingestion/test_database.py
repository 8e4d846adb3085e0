"""The SQLite database."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from utils.ingestion import database
from utils.ingestion.errors import IngestionError

ALL = "SELECT * FROM complaints JOIN companies USING (company_id) ORDER BY complaint_id"


def test_it_holds_the_complaints(tmp_path, s1):
    path = database.build(tmp_path / "new" / "c.sqlite", s1)
    rows = database.query(path, ALL)
    assert rows[list(s1.columns)].astype(object).equals(s1.astype(object).reset_index(drop=True))


def test_building_anew_replaces(tmp_path, s1):
    path = database.build(tmp_path / "c.sqlite", s1)
    before = database.fingerprint(path)
    assert database.insert(database.build(path, s1.head(50)), s1.tail(50)) == 100
    assert database.fingerprint(path) != before
    assert database.fingerprint(database.build(path, s1)) == before


def test_a_complaint_that_is_there_already_adds_nothing(tmp_path, s1):
    path = database.build(tmp_path / "c.sqlite", s1.head(100))
    before = database.fingerprint(path)
    with pytest.raises(IngestionError, match="is in it already"):
        database.insert(path, s1.tail(101))
    assert database.fingerprint(path) == before


def test_complaints_without_a_company_leave_the_database_as_it_is(tmp_path, s1):
    path = database.build(tmp_path / "c.sqlite", s1.head(5))
    before = path.read_bytes()
    without = s1.tail(5).assign(company=["a", None, "b", math.nan, "c"])
    for change in (database.build, database.insert):
        with pytest.raises(IngestionError, match="company is empty in 2 of these") as caught:
            change(path, without)
        assert "Fill it in" in caught.value.cure
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_database_may_be_named_from_the_folder_one_works_in(tmp_path, s1, monkeypatch):
    path = database.build(tmp_path / "c.sqlite", s1.head(5))
    monkeypatch.chdir(tmp_path)
    relative = Path("c.sqlite")
    assert len(database.query(relative, ALL)) == 5
    assert database.fingerprint(relative) == database.fingerprint(path)
    for ask in (database.fingerprint, lambda path: database.query(path, ALL)):
        with pytest.raises(IngestionError, match=r"no database other\.sqlite"):
            ask(Path("other.sqlite"))


def test_a_query_cannot_change_anything(tmp_path, s1):
    path = database.build(tmp_path / "c.sqlite", s1.head(5))
    with pytest.raises(IngestionError, match="readonly"):
        database.query(path, "DELETE FROM complaints")
    with pytest.raises(IngestionError, match="no database"):
        database.query(tmp_path / "other.sqlite", "SELECT 1")
    assert not (tmp_path / "other.sqlite").exists()
