"""Rules in SQL, for what a schema cannot say: patterns, several columns at once, several rows at once.

A rule is a condition, as in a ``CHECK`` of a database. SQLite, which is part of Python, decides it: for each row of
the data, or for each feature's statistics.

TFDV has a check of statistics by SQL of its own, ``custom_validate_statistics``; it needs ZetaSQL, which the wheels of
TFDV 1.21 were built without.

Source: https://www.sqlite.org/lang_createtable.html#check_constraints; ``tfdv.custom_validate_statistics``
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from utils.errors import did_you_mean
from utils.validation.errors import ValidationError

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {
    "string_stats": "text",
    "bytes_stats": "bytes",
    "num_stats": "number",
    "struct_stats": "struct",
}
"""What TFDV's kinds of statistics are of."""


@dataclass(frozen=True)
class Rule:
    """What must hold.

    Attributes:
        name: What it is called in a report.
        must_hold: A condition in SQL, over the columns of a row. As in a database's ``CHECK``, a condition that is
            unknown, because a value is missing, counts as held. Window functions see the other rows.
    """

    name: str
    must_hold: str


@dataclass(frozen=True)
class Finding:
    """What became of one rule.

    Attributes:
        rule: The rule.
        checked: How many rows, or features, were looked at.
        rows: Those that break it.
    """

    rule: Rule
    checked: int
    rows: pd.DataFrame = field(repr=False, compare=False)

    @property
    def broken(self) -> int:
        """How many rows, or features, break the rule."""
        return len(self.rows)


def check(frame: pd.DataFrame, rules: Rule | Iterable[Rule]) -> list[Finding]:
    """Check each row of a table.

    Args:
        frame: The rows.
        rules: One rule or several, over the table's columns. ``X REGEXP 'pattern'`` is understood: the whole of X must
            match.

    Returns:
        A finding for each rule, in order.

    Raises:
        ValidationError: A rule is no condition, or names a column that does not exist; or SQL cannot hold the table.
    """
    several = [rules] if isinstance(rules, Rule) else list(rules)
    with _database(frame) as database:
        return [_finding(database, frame, rule) for rule in several]


def check_statistics(statistics: Any, rules: Rule | Iterable[Rule]) -> list[Finding]:
    """Check the statistics of each feature.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.
        rules: One rule or several, over the columns of :func:`table`.

    Returns:
        A finding for each rule; its rows are the features that break it.
    """
    return check(table(statistics), rules)


def table(statistics: Any) -> pd.DataFrame:
    """Return statistics as a table that rules can ask about.

    Args:
        statistics: A ``DatasetFeatureStatisticsList``.

    Returns:
        One row per feature: ``feature, type, examples, present, missing, different, top_value, top_count, mean,
        median``.
        The type is ``"text"``, ``"bytes"``, ``"number"`` or, of a feature that holds others, ``"struct"``; what a
        feature has none of is missing.
    """
    import pandas as pd

    from utils.validation import statistics as stats

    rows = []
    everything = stats.dataset(statistics)
    for one in everything.features:
        counted = stats.common(one)
        text, number = one.string_stats, one.num_stats
        kind = one.WhichOneof("stats")
        is_text = kind == "string_stats"
        # TFDV leaves 0 as the mean and median of a feature without a value.
        has_mean = kind == "num_stats" and counted.num_non_missing > 0
        top = text.top_values[0] if is_text and text.top_values else None
        rows.append(
            {
                "feature": ".".join(one.path.step),
                "type": _TYPES.get(kind, kind),
                "examples": int(everything.num_examples),
                "present": int(counted.num_non_missing),
                "missing": int(counted.num_missing),
                "different": int(text.unique) if is_text else None,
                "top_value": top.value if top else None,
                "top_count": int(top.frequency) if top else None,
                "mean": float(number.mean) if has_mean else None,
                "median": float(number.median) if has_mean else None,
            }
        )
    return pd.DataFrame(rows)


def _matches(pattern: str, value: object) -> bool | None:
    return None if value is None else re.fullmatch(pattern, str(value)) is not None


_REFUSED = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError)
"""What Python's SQLite raises for a table, or a value, that it cannot take."""


@contextlib.contextmanager
def _database(frame: pd.DataFrame) -> Iterator[sqlite3.Connection]:
    """Lend a database in memory with one table, ``complaints``."""
    frame = frame.reset_index(drop=True)
    columns = ", ".join(_quoted(name) for name in frame.columns)
    marks = ", ".join("?" * len(frame.columns))
    plain = frame.astype(object).where(frame.notna(), None)
    rows = plain.itertuples(index=False, name=None)
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.create_function("REGEXP", 2, _matches, deterministic=True)
        try:
            database.execute(f"CREATE TABLE complaints ({columns})")
            database.executemany(f"INSERT INTO complaints VALUES ({marks})", rows)
        except _REFUSED as error:
            raise ValidationError(
                f"The table cannot be asked by SQL: {str(error).rstrip('.')}{_where(database, plain)}.",
                "It needs a column, names that differ in more than case, and in them texts, bytes, or numbers of at "
                "most 64 bits: make them so, for example by .astype(str).",
            ) from None
        database.set_authorizer(_reads_only)
        yield database


def _where(database: sqlite3.Connection, frame: pd.DataFrame) -> str:
    """Name the first column with a value that SQLite does not take."""
    for name, values in frame.items():
        for value in values:
            try:
                database.execute("SELECT ?", [value])
            except _REFUSED:
                return f", for {name!r} has a {type(value).__name__}"
    return ""


def _finding(database: sqlite3.Connection, frame: pd.DataFrame, rule: Rule) -> Finding:
    if not rule.must_hold.strip():
        raise ValidationError(
            f"The rule {rule.name!r} is empty.",
            "Give a condition, for example product IS NOT NULL.",
        )
    question = (
        f"SELECT place FROM (SELECT rowid AS place, ({rule.must_hold}) AS holds FROM complaints) "
        "WHERE NOT holds ORDER BY place"
    )
    try:
        places = [place - 1 for (place,) in database.execute(question)]
    except (sqlite3.Error, sqlite3.Warning, re.error) as error:
        raise _translated(error, rule, [str(name) for name in frame.columns]) from None
    return Finding(rule, len(frame), frame.iloc[places])


def _translated(error: Exception, rule: Rule, columns: Sequence[str]) -> ValidationError:
    what = f"The rule {rule.name!r} cannot be checked: {error}."
    unknown = re.search(r"no such column: (\S+)", str(error))
    if unknown:
        return ValidationError(what, did_you_mean(unknown[1], columns))
    if "user-defined function" in str(error):
        return ValidationError(
            what, "Look at the pattern behind REGEXP: it is no regular expression."
        )
    return ValidationError(
        what,
        "Give one condition as it stands behind WHERE, texts in single quotation marks: product <> 'Mortgage'.",
    )


def _reads_only(action: int, *_: object) -> int:
    allowed = (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY


def _quoted(name: object) -> str:
    return '"' + str(name).replace('"', '""') + '"'
