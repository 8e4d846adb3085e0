"""The serving log: what a model has answered, what became of it, and both joined by id.

Three rules make it safe to write anything twice. Each row has an id that its writer chooses, from the facts and not
from chance. A row whose id the database knows is left out. And no row is ever changed: what is learnt later is another
row.

Source: book, chapter 13, "How to Track Feedback Loops"
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from utils.feedback.databases import Database
from utils.feedback.errors import DatabaseAway, FeedbackError
from utils.feedback.spool import Spool

if TYPE_CHECKING:
    import pandas as pd

MATURE_AFTER = 63
"""Days after which a prediction without an outcome is no longer waited for: three times the mean delay."""

KNOWN, CONTRADICTORY, PENDING, MISSING = "known", "contradictory", "pending", "missing"
"""The states of a prediction: its outcome is there; its latest ones disagree; one may still come; none came in time."""

TABLES = (
    """CREATE TABLE IF NOT EXISTS predictions (
    prediction_id TEXT PRIMARY KEY, complaint_id TEXT NOT NULL, asked_at TEXT NOT NULL,
    version BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL, request TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS outcomes (
    outcome_id TEXT PRIMARY KEY, prediction_id TEXT NOT NULL, observed_at TEXT NOT NULL,
    arrived_at TEXT NOT NULL, disputed INTEGER NOT NULL CHECK (disputed IN (0, 1)), source TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS outcomes_of ON outcomes (prediction_id)",
    "CREATE TABLE IF NOT EXISTS turns (turn TEXT PRIMARY KEY, record TEXT NOT NULL)",
)
"""What makes the tables, in either database."""

_COLUMNS = {
    "predictions": ("prediction_id", "complaint_id", "asked_at", "version", "score", "request"),
    "outcomes": ("outcome_id", "prediction_id", "observed_at", "arrived_at", "disputed", "source"),
    "turns": ("turn", "record"),
}

_JOIN = """
WITH seen AS (SELECT * FROM outcomes WHERE arrived_at <= ?),
latest AS (
    SELECT prediction_id, MAX(observed_at) AS observed_at, COUNT(*) AS outcomes, MIN(arrived_at) AS arrived_at
    FROM seen GROUP BY prediction_id),
final AS (
    SELECT latest.prediction_id, latest.outcomes, latest.arrived_at, MIN(disputed) AS low, MAX(disputed) AS high
    FROM latest JOIN seen
        ON seen.prediction_id = latest.prediction_id AND seen.observed_at = latest.observed_at
    GROUP BY latest.prediction_id, latest.outcomes, latest.arrived_at)
SELECT predictions.prediction_id, complaint_id, asked_at, version, score, request,
    final.outcomes, final.arrived_at, final.low, final.high
FROM predictions LEFT JOIN final ON final.prediction_id = predictions.prediction_id
WHERE asked_at <= ? AND asked_at >= ? AND asked_at < ? ORDER BY asked_at, predictions.prediction_id
"""

Moment: TypeAlias = "dt.date | dt.datetime | str"
"""A day, which begins at midnight; a time, in UTC unless it says otherwise; or either as ISO text."""


@dataclass(frozen=True)
class Prediction:
    """One answer of a model.

    Attributes:
        prediction_id: Its id: the same for a request that is sent again.
        complaint_id: The complaint that was asked about.
        asked_at: When.
        version: The version of the model that has answered.
        score: What it has answered.
        request: What it was asked: column to text.
    """

    prediction_id: str
    complaint_id: str
    asked_at: Moment
    version: int
    score: float
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of a complaint, as somebody has observed it.

    Attributes:
        outcome_id: Its id: the same when the same message arrives again.
        prediction_id: The prediction that it belongs to; its row may arrive later.
        observed_at: When it was observed. Of several outcomes of one prediction the latest counts.
        arrived_at: When it reached us.
        disputed: Whether the consumer has disputed the answer.
        source: Where it comes from.
    """

    outcome_id: str
    prediction_id: str
    observed_at: Moment
    arrived_at: Moment
    disputed: bool
    source: str = "consumer"


@dataclass(frozen=True)
class Written:
    """What became of a batch.

    Attributes:
        new: Rows that the database did not have.
        known: Rows that it had already: they were sent twice.
        spooled: Rows that wait on the disk, because the database is away.
    """

    new: int = 0
    known: int = 0
    spooled: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(self.new + other.new, self.known + other.known, self.spooled + other.spooled)


class ServingLog:
    """Predictions and outcomes in a database, and a spool for the time when it is away."""

    def __init__(self, database: Database, spool: Spool | None = None) -> None:
        """Open the log.

        Args:
            database: Where the rows go.
            spool: Where they wait while the database is away; None to be told by an error instead.
        """
        self.database = database
        self.spool = spool

    def create(self) -> ServingLog:
        """Make the tables, unless they are there.

        Returns:
            The log itself.

        Raises:
            DatabaseAway: If the database cannot be reached.
        """
        with self.database.transaction() as cursor:
            for statement in TABLES:
                cursor.execute(statement)
        return self

    def predictions(self, rows: Iterable[Prediction]) -> Written:
        """Write predictions, all or none.

        Args:
            rows: The predictions.

        Returns:
            How many were new, known, or wait.

        Raises:
            FeedbackError: If a value cannot be.
            SpoolFull: If the database is away, and the spool has no room.
            DatabaseAway: If the database is away, and there is no spool.
        """
        return self._take(
            "predictions",
            [
                [
                    _name(one.prediction_id), _name(one.complaint_id), moment(one.asked_at), _whole(one.version),
                    _finite(one.score), json.dumps(dict(one.request), sort_keys=True),
                ]
                for one in rows
            ],
        )  # fmt: skip

    def outcomes(self, rows: Iterable[Outcome]) -> Written:
        """Write outcomes, all or none; see :meth:`predictions`."""
        return self._take(
            "outcomes",
            [
                [
                    _name(one.outcome_id), _name(one.prediction_id), moment(one.observed_at), moment(one.arrived_at),
                    _label(one.disputed), _name(one.source),
                ]
                for one in rows
            ],
        )  # fmt: skip

    def flush(self) -> int:
        """Write what waits in the spool.

        Returns:
            How many rows it was.

        Raises:
            DatabaseAway: If the database is still away; then nothing is lost.
        """
        return self.spool.empty(self._insert) if self.spool else 0

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has.

        Raises:
            DatabaseAway: If the database cannot be reached.
        """
        return {
            table: int(self.database.query(f"SELECT COUNT(*) FROM {table}")[1][0][0])
            for table in _COLUMNS
        }

    def joined(
        self,
        now: Moment,
        mature_after: int = MATURE_AFTER,
        since: Moment = "0001-01-01",
        until: Moment | None = None,
    ) -> pd.DataFrame:
        """Return each prediction with what was known of it at some moment.

        Args:
            now: The moment; what arrived later is not seen.
            mature_after: Days after which an outcome is no longer waited for.
            since: Leave out predictions before this moment.
            until: Leave out predictions from this moment on; None for those after ``now``.

        Returns:
            One row for each prediction: the columns of :class:`Prediction`, with the request as a dictionary;
            ``outcomes``, how many have arrived; ``arrived_at``, when the first did; ``disputed``, 0 or 1, and NaN where
            it is not known; and ``state``.

        Raises:
            DatabaseAway: If the database cannot be reached.
        """
        import pandas as pd

        today = moment(now)
        ripe = moment(dt.datetime.fromisoformat(today) - dt.timedelta(days=mature_after))
        end = "9999" if until is None else moment(until)
        names, rows = self.database.query(_JOIN, [today, today, moment(since), end])
        table = pd.DataFrame(rows, columns=names)
        numbers = ["outcomes", "low", "high"]
        table[numbers] = table[numbers].astype("float64")  # NULL is NaN, also where all are
        same = table["low"].notna() & (table["low"] == table["high"])
        table["disputed"] = table["low"].where(same).astype("float64")
        late = (table["asked_at"] <= ripe).map({True: MISSING, False: PENDING})
        table["state"] = late.where(table["low"].isna(), CONTRADICTORY).mask(same, KNOWN)
        table["outcomes"] = table["outcomes"].fillna(0).astype("int64")
        table["request"] = [json.loads(one) for one in table["request"]]
        return table.drop(columns=["low", "high"])

    def turn(self, name: str) -> dict[str, Any] | None:
        """Return what was recorded of a turn of the loop; None where it has not been finished.

        Args:
            name: The turn's name.
        """
        _, rows = self.database.query("SELECT record FROM turns WHERE turn = ?", [name])
        return json.loads(rows[0][0]) if rows else None

    def finish(self, name: str, record: Mapping[str, Any]) -> Written:
        """Record a turn of the loop as finished; one that is recorded already stays as it is.

        Args:
            name: The turn's name.
            record: What to keep of it, values that JSON can hold.
        """
        return self._take("turns", [[_name(name), json.dumps(dict(record))]])

    def _take(self, table: str, rows: list[list]) -> Written:
        try:
            written = self._insert(table, rows)
        except DatabaseAway:
            if self.spool is None:
                raise
            self.spool.append(table, rows)
            return Written(spooled=len(rows))
        if self.spool is not None and len(self.spool):
            with contextlib.suppress(DatabaseAway):  # then they wait on; these rows are written
                self.flush()
        return written

    def _insert(self, table: str, rows: Sequence[Sequence]) -> Written:
        columns = _COLUMNS[table]
        marks = ", ".join("?" for _ in columns)
        statement = (
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) "
            f"ON CONFLICT ({columns[0]}) DO NOTHING"
        )
        if not rows:
            return Written()
        # In one order, so that two writers of the same rows wait for each other, and never both at once.
        ordered = sorted(rows, key=lambda row: row[0])
        with self.database.transaction() as cursor:
            cursor.executemany(self.database.sql(statement), [tuple(row) for row in ordered])
            new = cursor.rowcount
        return Written(new, len(rows) - new)


