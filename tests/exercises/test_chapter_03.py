"""Answers to chapter 3 that a database, TFX or pathlib refuses, each in words of its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from utils.exercises import chapter_03

DELIVERIES = ("2016-01-01/complaints-v1.csv", "2016-01-02/complaints-v1.csv",
              "2016-01-02/complaints-v2.csv")  # fmt: skip


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "complaints.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE complaints (complaint_id TEXT, company_id INTEGER)")
        connection.executemany("INSERT INTO complaints VALUES (?, ?)", [("1", 7), ("2", 7)])
        connection.commit()
    return path


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT complaint_id, 1 AS company_complaints, 2 AS company_complaints FROM complaints",
            "two columns",
        ),
        ("SELECT complaint_id, 1 AS company_complaints FROM complaint", "no such table"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT '\0'", ""),
    ],
)
def test_queries(database, query, said):
    verdict = chapter_03.complaints_of_the_company(query, None, database=database)
    assert not verdict
    assert said in verdict.reason


@pytest.mark.parametrize(
    "pattern", ["", "/absolute/*.csv", "a\0b", "**x/*.csv", "{SPAN}{SPAN}", "["]
)
def test_patterns(pattern):
    assert not chapter_03.the_pattern(pattern, None, deliveries=DELIVERIES)


def test_the_right_pattern():
    pattern = "{YYYY}-{MM}-{DD}/complaints-v{VERSION}.csv"
    assert chapter_03.the_pattern(pattern, None, deliveries=DELIVERIES)


def test_a_column_that_is_not_there():
    rows = pd.DataFrame({"company": ["a"]})
    verdict = chapter_03.unseen_companies("company_id", None, rows=rows)
    assert "no column 'company_id'" in verdict.reason
