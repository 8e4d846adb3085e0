"""Real complaints: the book's labelled file, your own copy of it, and live CFPB exports.

Live exports have no labels any more: the CFPB stopped the field in April 2017 and dropped it from
its exports in June 2026. They serve as unlabelled drift data; :func:`require_labels` says so in one
sentence.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from utils import paths
from utils.complaints.convert import Conversion, Labels, convert, require_labels
from utils.complaints.download import Download, download
from utils.complaints.errors import ComplaintsError

__all__ = [
    "ADDRESSES",
    "BOOK_MAY_LACK",
    "Conversion",
    "Download",
    "Labels",
    "api_url",
    "convert",
    "download",
    "fetch",
    "require_labels",
]

ADDRESSES: Final = {
    "book": "http://bit.ly/building-ml-pipelines-dataset",
    "bulk": "https://files.consumerfinance.gov/ccdb/complaints.csv.zip",
    "api": "https://www.consumerfinance.gov/data-research/consumer-complaints/search/api/v1/",
}
"""Where real complaints are: the book's labelled file, all of CFPB's complaints (about 8 GB of
CSV), its search."""

FILES: Final = {"book": "book.csv", "bulk": "complaints.csv.zip", "api": "export.csv"}
"""Names of the downloaded files."""

BOOK_MAY_LACK: Final = ("complaint_id", "date_received", "sub_issue")
"""Columns that copies of the book's file may lack; rows without ids are numbered."""

API_LIMIT: Final = 100_000
"""Most rows of one export of the search API."""


def api_url(
    *,
    size: int = 10_000,
    first: int = 0,
    date_min: str | None = None,
    date_max: str | None = None,
    product: str | None = None,
    state: str | None = None,
    has_narrative: bool | None = None,
    base: str = ADDRESSES["api"],
) -> str:
    """Return the address of a CSV export of the CFPB's search API.

    Args:
        size: Number of rows.
        first: Rows to pass over.
        date_min: Earliest date received, ``YYYY-MM-DD``.
        date_max: Latest date received, ``YYYY-MM-DD``.
        product: Only this product.
        state: Only this state, as a two-letter code.
        has_narrative: Only complaints with, or without, a narrative.
        base: Address of the API.

    Returns:
        The address.

    Raises:
        ComplaintsError: If the export would be larger than the API gives, or a date is malformed.
    """
    if not 1 <= size <= API_LIMIT:
        raise ComplaintsError(
            f"The API exports 1 to {API_LIMIT:,} rows at a time, not {size:,}: narrow date_min and "
            "date_max, or fetch the bulk file."
        )
    for name, value in (("date_min", date_min), ("date_max", date_max)):
        try:  # since Python 3.11 other forms are read, too, which the API does not take
            is_date = not value or dt.date.fromisoformat(value).isoformat() == value
        except ValueError:
            is_date = False
        if not is_date:
            raise ComplaintsError(f"{name}={value!r} is not a date as YYYY-MM-DD: correct it.")
    query: dict[str, str | int | None] = {
        "format": "csv",
        "no_aggs": "true",
        "size": size,
        "frm": first or None,
        "date_received_min": date_min,
        "date_received_max": date_max,
        "product": product,
        "state": state,
        "has_narrative": None if has_narrative is None else str(has_narrative).lower(),
    }
    return (
        f"{base}?{urlencode({name: value for name, value in query.items() if value is not None})}"
    )


def fetch(
    source: str,
    target: Path | str | None = None,
    *,
    url: str | None = None,
    sha256: str | None = None,
    size: int | None = None,
    attempts: int = 5,
    pause: float = 1.0,
    progress: bool = True,
) -> Download:
    """Download real complaints as they are; :func:`convert` brings them into the schema.

    Args:
        source: ``"book"``, ``"bulk"`` or ``"api"``.
        target: The file to write; by default one in the downloads folder.
        url: Another address, e.g. one made by :func:`api_url`.
        sha256: Expected SHA-256 where known.
        size: Expected number of bytes where known.
        attempts: How often to try.
        pause: Seconds before the second attempt.
        progress: Whether to show a progress bar.

    Returns:
        The finished download.

    Raises:
        ComplaintsError: If there is no such source or the download fails.
    """
    if source not in ADDRESSES:
        raise ComplaintsError(f"There is no source {source!r}; use one of {', '.join(ADDRESSES)}.")
    address = url or (api_url() if source == "api" else ADDRESSES[source])
    return download(
        address,
        Path(target) if target else paths.downloads() / FILES[source],
        sha256=sha256,
        size=size,
        attempts=attempts,
        pause=pause,
        progress=progress,
    )