def moment(value: Moment) -> str:
    """Write a moment as the log keeps it: ISO text to the second, in UTC, which sorts by time.

    Args:
        value: The moment.

    Returns:
        For example ``"2017-01-01T00:00:00"``.

    Raises:
        FeedbackError: If it is none.
    """
    try:
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        if not isinstance(value, dt.datetime):
            value = dt.datetime(value.year, value.month, value.day)
    except (ValueError, AttributeError) as error:
        raise FeedbackError(
            f"{value!r} is no moment.",
            "Give a date, a datetime, or one as ISO text: '2017-01-31T12:00:00'.",
        ) from error
    if value.tzinfo is not None:
        value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
    return value.isoformat(timespec="seconds")


def _name(value: Any) -> str:
    # A lone surrogate is kept by JSON, and so by the spool, but by no database.
    if not isinstance(value, str) or not value or re.search("[\0\ud800-\udfff]", value):
        raise FeedbackError(
            f"{value!r} is no id or name.",
            "Give a text that is not empty, for example a complaint_id.",
        )
    return value


def _whole(value: Any) -> int:
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        if -(2**63) <= (version := int(value)) < 2**63:
            return version
    raise FeedbackError(
        f"{value!r} is no version of a model.",
        "Give the number of its folder, which is the time of its export in seconds.",
    )


def _finite(value: Any) -> float:
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        if math.isfinite(score := float(value)):
            return score
    raise FeedbackError(
        f"The score {value!r} is no number.", "Look at what the model has answered."
    )


def _label(value: Any) -> int:
    if value not in (0, 1):
        raise FeedbackError(
            f"An outcome is {value!r}, which is neither 0 nor 1.",
            "Leave out what is not known yet: no outcome is not the outcome 0.",
        )
    return int(value)
