"""What arrives, simulated: complaints of a span, and the outcome of each after a delay of its own.

Nothing is drawn from a stream. A complaint's delay follows from a hash of its id, so that a loop that was killed and
runs again meets the same days.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from utils.complaints import planted, power, spans, variants
from utils.complaints.csvio import read_table
from utils.complaints.schema import COLUMNS, DATE, KEY, LABEL
from utils.complaints.tables import SPANS, tables
from utils.feedback.errors import FeedbackError
from utils.feedback.log import Outcome

if TYPE_CHECKING:
    import pandas as pd

ROWS = power.LOOP
"""Complaints of a span that the loop takes; the data card computes how much is found in so many."""

_OF = 10_000


def complaints(span: str, rows: int = ROWS) -> pd.DataFrame:
    """Return complaints of a span, thinned out evenly over its days.

    Args:
        span: ``"S1"`` to ``"S4"``.
        rows: How many, up to 10,000.

    Returns:
        The columns of the complaints as text, None where a value is missing; the label, which nobody knows yet when a
        complaint arrives, as 0 or 1.

    Raises:
        FeedbackError: If there are no such rows.
    """
    import numpy as np

    if span not in SPANS[:4] or not 1 <= rows <= _OF:
        raise FeedbackError(
            f"There are no {rows:,} labelled complaints of {span!r}.",
            "Take up to 10,000 of S1, S2, S3 or S4.",
        )
    table = read_table(spans.ensure(span))
    chosen = table.iloc[np.arange(rows) * _OF // rows][list(COLUMNS)]
    chosen = chosen.astype(object).where(chosen.notna(), None).reset_index(drop=True)
    chosen[LABEL] = chosen[LABEL].astype(int)
    return chosen


def immature(days: int = 90) -> pd.DataFrame:
    """Return the last complaints of S1 as they stood at its end: the outcome of some had not arrived yet.

    Args:
        days: How many days back from the end of S1.

    Returns:
        As :func:`complaints`, of the variant ``immature``; the label is NaN while it is pending.
    """
    table = read_table(variants.ensure("immature"))
    first = last_day("S1") - dt.timedelta(days=days - 1)
    recent = table[table[DATE] >= first.isoformat()]
    labels = recent[LABEL].astype(float)
    recent = recent.astype(object).where(recent.notna(), None)
    return recent.assign(**{LABEL: labels}).reset_index(drop=True)


def first_day(span: str) -> dt.date:
    """Return the first day of a span.

    Args:
        span: ``"S1"`` to ``"S4"``.
    """
    return dt.date.fromisoformat(tables()["spans"][span]["first"])


def last_day(span: str) -> dt.date:
    """Return the last day of a span.

    Args:
        span: ``"S1"`` to ``"S4"``.
    """
    return dt.date.fromisoformat(tables()["spans"][span]["last"])


def received(complaint_id: str, day: str) -> dt.datetime:
    """Return at what time of its day a complaint was received.

    Args:
        complaint_id: Its id.
        day: ``YYYY-MM-DD``.
    """
    seconds = int(86_400 * _share(complaint_id, "hour"))
    return dt.datetime.fromisoformat(day) + dt.timedelta(seconds=seconds)


def delay(complaint_id: str, mean_days: float = planted.IMMATURE_MEAN_DAYS) -> dt.timedelta:
    """Return how long the outcome of a complaint takes: exponentially distributed, as in the variant ``immature``.

    Args:
        complaint_id: Its id.
        mean_days: The mean.
    """
    return dt.timedelta(days=-mean_days * math.log(1 - _share(complaint_id, "delay")))


def outcomes(rows: pd.DataFrame, prediction_ids: Iterable[str]) -> list[Outcome]:
    """Return the outcome of each complaint, with the moment when it arrives.

    Args:
        rows: Complaints with their labels, see :func:`complaints`.
        prediction_ids: The prediction that each belongs to.

    Returns:
        One outcome a row, in the order of the rows.
    """
    made = []
    columns = (rows[KEY], rows[DATE], rows[LABEL], prediction_ids)
    for complaint, day, label, prediction in zip(*columns, strict=True):
        at = received(complaint, day) + delay(complaint)
        made.append(Outcome(f"outcome of {prediction}", prediction, at, at, bool(label)))
    return made


def _share(complaint_id: str, what: str) -> float:
    digest = hashlib.sha256(f"{what} {complaint_id}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56
