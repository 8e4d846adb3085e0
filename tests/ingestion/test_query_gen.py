"""The query-based ExampleGen over a real database."""

from __future__ import annotations

import datetime as dt

import pytest
from tfx import v1 as tfx
from tfx.components.example_gen.component import QueryBasedExampleGen
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from utils.ingestion import database, records
from utils.ingestion.query_gen import DatabaseExampleGen, DatabaseExecutor
from utils.pipeline import custom_config
from utils.session.errors import ComponentFailed

QUERY = "SELECT complaint_id, zip_code, consumer_disputed FROM complaints"


@pytest.fixture
def path(tmp_path, s1):
    return database.build(tmp_path / "c.sqlite", s1)


def test_rows_come_with_the_databases_types(context, path, s1):
    component = DatabaseExampleGen(QUERY, {"database": str(path)})
    context.run(component)
    rows = records.table(component.outputs["examples"]).sort_values("complaint_id")
    assert list(rows.zip_code) == list(s1.zip_code)
    assert list(rows.consumer_disputed) == list(s1.consumer_disputed)


def test_only_a_version_gets_past_the_cache(context, path, s1):
    def run(version):
        component = DatabaseExampleGen(QUERY, {"database": str(path)}, version=version)
        result = context.run(component)
        return result.cached, sum(records.counts(component.outputs["examples"]).values())

    database.build(path, s1.head(100))
    assert run("") == (False, 100)
    database.insert(path, s1.tail(100))
    assert run("") == (True, 100)
    assert run(database.fingerprint(path)) == (False, 200)


def test_a_span_is_a_day(context, path, s1):
    date = s1.date_received.iloc[-1]
    span = (dt.date.fromisoformat(date) - dt.date(1970, 1, 1)).days
    component = DatabaseExampleGen(
        f"{QUERY} WHERE strftime('%Y%m%d', date_received) = @span_yyyymmdd_utc",
        {"database": str(path)},
        range_config=tfx.proto.RangeConfig(
            static_range=tfx.proto.StaticRange(start_span_number=span, end_span_number=span)
        ),
    )
    context.run(component)
    found = records.table(component.outputs["examples"]).complaint_id
    assert sorted(found) == sorted(s1.complaint_id[s1.date_received == date])


def test_a_query_without_rows_is_refused(context, path):
    component = DatabaseExampleGen(f"{QUERY} WHERE state = 'none'", {"database": str(path)})
    with pytest.raises(
        ComponentFailed, match=r"ExampleGen got no rows: .*state = 'none'\" gives none"
    ):
        context.run(component)


def test_the_call_that_it_stands_for(path):
    connect = {"database": str(path)}
    short = DatabaseExampleGen(QUERY, connect)
    written_out = QueryBasedExampleGen(
        input_config=tfx.proto.Input(splits=[tfx.proto.Input.Split(name="query", pattern=QUERY)]),
        custom_config=custom_config.pack({"module": "sqlite3", "connect": connect, "version": ""}),
        custom_executor_spec=BeamExecutorSpec(DatabaseExecutor),
    )
    assert short.exec_properties == written_out.exec_properties
    assert short.executor_spec.class_path == written_out.executor_spec.class_path
    assert list(short.outputs) == list(written_out.outputs)
