"""Complaints as tables, and tables as Parquet and Avro files.

Source: book, chapter 3, "Parquet" and "Avro"; https://arrow.apache.org/docs/python/parquet.html,
https://fastavro.readthedocs.io
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.complaints import schema
from utils.complaints.csvio import read_table
from utils.ingestion.errors import IngestionError
from utils.ingestion.keeping import unless_equal

if TYPE_CHECKING:
    import pandas as pd

AVRO_RECORD = "Complaint"
"""The name of the record in Avro's schema."""

SYNC_MARKER = b"complaints  avro"
"""The 16 bytes between an Avro file's blocks; drawn at random by default, here always the same."""


def read_complaints(path: Path) -> pd.DataFrame:
    """Read a CSV file of complaints, every column as text but the label.

    Args:
        path: A file of this project, with the label filled or absent.

    Returns:
        One row per complaint. Missing values are None, the label is a whole number.

    Raises:
        IngestionError: If a label is not 0 or 1.
    """
    frame = read_table(path)
    label = frame.get(schema.LABEL)
    frame = frame.astype(object).where(frame.notna(), None)
    if label is not None:
        wrong = label[~label.isin(["0", "1"])].fillna("")
        if len(wrong):
            raise IngestionError(
                f"{path.name} has {len(wrong):,} labels that are not 0 or 1, such as {wrong.iloc[0]!r}.",
                "Leave these rows out, or drop the column.",
            )
        frame[schema.LABEL] = label.astype("int64")
    return frame


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, as this project's files are written.

    Args:
        frame: The table; missing values become empty fields.
        path: The file; its folder is made if absent.

    Returns:
        The file.
    """
    from utils.complaints.csvio import format_row

    with unless_equal(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.write(format_row(list(frame.columns)))
        for row in frame.itertuples(index=False, name=None):
            texts = ["" if value is None or value != value else str(value) for value in row]
            file.write(format_row(texts))
    return path


def write_parquet(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as Parquet, by columns and compressed; the file carries the columns' types.

    Args:
        frame: The table: text and whole numbers, missing values None.
        path: The file; its folder is made if absent.

    Returns:
        The file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [
        pa.field(name, pa.int64() if _is_whole(frame, name) else pa.string())
        for name in frame.columns
    ]
    table = pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False)
    with unless_equal(path) as part:
        pq.write_table(table.replace_schema_metadata(None), part)
    return path


def write_avro(frame: pd.DataFrame, path: Path) -> Path:
    """Write a table as Avro, row by row and compressed; the file begins with the schema, as JSON.

    Args:
        frame: The table: text and whole numbers, missing values None.
        path: The file; its folder is made if absent.

    Returns:
        The file.
    """
    import fastavro

    parsed = fastavro.parse_schema(avro_schema(frame))
    rows = ({str(k): v for k, v in row.items()} for row in frame.to_dict("records"))
    with unless_equal(path) as part, part.open("wb") as file:
        fastavro.writer(file, parsed, rows, codec="deflate", sync_marker=SYNC_MARKER)
    return path


def avro_schema(frame: pd.DataFrame) -> dict[str, Any]:
    """Avro's schema of a table.

    Args:
        frame: The table.

    Returns:
        The schema: whole numbers are ``long``, everything else is a text that may be missing.
    """
    fields = [
        {"name": str(name), "type": "long" if _is_whole(frame, name) else ["null", "string"]}
        for name in frame.columns
    ]
    return {"type": "record", "name": AVRO_RECORD, "fields": fields}


def _is_whole(frame: pd.DataFrame, name: str) -> bool:
    return frame[name].dtype.kind in "iu"
