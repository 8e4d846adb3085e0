"""CSV, Parquet and Avro files hold the same rows."""

from __future__ import annotations

import fastavro
import pyarrow.parquet as pq
import pytest

from utils import paths
from utils.complaints import schema
from utils.ingestion import files
from utils.ingestion.errors import IngestionError


def test_complaints_are_text_but_the_label(s1):
    assert list(s1.columns) == list(schema.COLUMNS)
    assert s1[schema.LABEL].dtype == "int64"
    assert s1.sub_issue.isna().any()
    assert all(isinstance(code, str) for code in s1.zip_code.dropna())


def test_csv_comes_back_to_the_byte(tmp_path):
    original = paths.DATA / "complaints" / "S1.csv"
    written = files.write_csv(files.read_complaints(original), tmp_path / "S1.csv")
    assert written.read_bytes() == original.read_bytes()


def test_parquet_carries_types(tmp_path, s1):
    path = files.write_parquet(s1, tmp_path / "new" / "complaints.parquet")
    table = pq.read_table(path)
    assert table.schema.field("zip_code").type == "string"
    assert table.schema.field(schema.LABEL).type == "int64"
    assert table.to_pylist() == s1.to_dict("records")


def test_avro_carries_types(tmp_path, s1):
    path = files.write_avro(s1, tmp_path / "new" / "complaints.avro")
    with path.open("rb") as file:
        assert list(fastavro.reader(file)) == s1.to_dict("records")


@pytest.mark.parametrize("write", [files.write_csv, files.write_parquet, files.write_avro])
def test_the_same_rows_leave_the_file_alone(tmp_path, s1, write):
    path = write(s1, tmp_path / "file")
    before = path.stat()
    assert write(s1, path).stat().st_ino == before.st_ino
    assert write(s1.head(10), path).stat().st_size < before.st_size
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_pending_label_is_refused():
    with pytest.raises(IngestionError, match="not 0 or 1, such as ''"):
        files.read_complaints(paths.DATA / "variants" / "immature.csv")
