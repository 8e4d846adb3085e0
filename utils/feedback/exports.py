"""From the log to a span: a CSV file that ExampleGen reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from utils.complaints.csvio import format_row
from utils.complaints.schema import COLUMNS, KEY, LABEL
from utils.feedback.errors import FeedbackError
from utils.files import atomic_text

if TYPE_CHECKING:
    import pandas as pd


def span(joined: pd.DataFrame, file: Path) -> int:
    """Write what was asked, and what became of it, as complaints.

    What the server was asked is what the next model learns from, so that training and serving see the same values. A
    complaint that was asked about twice is written once, as it was first asked. One without a known outcome is written
    with an empty label, which ExampleGen leaves out.

    Args:
        joined: What :meth:`utils.feedback.log.ServingLog.joined` returned.
        file: The CSV file; it appears when it is complete. One that holds these rows already is left as it is, so that
            TFX's cache, which looks at the time of the last change, answers a loop that was killed.

    Returns:
        How many of its rows have a label.

    Raises:
        FeedbackError: If there is no row, or a request lacks what a complaint has.
    """
    first = joined.sort_values(["complaint_id", "asked_at"]).drop_duplicates("complaint_id")
    if not len(first):
        raise FeedbackError(
            "The log has no prediction to write.", "Look at the moments that it was asked for."
        )
    text = [name for name in COLUMNS if name not in (KEY, LABEL)]
    rows = []
    for complaint, request, label in zip(
        first["complaint_id"], first["request"], first["disputed"], strict=True
    ):
        missing = [name for name in text if name not in request]
        if missing:
            raise FeedbackError(
                f"The request about complaint {complaint} has no {missing[0]!r}.",
                "Log the whole request: a model can only be trained on what was kept.",
            )
        known = {name: request[name] or "" for name in text}
        known |= {KEY: complaint, LABEL: "" if label != label else str(int(label))}
        rows.append([known[name] for name in COLUMNS])
    written = "".join(format_row(row) for row in [list(COLUMNS), *rows])
    if not file.is_file() or file.read_bytes() != written.encode():
        with atomic_text(file) as target:
            target.write(written)
    return int(first["disputed"].notna().sum())
