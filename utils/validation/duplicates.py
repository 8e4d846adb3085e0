"""Complaints whose id has been used before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.complaints import schema
from utils.errors import did_you_mean
from utils.validation.errors import ValidationError

if TYPE_CHECKING:
    import pandas as pd


def later(frame: pd.DataFrame, key: str = schema.KEY) -> pd.DataFrame:
    """Return the rows whose key stands in an earlier row.

    Args:
        frame: The rows, in order of time.
        key: The column that should be unique; rows without a value do not count.

    Returns:
        The rows that are too many.

    Raises:
        ValidationError: There is no such column.
    """
    if key not in frame.columns:
        raise ValidationError(
            f"The table has no column {key!r}.", did_you_mean(key, map(str, frame.columns))
        )
    return frame[frame[key].notna() & frame.duplicated(key, keep="first")]


def dropped(frame: pd.DataFrame, key: str = schema.KEY) -> pd.DataFrame:
    """Return the rows without those of :func:`later`."""
    return frame.drop(later(frame, key).index)
