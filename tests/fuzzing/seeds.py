"""What is changed into hostile input: this project's own generated files, small."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from utils import paths
from utils.complaints import csvio, schema

ROWS = 6


def _head(path: Path, rows: int) -> list[list[str]]:
    return list(islice(csvio.read_rows(path), rows + 1))


def _text(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(map(csvio.format_row, rows)).encode()


def _renamed(rows: list[list[str]], family: str) -> list[list[str]]:
    names = {column: name for name, column in schema.HEADER_FAMILIES[family].items()}
    header, *body = rows
    at, date = header.index(schema.LABEL), header.index(schema.DATE)
    if family == "original":
        for row in body:
            year, month, day = row[date].split("-")
            row[date] = f"{int(month)}/{int(day)}/{year}"
            row[at] = {"1": "Yes", "0": "No"}.get(row[at], "N/A")
    if family == "search API":
        rows = [row[:at] + row[at + 1 :] for row in rows]
        for row in rows[1:]:
            row[date] = f"{row[date]}T12:00:00-05:00"
    return [[names.get(name, name) for name in rows[0]], *rows[1:]]


@functools.cache
def tables() -> tuple[bytes, ...]:
    """Clean spans, defects and broken files, each a header and a few rows."""
    data = paths.DATA
    whole = [
        *sorted((data / "complaints").glob("*.csv")),
        *sorted((data / "variants").glob("*.csv")),
    ]
    made = [_text(_head(path, ROWS)) for path in whole]
    broken = sorted((data / "variants" / "broken").glob("*"))
    return (*made, *(path.read_bytes()[:8000] for path in broken if path.is_file()))


@functools.cache
def exports() -> tuple[bytes, ...]:
    """The same rows under the headers, dates and labels of the CFPB's own files."""
    clean = paths.DATA / "complaints" / "S1.csv"
    return tuple(_text(_renamed(_head(clean, ROWS), family)) for family in schema.HEADER_FAMILIES)


@functools.cache
def clean() -> bytes:
    """A span's first rows."""
    return tables()[0]


@functools.cache
def examples() -> tuple[bytes, ...]:
    """Serialized examples of a span's rows."""
    from utils.ingestion.records import to_example

    header, *rows = _head(paths.DATA / "complaints" / "S1.csv", ROWS)
    return tuple(
        to_example(dict(zip(header, row, strict=True))).SerializeToString() for row in rows
    )


def frame() -> Any:
    """A span's first rows as a table."""
    from utils.ingestion.files import read_complaints

    return read_complaints(paths.DATA / "complaints" / "S1.csv").head(ROWS)


@functools.cache
def pictures() -> tuple[bytes, ...]:
    """Two small PNG files."""
    from PIL import Image

    made = []
    for mode, size in (("L", (8, 8)), ("RGB", (5, 3))):
        file = io.BytesIO()
        Image.new(mode, size).save(file, "PNG")
        made.append(file.getvalue())
    return tuple(made)


@functools.cache
def notebooks() -> tuple[bytes, ...]:
    """A chapter as it is committed, and a small notebook after a run."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "a", "metadata": {"x": 1}, "source": ["# T\n", "u"]},
        {
            "cell_type": "code",
            "id": "b",
            "execution_count": 3,
            "metadata": {"tags": ["setup"], "collapsed": True},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["out"]}],
            "source": "1 + 1",
        },
    ]
    import json

    ran = {"cells": cells, "metadata": {"title": "T"}, "nbformat": 4, "nbformat_minor": 5}
    first = min(paths.NOTEBOOKS.glob("*.ipynb"), key=lambda path: path.stat().st_size)
    return json.dumps(ran).encode(), json.dumps(ran, indent=1).encode(), first.read_bytes()
