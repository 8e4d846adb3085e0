"""Writing complaints as CSV with the same bytes everywhere, and the one parser that reads any CSV.

Python's own writer changed between 3.10 and 3.13 in which fields it quotes (a carriage return, for
one), so the few lines that RFC 4180 asks for stand here. Python's own parser refuses a field of more
than 131,072 characters unless a setting of the whole process says otherwise; here that setting never
decides.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

from utils.complaints import schema
from utils.files import atomic_text

LONGEST_ROW: Final = 10_000_000
"""Most characters of one row. A longer one is a quotation mark that is never closed."""

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What usually stands between the columns of a file, and its name in a sentence."""

HINT: Final = re.compile(r'"?sep=(\t|[^\w\s"])"?\s*')
"""A line that Excel writes and reads above the header, such as ``sep=;``."""

_LONGEST_HEADER = 10_000
_UNUSUAL = re.compile(r"""[^\w\s"'?-]""")
_SPECIAL = re.compile('[",\r\n]')


class RowTooLongError(csv.Error):
    """A row of more than :data:`LONGEST_ROW` characters."""

    def __init__(self) -> None:
        super().__init__(f"the row is longer than {LONGEST_ROW:,} characters")


class Parser:
    """The rows of CSV text, strictly parsed, each of at most :data:`LONGEST_ROW` characters.

    Args:
        lines: The lines of the text with their line ends.
        separator: What stands between the columns.
    """

    def __init__(self, lines: Iterable[str], separator: str = ",") -> None:
        self._length = 0
        self._reader = csv.reader(self._counted(lines), delimiter=separator, strict=True)

    @property
    def line_num(self) -> int:
        """Number of lines read so far."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        """Return the parser itself."""
        return self

    def __next__(self) -> list[str]:
        """Return the fields of the next row.

        Raises:
            csv.Error: If the row is malformed, or longer than :data:`LONGEST_ROW`.
        """
        self._length = 0
        # The csv module keeps its limit for the whole process, where anybody may change it at any time.
        if csv.field_size_limit() < LONGEST_ROW:
            csv.field_size_limit(LONGEST_ROW)
        return next(self._reader)

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            self._length += len(line)
            if self._length > LONGEST_ROW:
                raise RowTooLongError
            yield line


def separator(header: str) -> str:
    """Find out what stands between the columns of a file.

    Only the header is asked, because a narrative may hold any character any number of times: the
    separator is the one that finds most columns of the schema in it, else the one that finds most
    columns. A line that is a :data:`HINT` answers as well.

    Args:
        header: The file's first line that is not blank.

    Returns:
        One character: the comma where nothing speaks for another.
    """
    hint = HINT.fullmatch(header)
    if hint:
        return hint[1]
    known, header = schema.aliases(), header[:_LONGEST_HEADER]

    def found(mark: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([header], delimiter=mark), [])
        except csv.Error:
            return 0, 0
        columns = sum(schema.normal_name(name) in known for name in names)
        return columns, len(names) if mark in SEPARATORS else 0

    return max(dict.fromkeys([*SEPARATORS, *_UNUSUAL.findall(header)]), key=found)


def format_row(values: Sequence[str]) -> str:
    """Return one CSV row, ending with a line feed; fields with a comma, quote or line break are quoted.

    Args:
        values: The fields as text.

    Returns:
        The row including its line end.
    """
    special = _SPECIAL.search
    return ",".join(['"' + v.replace('"', '""') + '"' if special(v) else v for v in values]) + "\n"


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a CSV file atomically, row by row.

    Args:
        path: The file to write.
        header: The column names.
        rows: The rows in order; an iterator keeps memory flat.

    Returns:
        The number of rows written, without the header.
    """
    count = 0
    with atomic_text(path) as file:
        file.write(format_row(header))
        for row in rows:
            file.write(format_row(row))
            count += 1
    return count


def read_rows(path: Path) -> Iterator[list[str]]:
    """Read a well-formed CSV file of this project, header first.

    Args:
        path: A file written by :func:`write_rows`.

    Yields:
        One list of fields for each row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        yield from Parser(file)


def read_records(path: Path) -> list[dict[str, str]]:
    """Read a well-formed CSV file of this project at once.

    Args:
        path: A file written by :func:`write_rows`.

    Returns:
        The rows, each by the names of the columns.
    """
    header, *rows = read_rows(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as a table of text, in which only an empty field is a missing value.

    pandas by itself would make numbers of ZIP codes, missing values of the texts ``N/A``, ``None`` and ``null`` and of
    the fields that a torn row lacks, and an index of the first column where rows have a field too many.

    Args:
        path: A CSV file in UTF-8 with a header.

    Returns:
        The rows, each column as text or NaN.

    Raises:
        ComplaintsError: If it cannot be read, see :func:`utils.complaints.readers.read`, or two columns have one
            name.
    """
    import pandas as pd

    from utils.complaints import readers  # which reads by the parser above
    from utils.complaints.errors import ComplaintsError

    header, *rows = [row.values for row in readers.read(path)]
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise ComplaintsError(
            f"{path.name} has the column {twice!r} twice: rename or remove one of them."
        )
    table = pd.DataFrame(rows, columns=header, dtype=object)
    return table.mask(table == "")
