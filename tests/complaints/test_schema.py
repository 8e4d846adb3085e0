from __future__ import annotations

import subprocess
import sys

import pytest

from utils import paths
from utils.complaints import schema


def test_columns_label_and_key_are_those_of_the_contract() -> None:
    assert schema.COLUMNS[0] == schema.KEY == "complaint_id"
    assert schema.COLUMNS[-1] == schema.LABEL == "consumer_disputed"
    assert len(schema.COLUMNS) == len(set(schema.COLUMNS)) == 13


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("consumer_disputed?", "consumer_disputed"),
        ("Consumer disputed?", "consumer_disputed"),
        (" ZIP code ", "zip_code"),
        ("zipcode", "zip_code"),
        ("COMPLAINT ID", "complaint_id"),
        ("complaint_what_happened", "consumer_complaint_narrative"),
        ("timely", "timely_response"),
        ("Timely response?", "timely_response"),
        ("Sub-issue", "sub_issue"),
        ("company_response_to_consumer", "company_response"),
        ("\ufeffDate received", "date_received"),
    ],
)
def test_header_spellings_reach_their_column(header: str, column: str) -> None:
    assert schema.aliases()[schema.normal_name(header)] == column


@pytest.mark.parametrize(
    "header",
    ["Company public response", "Tags", "Consumer consent provided?", "Date sent to company"],
)
def test_columns_outside_the_schema_are_not_taken_for_others(header: str) -> None:
    assert schema.normal_name(header) not in schema.aliases()


def test_importing_the_package_and_its_constants_is_cheap() -> None:
    code = (
        "import sys, utils.complaints, utils.complaints.planted, utils.complaints.spans, "
        "utils.complaints.schema, utils.complaints.sources, utils.complaints.variants; "
        "print([m for m in ('numpy', 'pandas', 'tensorflow', 'sklearn', 'tqdm', 'filelock') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
