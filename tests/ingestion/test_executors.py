"""Parquet and Avro by executors that keep a zero, beside TFX's own, which do not."""

from __future__ import annotations

import pytest
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.components.example_gen.custom_executors import avro_executor, parquet_executor
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from utils.ingestion import executors, files, records
from utils.ingestion.errors import IngestionError
from utils.session.errors import ComponentFailed

WRITE = {"parquet": files.write_parquet, "avro": files.write_avro}
OURS = {"parquet": executors.ParquetExecutor, "avro": executors.AvroExecutor}
THEIRS = {"parquet": parquet_executor.Executor, "avro": avro_executor.Executor}


def read(context, base, executor, name):
    component = FileBasedExampleGen(
        input_base=str(base), custom_executor_spec=BeamExecutorSpec(executor)
    ).with_id(name)
    context.run(component)
    return records.table(component.outputs["examples"]).sort_values(
        "complaint_id", ignore_index=True
    )


@pytest.mark.parametrize("kind", WRITE)
def test_nothing_is_lost(context, tmp_path, s1, kind):
    WRITE[kind](s1, tmp_path / f"complaints.{kind}")
    rows = read(context, tmp_path, OURS[kind], f"Ours{kind}")
    assert rows[list(s1.columns)].equals(s1.reset_index(drop=True))


@pytest.mark.parametrize("kind", WRITE)
def test_upstream_loses_every_zero(context, tmp_path, s1, kind):
    """The fault that chapter 3 shows. When TFX has mended it, the chapter must be told."""
    WRITE[kind](s1, tmp_path / f"complaints.{kind}")
    labels = read(context, tmp_path, THEIRS[kind], f"Theirs{kind}").consumer_disputed
    assert labels.notna().sum() == s1.consumer_disputed.sum()


@pytest.mark.parametrize("kind", WRITE)
def test_a_file_without_rows_is_refused(context, tmp_path, s1, kind):
    WRITE[kind](s1.head(0), tmp_path / f"complaints.{kind}")
    with pytest.raises(ComponentFailed, match="got no rows"):
        read(context, tmp_path, OURS[kind], f"Empty{kind}")


@pytest.mark.parametrize("kind", WRITE)
@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"a,b\n1,2\n"]
)
def test_a_damaged_file_is_named_with_its_cure(tmp_path, s1, kind, damage):
    path = WRITE[kind](s1, tmp_path / f"complaints.{kind}")
    path.write_bytes(damage(path.read_bytes()))
    read = {"parquet": executors.parquet_records, "avro": executors.avro_records}[kind]
    name = kind.capitalize()
    with pytest.raises(
        IngestionError, match=rf"complaints\.{kind} is not a file in {name}"
    ) as told:
        list(executors.ReadRecords(name, read).process(str(path)))
    assert told.value.cure == f"Write or download it again, as {name}."


def test_a_value_that_no_example_holds_is_named_with_its_record(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "lists.parquet"
    pq.write_table(pa.table({"a": [[1], [2]]}), path)
    with pytest.raises(IngestionError, match=r"lists\.parquet, record 1: 'a' is \[1\], a list"):
        list(executors.ReadRecords("Parquet", executors.parquet_records).process(str(path)))


def test_avro_without_columns_is_refused(tmp_path):
    import fastavro

    path = tmp_path / "texts.avro"
    with path.open("wb") as file:
        fastavro.writer(file, "string", ["a"])
    with pytest.raises(IngestionError, match="which has no columns"):
        list(executors.ReadRecords("Avro", executors.avro_records).process(str(path)))
