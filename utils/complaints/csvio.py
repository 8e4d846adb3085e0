"""Writing complaints as CSV with the same bytes everywhere, and reading them back row by row.

Python's own writer changed between 3.10 and 3.13 in which fields it quotes (a carriage return, for
one), so the few lines that RFC 4180 asks for stand here.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import pandas as pd

_SPECIAL = re.compile('[",\r\n]')


def format_row(values: Sequence[str]) -> str:
    """One CSV row, ending with a line feed; fields with a comma, quote or line break are quoted.

    Args:
        values: The fields as text.

    Returns:
        The row including its line end.
    """
    special = _SPECIAL.search
    return ",".join(['"' + v.replace('"', '""') + '"' if special(v) else v for v in values]) + "\n"


@contextmanager
def atomic_text(path: Path) -> Iterator[TextIO]:
    """Open a text file that replaces ``path`` only when the block ends without an error.

    Args:
        path: The file to write; its folder is made if need be.

    Yields:
        A UTF-8 text file that writes line feeds as they are.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
        One list of fields a row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV file as a table of text, in which only an empty field is a missing value.

    pandas by itself would make numbers of ZIP codes, and missing values of the texts ``N/A``, ``None`` and ``null``.

    Args:
        path: A CSV file in UTF-8 with a header.

    Returns:
        The rows, each column as text or NaN.
    """
    import pandas as pd

    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
