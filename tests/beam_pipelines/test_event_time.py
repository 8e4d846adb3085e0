"""Dates and seconds."""

from __future__ import annotations

from apache_beam.utils.timestamp import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from utils.beam_pipelines import event_time


@given(st.dates())
def test_there_and_back(day):
    assert event_time.date(event_time.seconds(day.isoformat())) == day.isoformat()


def test_seconds_count_from_1970_in_utc():
    assert event_time.seconds("1970-01-02") == 86_400


def test_a_moment_within_a_day_and_one_of_beam():
    noon = event_time.seconds("2016-07-01") + 43_200
    assert event_time.date(noon) == event_time.date(Timestamp(noon)) == "2016-07-01"
