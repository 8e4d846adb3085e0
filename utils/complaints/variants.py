"""Defects on demand: each named variant is made from a clean span.

Clean data and defects never share a file. A variant reads its span row by row and writes row by
row; what is changed is drawn from a stream of its own.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

from utils.complaints import planted, spans
from utils.complaints.csvio import format_row, read_rows, write_rows
from utils.complaints.errors import ComplaintsError
from utils.complaints.schema import COLUMNS, LABEL
from utils.complaints.tables import tables
from utils.files import atomic_path

Rows = Iterator[list[str]]

_AT: Final = {name: index for index, name in enumerate(COLUMNS)}
_COPY_WINDOW = 1_000


def _sample(random: Random, population: int, size: int) -> list[int]:
    """Distinct positions in random order, from ``Random.random`` alone."""
    swapped: dict[int, int] = {}
    chosen = []
    for i in range(size):
        j = i + int(random.random() * (population - i))
        chosen.append(swapped.get(j, j))
        swapped[j] = swapped.get(i, i)
    return chosen


def _anomalies(rows: Rows, count: int, random: Random) -> Rows:
    """Seven kinds of schema anomalies, each in rows of its own."""
    each = max(1, round(planted.ANOMALY_SHARE * count))
    kinds = list(planted.ANOMALIES)
    places = _sample(random, count - 1, each * len(kinds))
    kind_at = {1 + place: kinds[i % len(kinds)] for i, place in enumerate(places)}
    values = {
        "unknown_product": ("product", planted.UNKNOWN_PRODUCT),
        "unknown_state": ("state", "ZZ"),
        "masked_zip": ("zip_code", "XXXXX"),
        "missing_timely": ("timely_response", ""),
        "blank_issue": ("issue", ""),
        "label_not_available": (LABEL, "N/A"),
    }
    before = ""
    for place, row in enumerate(rows):
        kind = kind_at.get(place)
        if kind == "duplicate_id":
            row[_AT["complaint_id"]] = before
        elif kind is not None:
            column, value = values[kind]
            row[_AT[column]] = value
        before = row[_AT["complaint_id"]]
        yield row


def _skew_serving(rows: Rows, count: int, random: Random) -> Rows:
    """Return what a careless server sends: a product misspelt, ZIP codes as numbers, no label."""
    for row in rows:
        if row[_AT["product"]] == "Consumer Loan":
            row[_AT["product"]] = planted.SKEWED_PRODUCT
        code = row[_AT["zip_code"]]
        row[_AT["zip_code"]] = str(int(code)) if code.isdigit() else ""
        yield row[: _AT[LABEL]]


def _leak(rows: Rows, count: int, random: Random) -> Rows:
    """Return a column that is only known after the label."""
    for row in rows:
        shares = planted.LEAK_SHARES[int(row[_AT[LABEL]])]
        u = random.random()
        code = 0 if u < shares[0] else 1 if u < shares[0] + shares[1] else 2
        yield [*row, planted.LEAK_CODES[code]]


def _duplicates(rows: Rows, count: int, random: Random) -> Rows:
    """File some complaints again under a new id: all but id and date repeat an earlier row."""
    number = max(1, round(planted.DUPLICATE_SHARE * count))
    places = {1 + place for place in _sample(random, count - 1, number)}
    recent: list[list[str]] = []
    for place, row in enumerate(rows):
        if place in places and recent:
            source = recent.pop(int(random.random() * len(recent)))
            yield row[:2] + source[2:]
            continue
        recent.append(row)
        if len(recent) > _COPY_WINDOW:
            recent.pop(0)
        yield row


def _under_recorded(rows: Rows, count: int, random: Random) -> Rows:
    """Leave some disputes of the planted group unrecorded."""
    for row in rows:
        u = random.random()
        in_group = row[_AT["state"]] in planted.FAIR_GROUP
        if in_group and row[_AT[LABEL]] == "1" and u < planted.UNDER_RECORDED_SHARE:
            row[_AT[LABEL]] = "0"
        yield row


def _immature(rows: Rows, count: int, random: Random) -> Rows:
    """Leave labels empty that have not arrived by the end of the span."""
    end = dt.date.fromisoformat(tables()["spans"]["S1"]["last"])
    for row in rows:
        # A complaint arrives at some hour of its day; the files are cut at midnight of the last
        # one.
        age = (end - dt.date.fromisoformat(row[_AT["date_received"]])).days + random.random()
        if -planted.IMMATURE_MEAN_DAYS * math.log(1.0 - random.random()) > age:
            row[_AT[LABEL]] = ""
        yield row


_MADE_FROM: Final = {
    "anomalies": ("S2", _anomalies),
    "skew_serving": ("S2", _skew_serving),
    "leak": ("S1", _leak),
    "duplicates": ("S1", _duplicates),
    "under_recorded": ("S1", _under_recorded),
    "immature": ("S1", _immature),
}

VARIANTS: Final = (*_MADE_FROM, "broken")
"""The names of all variants."""

BROKEN: Final = {
    "torn_row.csv": "one row in the middle ends after five of its fields",
    "wrong_encoding.csv": "saved as Windows-1252, with an accented letter in a narrative",
    "missing_column.csv": "the column product is not there",
    "truncated_end.csv": "the file ends in the middle of the last row",
}
"""The files of the variant ``broken``, and what is wrong with each."""


def source(name: str) -> str:
    """Return the clean span that a variant is made from.

    Args:
        name: One of :data:`VARIANTS`.

    Returns:
        ``"S1"`` or ``"S2"``.

    Raises:
        ComplaintsError: If there is no such variant.
    """
    if name not in VARIANTS:
        raise ComplaintsError(f"There is no variant {name!r}; use one of {', '.join(VARIANTS)}.")
    return "S1" if name == "broken" else _MADE_FROM[name][0]


def header(name: str) -> tuple[str, ...]:
    """Return the columns of a variant's file.

    Args:
        name: One of :data:`VARIANTS` other than ``broken``.

    Returns:
        The column names.
    """
    if name == "skew_serving":
        return COLUMNS[:-1]
    return (*COLUMNS, "resolution_code") if name == "leak" else COLUMNS


def make(name: str, clean: Path, rows: int, target: Path) -> Path:
    """Make a variant from a clean span's file.

    Args:
        name: One of :data:`VARIANTS`.
        clean: The CSV file of the span that :func:`source` names.
        rows: Number of rows in it.
        target: The CSV file to write; for ``broken`` a folder.

    Returns:
        The target.

    Raises:
        ComplaintsError: If there is no such variant or the span has too few rows to show it.
    """
    source(name)
    if rows < 20:
        raise ComplaintsError(f"{rows} rows are too few for the variant {name!r}; use at least 20.")
    reader = read_rows(clean)
    next(reader)
    if name == "broken":
        return _break(reader, rows, target)
    change: Callable[[Rows, int, Random], Rows] = _MADE_FROM[name][1]
    random = Random(10**6 + VARIANTS.index(name))
    write_rows(target, header(name), change(reader, rows, random))
    return target


def _break(rows: Rows, count: int, folder: Path) -> Path:
    """Write the four broken files; each is defective in one way only."""
    middle, last = count // 2, count - 1
    drop = _AT["product"]

    def torn(place: int, row: Sequence[str]) -> str:
        return (
            ",".join(format_row(row[:5]).splitlines()) + "\n"
            if place == middle
            else format_row(row)
        )

    def accented(place: int, row: Sequence[str]) -> str:
        if place != middle:
            return format_row(row)
        text = row[_AT["consumer_complaint_narrative"]] + " It all began at a caf\u00e9."
        return format_row([*row[:6], text, *row[7:]])

    def without(place: int, row: Sequence[str]) -> str:
        return format_row([*row[:drop], *row[drop + 1 :]])

    def cut(place: int, row: Sequence[str]) -> str:
        if place != last:
            return format_row(row)
        text = '"' + row[6].replace('"', '""')
        return ",".join(format_row(row[:6]).splitlines()) + "," + text[: len(text) // 2]

    writers: dict[str, tuple[Callable[[int, Sequence[str]], str], Sequence[str], str]] = {
        "torn_row.csv": (torn, COLUMNS, "utf-8"),
        "wrong_encoding.csv": (accented, COLUMNS, "cp1252"),
        "missing_column.csv": (without, [*COLUMNS[:drop], *COLUMNS[drop + 1 :]], "utf-8"),
        "truncated_end.csv": (cut, COLUMNS, "utf-8"),
    }
    with contextlib.ExitStack() as stack:
        # All are closed before the first is renamed.
        parts = {name: stack.enter_context(atomic_path(folder / name)) for name in writers}
        files = {name: stack.enter_context(part.open("wb")) for name, part in parts.items()}
        for name, (_, columns, encoding) in writers.items():
            files[name].write(format_row(columns).encode(encoding))
        for place, row in enumerate(rows):
            for name, (write, _, encoding) in writers.items():
                files[name].write(write(place, row).encode(encoding))
    return folder


def ensure(name: str, rows: int = 10_000, *, progress: bool = True) -> Path:
    """Make a variant unless it is there, and return its file.

    Args:
        name: One of :data:`VARIANTS`.
        rows: Number of rows of the clean span it is made from.
        progress: Whether to show a progress bar while the span is made.

    Returns:
        The CSV file; for ``broken`` the folder with the files of :data:`BROKEN`.

    Raises:
        ComplaintsError: If there is no such variant.
    """
    clean = spans.ensure(source(name), rows, progress=progress)
    folder = spans.base(rows) / "variants"
    target = folder / name if name == "broken" else folder / name / spans.FILE
    return spans.make_once(target, lambda path: make(name, clean, rows, path))
