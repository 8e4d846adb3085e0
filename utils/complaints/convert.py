"""Converting the book's file and CFPB exports into the one schema, row by row.

Understood are all headers in :data:`~utils.complaints.schema.HEADER_FAMILIES` in any order and
case, with further columns ignored, and the dates in :data:`~utils.complaints.schema.DATE_STYLES`.
ZIP codes and ids stay text, but an id that a program has written as a number, ``1001.0``, is ``1001``.
Lost leading zeros of ZIP codes come back where the state proves them,
narratives keep their newlines, and a blank or ``N/A`` label stays
empty: pending, never "No".
"""

from __future__ import annotations

import datetime as dt
import re
from array import array
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from utils.complaints import readers, schema, zipcodes
from utils.complaints.csvio import write_rows
from utils.complaints.errors import ComplaintsError

_PAGE_BITS = 16
_FEW = 120
"""Fewer ids of a page of 65,536 are kept as numbers: a bit for every one takes 8 KB."""

_AS_NUMBER = re.compile(r"(\d+)\.0*", re.ASCII)
_ROUNDED = re.compile(r"\d+[.,]?\d*[eE]\+?\d+", re.ASCII)


@dataclass(frozen=True)
class Conversion:
    """What a converted data set is worth.

    Attributes:
        path: The converted file.
        rows: Number of rows written.
        labelled: Rows with a label.
        pending: Rows without one.
        positives: Labelled rows that were disputed.
        narratives: Rows with a narrative.
        zips_restored: ZIP codes that got their leading zeros back.
        duplicates: Rows left out because their id had been seen.
        first_date: Earliest date received, or ``None`` without dates.
        last_date: Latest date received, or ``None`` without dates.
        ignored: Columns of the file that the schema has no place for.
    """

    path: Path
    rows: int
    labelled: int
    pending: int
    positives: int
    narratives: int
    zips_restored: int
    duplicates: int
    first_date: str | None
    last_date: str | None
    ignored: tuple[str, ...]

    @property
    def rate(self) -> float | None:
        """Dispute rate of the labelled rows, or ``None`` without labels."""
        return self.positives / self.labelled if self.labelled else None


@dataclass(frozen=True)
class Labels:
    """How many labels a file has.

    Attributes:
        rows: Rows of the file.
        labelled: Rows with a label.
        positives: Labelled rows that were disputed.
    """

    rows: int
    labelled: int
    positives: int


class _Seen:
    """The ids met so far: about one bit each where they are numbers that lie close together, else some 200 bytes."""

    def __init__(self) -> None:
        self._pages: dict[int, array[int] | bytearray] = {}
        self._texts: set[str] = set()

    def add(self, key: str) -> bool:
        """Remember an id, and return whether it was there already."""
        if not (
            key.isascii() and key.isdigit() and len(key) < 18 and (key[0] != "0" or key == "0")
        ):
            known = key in self._texts
            self._texts.add(key)
            return known
        number, place = divmod(int(key), 1 << _PAGE_BITS)
        page = self._pages.get(number)
        if page is None:
            page = self._pages[number] = array("H")
        if isinstance(page, bytearray):
            known = bool(page[place >> 3] & 1 << (place & 7))
            page[place >> 3] |= 1 << (place & 7)
            return known
        if place in page:
            return True
        page.append(place)
        if len(page) == _FEW:
            bits = self._pages[number] = bytearray(1 << (_PAGE_BITS - 3))
            for one in page:
                bits[one >> 3] |= 1 << (one & 7)
        return False


def parse_date(text: str) -> str:
    """Turn a date of any understood style into ``YYYY-MM-DD``.

    The day is the one written, whatever the offset from UTC.

    Args:
        text: For example ``"8/30/2013"``, ``"2020/3/18"`` or ``"2023-06-05T12:00:00-05:00"``.

    Returns:
        The ISO date.

    Raises:
        ComplaintsError: If the text is no date in one of these styles.
    """
    for style in schema.DATE_STYLES.values():
        match = style.fullmatch(text.strip())
        if match:
            year = int(match["year"])
            try:
                day = dt.date(
                    year + 2000 if len(match["year"]) == 2 else year,
                    int(match["month"]),
                    int(match["day"]),
                )
            except ValueError:
                break
            return day.isoformat()
    raise ComplaintsError(
        f"{text!r} is not a date as M/D/YYYY, YYYY/M/D or ISO: correct it or leave the row out."
    )


