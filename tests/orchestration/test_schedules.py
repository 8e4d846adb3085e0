"""Dates by Airflow's own timetable, in its side environment."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from utils.orchestration import schedules
from utils.orchestration.errors import OrchestrationError

BEGIN = datetime(2027, 1, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module", autouse=True)
def installed():
    from utils.orchestration import airflow

    try:
        airflow.install()
    except OrchestrationError as error:
        pytest.skip(f"needs Airflow: {error.what}")


def test_a_weekly_run_starts_when_its_week_is_over():
    assert schedules.next_dates("0 6 * * 1", BEGIN, 2) == [
        datetime(2027, 1, 11, 6, tzinfo=timezone.utc),
        datetime(2027, 1, 18, 6, tzinfo=timezone.utc),
    ]


def test_an_impossible_hour_is_refused():
    with pytest.raises(OrchestrationError, match="refuses the schedule"):
        schedules.next_dates("5 30 * * *", BEGIN)
