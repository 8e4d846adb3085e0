"""Complaints in a real SQLite database.

Two tables, as a database would keep them: ``complaints``, and the ``companies`` that they name by number.

Source: book, chapter 3, "Ingesting Data Directly from Databases"; https://docs.python.org/3/library/sqlite3.html
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from utils.complaints import schema
from utils.files import atomic_path
from utils.ingestion.errors import IngestionError

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = tuple(name for name in schema.COLUMNS if name != "company")

_TABLES = f"""
CREATE TABLE companies (company_id INTEGER PRIMARY KEY, company TEXT NOT NULL UNIQUE);
CREATE TABLE complaints (
    complaint_id TEXT PRIMARY KEY,
    {", ".join(f"{name} TEXT" for name in _COLUMNS if name not in (schema.KEY, schema.LABEL))},
    consumer_disputed INTEGER,
    company_id INTEGER NOT NULL REFERENCES companies
);
"""


def build(path: Path, frame: pd.DataFrame) -> Path:
    """Make the database anew with a table of complaints in it.

    Args:
        path: The SQLite file; one that is there is replaced.
        frame: Complaints, see :func:`utils.ingestion.files.read_complaints`.

    Returns:
        The file.

    Raises:
        IngestionError: If a complaint has no company, or stands in the table twice.
        utils.files.FileError: If the file cannot be written there.
    """
    with atomic_path(path) as part:
        with closing(sqlite3.connect(part)) as connection:
            connection.executescript(_TABLES)
        insert(part, frame)
    return path


def insert(path: Path, frame: pd.DataFrame) -> int:
    """Add complaints to the database, all or none.

    Args:
        path: The SQLite file.
        frame: Complaints with ids that are not there yet.

    Returns:
        How many complaints the database holds now.

    Raises:
        IngestionError: If a complaint is there already, or has no company.
    """
    without = int(frame["company"].isna().sum())
    if without:
        raise IngestionError(
            f"The database was left as it is: the column company is empty in {without} of these complaints.",
            "Fill it in, or leave those rows out.",
        )
    marks = ", ".join("?" for _ in range(len(_COLUMNS) + 1))
    with closing(sqlite3.connect(path)) as connection:
        names = [(str(name),) for name in dict.fromkeys(frame["company"])]
        try:
            with connection:
                connection.executemany(
                    "INSERT OR IGNORE INTO companies (company) VALUES (?)", names
                )
                known = dict(connection.execute("SELECT company, company_id FROM companies"))
                rows = [
                    (*row, known[str(company)])
                    for *row, company in frame[[*_COLUMNS, "company"]].itertuples(
                        index=False, name=None
                    )
                ]
                connection.executemany(
                    f"INSERT INTO complaints ({', '.join(_COLUMNS)}, company_id) VALUES ({marks})",
                    rows,
                )
        except sqlite3.IntegrityError as error:
            raise IngestionError(
                f"The database was left as it is: one of these complaints is in it already ({error}).",
                "Build the database anew, or leave out the complaints that are there.",
            ) from error
        (count,) = connection.execute("SELECT COUNT(*) FROM complaints").fetchone()
    return count


def query(path: Path, sql: str) -> pd.DataFrame:
    """Ask the database a question, without the right to change it.

    Args:
        path: The SQLite file.
        sql: One ``SELECT``.

    Returns:
        The answer as a table.

    Raises:
        IngestionError: If the file is not there, or the database refuses the query; the message has its words.
    """
    import pandas as pd

    with closing(_reading(path)) as connection:
        try:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return pd.DataFrame(cursor.fetchall(), columns=names)
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise IngestionError(
                f"The database refuses the query: {error}.",
                "Correct the SQL; the tables are complaints and companies.",
            ) from error


def fingerprint(path: Path) -> str:
    """Return a short name for what the database holds: other rows, another name.

    Args:
        path: The SQLite file.

    Returns:
        Sixteen hexadecimal digits.

    Raises:
        IngestionError: If the file is not there.
    """
    digest = hashlib.sha256()
    with closing(_reading(path)) as connection:
        for line in connection.iterdump():
            digest.update(line.encode())
    return digest.hexdigest()[:16]


def _reading(path: Path) -> sqlite3.Connection:
    """Open the database without the right to change it."""
    if not path.is_file():
        raise IngestionError(f"There is no database {path}.", "Run the cell that builds it.")
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
