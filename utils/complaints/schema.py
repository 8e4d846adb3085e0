"""The one schema of all complaint data, and what real files make of its headers and dates."""

from __future__ import annotations

import re
from typing import Final

COLUMNS: Final = (
    "complaint_id",
    "date_received",
    "product",
    "sub_product",
    "issue",
    "sub_issue",
    "consumer_complaint_narrative",
    "company",
    "state",
    "zip_code",
    "company_response",
    "timely_response",
    "consumer_disputed",
)
"""All columns in the order of the files: text, apart from the label."""

KEY: Final = "complaint_id"
"""The column that identifies a complaint. Digits, but text: it is never calculated with."""

LABEL: Final = "consumer_disputed"
"""The label: ``1`` disputed, ``0`` not disputed, empty while the answer is pending."""

NARRATIVE: Final = "consumer_complaint_narrative"
"""The consumer's own words; may hold newlines, quotes and commas."""

DATE: Final = "date_received"
"""The day the complaint was received, ``YYYY-MM-DD``."""

STATE_GROUP: Final = {
    "name": "state_group",
    "column": "state",
    "values": ["AZ", "CO", "ID", "NM", "NV", "UT", "WY"],
    "inside": "Mountain West",
    "outside": "elsewhere",
}
"""The column that ExampleGen adds unless it is told otherwise; see ``utils.pipeline.config.Group``."""

OPTIONAL: Final = frozenset({LABEL})
"""Columns that a source may lack: the CFPB dropped the label from its exports in June 2026."""

LABELS: Final = {
    "yes": "1",
    "no": "0",
    "1": "1",
    "0": "0",
    "1.0": "1",
    "0.0": "0",
    "true": "1",
    "false": "0",
    "": "",
    "n/a": "",
}
"""What sources write into the label column, in lower case, and what it becomes. A blank or ``N/A``
is pending, never "No": a "No" was filled in only weeks after the company had answered."""

HEADER_FAMILIES: Final = {
    "lower-case": {
        "zipcode": "zip_code",
        "company_response_to_consumer": "company_response",
        "consumer_disputed?": "consumer_disputed",
    },
    "original": {
        "Date received": "date_received",
        "Product": "product",
        "Sub-product": "sub_product",
        "Issue": "issue",
        "Sub-issue": "sub_issue",
        "Consumer complaint narrative": "consumer_complaint_narrative",
        "Company": "company",
        "State": "state",
        "ZIP code": "zip_code",
        "Company response to consumer": "company_response",
        "Timely response?": "timely_response",
        "Consumer disputed?": "consumer_disputed",
        "Complaint ID": "complaint_id",
    },
    "search API": {
        "complaint_what_happened": "consumer_complaint_narrative",
        "timely": "timely_response",
    },
}
"""Names of real files that differ from :data:`COLUMNS`, by the family of headers in which they
occur."""

DATE_STYLES: Final = {
    "month first": re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})"),
    "year first": re.compile(r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})"),
    "ISO": re.compile(
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
        r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
    ),
}
"""Date styles of real files: ``8/30/2013``, ``2020/3/18``, ``2023-06-05T12:00:00-05:00``. A
two-digit year is 20xx."""


def normal_name(header: str) -> str:
    """Reduce a header to lower-case words joined by underscores: spellings of one name agree.

    Args:
        header: A column name as a file has it, e.g. ``" Consumer disputed? "``.

    Returns:
        The name without case, punctuation and outer blanks, e.g. ``"consumer_disputed"``.
    """
    return re.sub(r"[^0-9a-z]+", "_", header.strip().casefold()).strip("_")


def aliases() -> dict[str, str]:
    """Return every normalised spelling that is understood, and the column it stands for."""
    known = {normal_name(name): name for name in COLUMNS}
    for family in HEADER_FAMILIES.values():
        known.update({normal_name(name): column for name, column in family.items()})
    return known
