"""Event time: between the dates of complaints and the seconds that Beam's windows count.

Source: https://beam.apache.org/documentation/programming-guide/#windowing
"""

from __future__ import annotations

import datetime
from typing import Any

from utils.beam_pipelines.errors import BeamPipelineError

DAY = 24 * 60 * 60
"""Seconds of a day."""


def seconds(date: str) -> int:
    """Return the moment at which a day begins.

    Args:
        date: A day as ``YYYY-MM-DD``, as in ``date_received``.

    Returns:
        Seconds since 1970-01-01, in UTC, for ``beam.window.TimestampedValue``.

    Raises:
        BeamPipelineError: It is no such date.
    """
    try:
        day = datetime.date.fromisoformat(date)
    except (TypeError, ValueError):
        raise BeamPipelineError(
            f"{date!r} is no date like '2016-07-01': give the day as year, month and day, with two digits each."
        ) from None
    return (day - datetime.date(1970, 1, 1)).days * DAY


def date(timestamp: Any) -> str:
    """Return the day in which a moment lies; the opposite of :func:`seconds`.

    Args:
        timestamp: Seconds since 1970-01-01 in UTC, or a Beam ``Timestamp`` such as ``window.start``.

    Returns:
        The day as ``YYYY-MM-DD``.
    """
    micros = getattr(timestamp, "micros", None)
    days = (int(timestamp) if micros is None else micros // 1_000_000) // DAY
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=days)).isoformat()
