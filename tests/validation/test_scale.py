"""Flags for Dataflow: what would be refused is said before anything is sent."""

from __future__ import annotations

import pytest

from utils.validation import scale

GOOD = [
    "--runner=DataflowRunner",
    "--project=my-project",
    "--region=us-central1",
    "--temp_location=gs://my-bucket/tmp",
    "--staging_location=gs://my-bucket/staging",
]


def test_complete_flags_have_no_problem():
    assert scale.problems(GOOD) == []


@pytest.mark.parametrize("name", ["project", "region", "temp_location"])
def test_a_flag_that_is_missing_is_named(name):
    left = [flag for flag in GOOD if not flag.startswith(f"--{name}=")]
    (problem,) = scale.problems(left)
    assert problem.startswith(f"--{name} is missing")


@pytest.mark.parametrize(
    ("flag", "says"),
    [
        ("--projekt=my-project", "does not know"),
        ("--temp_location=/tmp/here", "gs://"),
        ("--project=My Project", "project's id"),
    ],
)
def test_a_flag_that_is_wrong_is_named(flag, says):
    found = scale.problems([*GOOD, flag])
    assert any(says in problem for problem in found)
