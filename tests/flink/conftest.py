"""What tests of a real cluster need."""

from __future__ import annotations

import pytest

from utils.flink import FlinkError, programs


@pytest.fixture(scope="session")
def flink_programs() -> None:
    """Java, Flink and the job server; the test is left out where they cannot be had."""
    try:
        programs.bring()
        programs.java()
        programs.flink()
        programs.job_server()
    except FlinkError as error:
        pytest.skip(f"needs Flink: {error.what}")
