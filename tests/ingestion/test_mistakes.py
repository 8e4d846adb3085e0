"""The commonest mistakes in chapter 3, each answered by a message that names the cure."""

from __future__ import annotations

import datetime as dt

import pytest
from tfx import v1 as tfx
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from utils import paths
from utils.examples import ExamplesError
from utils.ingestion import database, executors, files, records
from utils.ingestion.errors import IngestionError
from utils.ingestion.query_gen import DatabaseExampleGen
from utils.pipeline import csv_executor
from utils.session.errors import ComponentFailed


def failing(context, component) -> ComponentFailed:
    with pytest.raises(ComponentFailed) as caught:
        context.run(component)
    return caught.value


def by(feature, name):
    split = tfx.proto.SplitConfig.Split
    return FileBasedExampleGen(
        input_base=str(paths.DATA / "variants"),
        input_config=tfx.proto.Input(
            splits=[tfx.proto.Input.Split(name="all", pattern="leak.csv")]
        ),
        output_config=tfx.proto.Output(
            split_config=tfx.proto.SplitConfig(
                splits=[split(name="train", hash_buckets=2), split(name="eval", hash_buckets=1)],
                partition_feature_name=feature,
            )
        ),
        custom_executor_spec=BeamExecutorSpec(csv_executor.Executor),
    ).with_id(name)


@pytest.mark.parametrize("feature", ["complaint", "sub_issue"], ids=["unknown", "often empty"])
def test_splitting_by_a_feature_that_not_every_row_has(context, feature):
    failure = failing(context, by(feature, f"By{feature}"))
    assert "a feature that every row has" in failure.cure


def test_a_query_that_the_database_refuses(context, tmp_path, s1):
    path = database.build(tmp_path / "c.sqlite", s1.head(20))
    failure = failing(
        context, DatabaseExampleGen("SELECT zip FROM complaints", {"database": str(path)})
    )
    assert "no such column: zip" in failure.what
    assert "Correct the query" in failure.cure


def test_a_database_whose_python_module_is_not_installed(context):
    failure = failing(
        context, DatabaseExampleGen("SELECT 1", {"host": "x"}, module="prestodb.dbapi")
    )
    assert "'prestodb.dbapi' is not installed" in failure.what
    assert "Install it" in failure.cure


def test_a_password_in_the_settings():
    with pytest.raises(IngestionError, match=r"(?s)plain text.*the database's own client"):
        DatabaseExampleGen("SELECT 1", {"user": "me", "password": "secret"})


def test_an_executor_for_another_format(context, tmp_path, s1):
    files.write_csv(s1.head(20), tmp_path / "complaints.csv")
    only_parquet = tfx.proto.Input(splits=[tfx.proto.Input.Split(name="all", pattern="*.parquet")])
    component = FileBasedExampleGen(
        input_base=str(tmp_path),
        input_config=only_parquet,
        custom_executor_spec=BeamExecutorSpec(executors.ParquetExecutor),
    )
    failure = failing(context, component)
    assert "*.parquet" in failure.what
    assert "pattern" in failure.cure


def test_reading_the_output_of_a_component_that_has_not_run():
    component = tfx.components.ImportExampleGen(input_base="nowhere")
    with pytest.raises(ExamplesError, match=r"(?s)has not run.*context.run"):
        records.table(component.outputs["examples"])


def test_a_value_that_no_example_can_hold():
    with pytest.raises(
        IngestionError, match=r"(?s)'date_received' is .* a date.*Turn it into text"
    ):
        records.to_example({"date_received": dt.date(2015, 4, 1)})
