"""One way to two databases: SQLite, which is a file, and PostgreSQL, which is a server.

Both have Python's DB-API 2 (PEP 249), and the few statements of :mod:`utils.feedback.log` mean the same to both. What
differs is how to connect, the mark for a value in a statement, and how it shows that a database is *away*.

Source: https://docs.python.org/3/library/sqlite3.html, https://www.psycopg.org/psycopg3/docs/
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.feedback.errors import DatabaseAway, FeedbackError

if TYPE_CHECKING:
    from utils.services import postgres

SECONDS = 2.0
"""How long to wait for a database that is locked or does not answer."""

_AWAY = ("locked", "unable to open", "busy", "readonly", "disk i/o")
"""What SQLite says when the file is in use or gone; its other errors are faults of a statement."""


@dataclass(frozen=True)
class Database:
    """How to reach a database.

    Attributes:
        name: What it is called in a sentence.
        open: Connects.
        mark: What stands for a value in a statement: ``?`` or ``%s``.
        is_away: Tells of an error of its module whether the database was out of reach.
    """

    name: str
    open: Callable[[], Any] = field(repr=False)
    mark: str = field(repr=False)
    is_away: Callable[[BaseException], bool] = field(repr=False)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Any]:
        """Connect, and commit at the end of the block; after an error nothing of it has happened.

        Yields:
            A cursor of the database's module.

        Raises:
            DatabaseAway: If the database cannot be reached, or is lost before the commit.
        """
        connection = None
        try:
            connection = self.open()
            yield connection.cursor()
            connection.commit()
        except Exception as error:
            if connection is not None:
                with contextlib.suppress(Exception):
                    connection.rollback()
            if self.is_away(error):
                reason = str(error).strip().partition("\n")[0]
                raise DatabaseAway(
                    f"{self.name} is away: {reason}.", "Start it, or wait until it is free again."
                ) from error
            raise
        finally:
            if connection is not None:
                with contextlib.suppress(Exception):
                    connection.close()

    def sql(self, statement: str) -> str:
        """Return a statement with this database's mark for a value.

        Args:
            statement: SQL with ``?`` for each value, and no ``?`` or ``%`` besides.
        """
        return statement.replace("?", self.mark)

    def query(self, statement: str, values: Sequence[Any] = ()) -> tuple[list[str], list[tuple]]:
        """Ask a question.

        Args:
            statement: One ``SELECT`` with ``?`` for each value.
            values: The values.

        Returns:
            The names of the columns, and the rows.

        Raises:
            DatabaseAway: If the database cannot be reached.
        """
        with self.transaction() as cursor:
            cursor.execute(self.sql(statement), tuple(values))
            return [column[0] for column in cursor.description], [
                tuple(r) for r in cursor.fetchall()
            ]


def sqlite(file: Path, seconds: float = SECONDS) -> Database:
    """Name a database in a file.

    Args:
        file: The file; :func:`create` makes it. One that has been moved away is not made again by asking for it.
        seconds: How long to wait while another process writes.

    Returns:
        The database.
    """
    address = f"{file.absolute().as_uri()}?mode=rw"

    def away(error: BaseException) -> bool:
        said = str(error).lower()
        return isinstance(error, sqlite3.OperationalError) and any(word in said for word in _AWAY)

    return Database(
        f"The SQLite file {file.name}",
        lambda: sqlite3.connect(address, uri=True, timeout=seconds),
        "?",
        away,
    )


def create(file: Path) -> Path:
    """Make an empty SQLite file in which one process may read while another one writes; one that is there stays.

    Args:
        file: The file.

    Returns:
        The file.

    Raises:
        FeedbackError: If it cannot be made there.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error) as error:
        raise FeedbackError(
            f"The database {file} cannot be made: {error}.",
            "Name a file in a folder that you may write to.",
        ) from error
    return file


def postgresql(server: postgres.Database, seconds: float = SECONDS) -> Database:
    """Name the database of a running PostgreSQL.

    Args:
        server: What :func:`utils.services.postgres.start` returned.
        seconds: How long to wait for an answer to the log-in, at least 2.

    Returns:
        The database.
    """
    import psycopg

    def connect() -> Any:
        return psycopg.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname=server.name,
            connect_timeout=max(2, round(seconds)),
        )

    def away(error: BaseException) -> bool:
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))

    return Database(f"PostgreSQL on {server.host}:{server.port}", connect, "%s", away)