def identifier(text: str) -> str:
    """Bring a complaint's id into its one form: without blanks around it, and without a decimal point.

    Args:
        text: For example ``"1001"``, or ``"1001.0"`` from a program that took ids for numbers.

    Returns:
        The id; empty where there is none.
    """
    key = text.strip()
    number = _AS_NUMBER.fullmatch(key)
    return number[1] if number else key


def _columns(
    header: list[str], path: Path, allow_missing: Collection[str]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return where each column of the schema stands in a file, and the columns that have no place.

    Raises:
        ComplaintsError: If columns are missing, or one stands there twice.
    """
    known = schema.aliases()
    places: dict[str, int] = {}
    ignored = []
    for place, name in enumerate(header):
        column = known.get(schema.normal_name(name))
        if column is None:
            ignored.append(name.strip())
        elif column in places:
            raise ComplaintsError(
                f"{path.name} has two columns for {column}, {header[places[column]]!r} and "
                f"{name!r}: remove or rename one."
            )
        else:
            places[column] = place
    required = set(schema.COLUMNS) - schema.OPTIONAL - set(allow_missing)
    missing = [column for column in schema.COLUMNS if column in required - set(places)]
    if missing:
        found = ", ".join(name.strip() or "(blank)" for name in header)
        raise ComplaintsError(
            f"The header of {path.name} lacks {', '.join(missing)}; found: {found[:600]}. Export "
            "the file with these columns, or name those you can do without in allow_missing."
        )
    return places, tuple(ignored)


def _getter(places: dict[str, int], column: str) -> Callable[[list[str]], str]:
    place = places.get(column)
    return (lambda values: "") if place is None else (lambda values: values[place])


def label(text: str) -> str:
    """Turn a label of a real file into ``1``, ``0``, or an empty string while it is pending.

    Args:
        text: For example ``"Yes"``, ``"No"``, ``"N/A"`` or ``""``.

    Returns:
        The label.

    Raises:
        ComplaintsError: If the text is no label.
    """
    value = schema.LABELS.get(text.strip().lower())
    if value is None:
        raise ComplaintsError(f"{text!r} is no label: it must be Yes, No, 1, 0, N/A or blank.")
    return value


def convert(
    source: Path | str,
    target: Path | str,
    *,
    encoding: str = "utf-8",
    allow_missing: Collection[str] = (),
    on_duplicate: Literal["error", "skip"] = "error",
    progress: bool = False,
) -> Conversion:
    """Convert a file of complaints, plain or zipped, into the one schema.

    The target appears only when the whole file has been converted.

    Args:
        source: The book's file or a CFPB export: CSV, or a zip archive with one CSV file.
        target: The CSV file to write.
        encoding: Encoding of the source.
        allow_missing: Columns that the source may lack; they stay empty, but a missing
            ``complaint_id`` is replaced by the number of the row.
        on_duplicate: What to do with a ``complaint_id`` that comes again: ``"error"`` stops,
            ``"skip"`` keeps the first row.
        progress: Whether to show a progress bar.

    Returns:
        What the converted file is worth.

    Raises:
        ComplaintsError: If the file cannot be used; the message says which row, why, and what
            helps.
        utils.files.FileError: If the target cannot be written.
    """
    source, target = Path(source), Path(target)
    if source.exists() and target.exists() and source.samefile(target):
        raise ComplaintsError(f"{source} would overwrite itself: name another file as the target.")
    unknown = set(allow_missing) - set(schema.COLUMNS)
    if unknown:
        raise ComplaintsError(
            f"allow_missing names {', '.join(sorted(unknown))}, which the schema does not have: "
            f"use names among {', '.join(schema.COLUMNS)}."
        )
    rows = readers.read(source, encoding=encoding)
    first = next(rows)
    places, ignored = _columns(first.values, source, allow_missing)
    count = dict.fromkeys(("0", "1", "", "narratives", "zips", "duplicates"), 0)
    dates: list[str] = []
    get = {column: _getter(places, column) for column in schema.COLUMNS}
    plain = [
        column
        for column in schema.COLUMNS
        if column not in (schema.KEY, schema.DATE, schema.NARRATIVE, "zip_code", schema.LABEL)
    ]

    def converted() -> Iterator[list[str]]:
        seen = _Seen()
        for row in rows:
            out = {column: get[column](row.values).strip() for column in plain}
            key = identifier(get[schema.KEY](row.values))
            if schema.KEY not in places:
                key = str(row.number)
            if _ROUNDED.fullmatch(key):
                raise ComplaintsError(
                    f"Row {row.number:,} of {source.name} (line {row.line:,}) has the complaint_id "
                    f"{key}, which a spreadsheet has rounded: take the ids from the original file, as text."
                )
            if not key:
                raise ComplaintsError(
                    f"Row {row.number:,} of {source.name} (line {row.line:,}) has no complaint_id: "
                    "fill it in or leave the row out."
                )
            if seen.add(key):
                if on_duplicate == "error":
                    raise ComplaintsError(
                        f"Row {row.number:,} of {source.name} (line {row.line:,}) repeats the "
                        f"complaint_id {key}: remove the repeated row, or keep the first with "
                        "on_duplicate='skip'."
                    )
                count["duplicates"] += 1
                continue
            date = get[schema.DATE](row.values)
            try:
                day = parse_date(date) if schema.DATE in places else ""
                out[schema.LABEL] = label(get[schema.LABEL](row.values))
            except ComplaintsError as error:
                raise ComplaintsError(
                    f"Row {row.number:,} of {source.name} (line {row.line:,}): {error}"
                ) from error
            if day:
                dates[:] = [min(dates[0], day), max(dates[1], day)] if dates else [day, day]
            out["zip_code"], restored = zipcodes.tidy(get["zip_code"](row.values), out["state"])
            narrative = get[schema.NARRATIVE](row.values)
            out[schema.KEY], out[schema.DATE] = key, day
            out[schema.NARRATIVE] = narrative if narrative.strip() else ""
            count[out[schema.LABEL]] += 1
            count["zips"] += restored
            count["narratives"] += bool(out[schema.NARRATIVE])
            yield [out[column] for column in schema.COLUMNS]

    stream: Iterator[list[str]] = converted()
    if progress:
        from tqdm.std import tqdm

        stream = iter(tqdm(stream, desc=f"Converting {source.name}", unit=" rows", unit_scale=True))
    written = write_rows(target, schema.COLUMNS, stream)
    return Conversion(
        path=target,
        rows=written,
        labelled=count["0"] + count["1"],
        pending=count[""],
        positives=count["1"],
        narratives=count["narratives"],
        zips_restored=count["zips"],
        duplicates=count["duplicates"],
        first_date=dates[0] if dates else None,
        last_date=dates[1] if dates else None,
        ignored=ignored,
    )


def require_labels(path: Path | str, *, minimum: int = 100, encoding: str = "utf-8") -> Labels:
    """Make sure that a file, converted or not, has enough labels to learn from.

    Args:
        path: The file, plain or zipped.
        minimum: Fewest labelled rows that will do.
        encoding: Encoding of the file.

    Returns:
        How many labels there are.

    Raises:
        ComplaintsError: If there are none, or fewer than the minimum.
    """
    path = Path(path)
    rows = readers.read(path, encoding=encoding)
    first = next(rows)
    everything = set(schema.COLUMNS)
    places, _ = _columns(first.values, path, everything)
    cure = (
        "the CFPB stopped recording disputes in April 2017, "
        "so use the generated complaints or the book's labelled file"
    )
    if schema.LABEL not in places:
        raise ComplaintsError(f"{path.name} has no column {schema.LABEL}: {cure}.")
    count = {"0": 0, "1": 0, "": 0}
    for row in rows:
        try:
            count[label(row.values[places[schema.LABEL]])] += 1
        except ComplaintsError as error:
            raise ComplaintsError(
                f"Row {row.number:,} of {path.name} (line {row.line:,}): {error}"
            ) from error
    found = Labels(sum(count.values()), count["0"] + count["1"], count["1"])
    if not found.labelled:
        raise ComplaintsError(
            f"None of the {found.rows:,} rows of {path.name} has a label: {cure}."
        )
    if found.labelled < minimum:
        raise ComplaintsError(
            f"Only {found.labelled:,} of the {found.rows:,} rows of {path.name} have a label, and "
            f"{minimum:,} are needed: {cure}."
        )
    return found
