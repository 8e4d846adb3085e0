"""Generated complaints in the shape of real files, so that their readers can be met without a network.

Only the headers, dates and labels are those of the real files; the rows are generated ones.

Source: book, chapter 3; :mod:`utils.complaints.sources`
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from utils.complaints import schema
from utils.ingestion.errors import IngestionError
from utils.ingestion.files import write_csv

if TYPE_CHECKING:
    import pandas as pd

SHAPES = {"book": "original", "live": "search API"}
"""The files that can be imitated, and their family of headers: the CFPB's of the years with labels, as the book's data
were taken from it, and what its search hands out today."""


def write(frame: pd.DataFrame, path: Path, shape: str) -> Path:
    """Write complaints as one of the CFPB's own files.

    Args:
        frame: Complaints in the schema.
        path: The CSV file to write.
        shape: One of :data:`SHAPES`. ``book`` has the label as Yes and No, and dates as ``8/30/2015``; ``live`` has no
            label, and dates with a time.

    Returns:
        The file.

    Raises:
        IngestionError: If there is no such shape.
    """
    if shape not in SHAPES:
        raise IngestionError(f"There is no shape {shape!r}.", f"Use one of {', '.join(SHAPES)}.")
    out = frame.copy()
    days = [dt.date.fromisoformat(day) for day in out[schema.DATE]]
    if shape == "book":
        out[schema.DATE] = [f"{day.month}/{day.day}/{day.year}" for day in days]
        out[schema.LABEL] = out[schema.LABEL].map({1: "Yes", 0: "No"})
    else:
        out[schema.DATE] = [f"{day.isoformat()}T12:00:00-05:00" for day in days]
        out = out.drop(columns=schema.LABEL)
    names = {column: name for name, column in schema.HEADER_FAMILIES[SHAPES[shape]].items()}
    return write_csv(out.rename(columns=names), path)
