"""Compiled query-based components, read back from their files."""

from __future__ import annotations

import pytest
from google.protobuf import json_format

from utils.ingestion import plans
from utils.ingestion.query_gen import DatabaseExampleGen


def test_what_was_asked_for_is_in_the_file(tmp_path):
    connect = {"host": "presto.example.com", "port": 8080}
    component = DatabaseExampleGen("SELECT 1", connect, module="prestodb.dbapi")
    plan = plans.compile_alone(component, tmp_path / "plans" / "presto.json")
    assert plan == plans.read(plan.path)
    assert (plan.component, plan.query) == ("DatabaseExampleGen", "SELECT 1")
    assert plan.splits == {"train": 2, "eval": 1}
    assert plan.options["connect"] == connect
    assert plan.executor == "utils.ingestion.query_gen.DatabaseExecutor"
    assert str(tmp_path) not in repr(plan)


def test_bigquery(tmp_path):
    from tfx.extensions.google_cloud_big_query.example_gen.component import BigQueryExampleGen

    plan = plans.compile_alone(BigQueryExampleGen(query="SELECT 2"), tmp_path / "bq.json")
    assert (plan.component, plan.query, plan.options) == ("BigQueryExampleGen", "SELECT 2", {})


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{"apiVersion": "v1"}', encoding="utf-8")
    with pytest.raises(json_format.ParseError):
        plans.read(path)
