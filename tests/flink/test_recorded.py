"""What a reader without Java is shown: recorded from a real cluster, and the same as this machine computes today."""

from __future__ import annotations

import collections
import json
from importlib import metadata

import pytest

from tests.flink import stages
from utils.environments.machine import Machine
from utils.flink import FlinkError, cluster, programs, recorded

ROWS = 2_000
"""As many as were recorded."""


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch):
    """A machine that has no Java and may install none."""
    monkeypatch.setattr(programs, "_javas", list)
    monkeypatch.setattr(programs.machine, "look", lambda _: Machine(glibc=(2, 36)))
    programs.java.cache_clear()
    yield
    programs.java.cache_clear()


def test_the_recorded_statistics_are_those_of_today(tmp_path):
    made = stages.statistics(tmp_path, stages.data(tmp_path, ROWS), "Local")
    today = recorded.summary(stages.features(made.outputs["statistics"]))
    kept = {
        name: tuple(pair) for name, pair in recorded.read(recorded.STATISTICS)["features"].items()
    }
    assert len(kept) == 2 * 14, "two splits, fourteen columns"
    if f"TFX {metadata.version('tfx')}," in recorded.note(recorded.STATISTICS):
        assert kept == today
    else:  # another TFX divides the rows otherwise, and has all of them
        assert values_by_column(kept) == values_by_column(today)


def values_by_column(features: dict[str, tuple[int, str]]) -> dict[str, int]:
    """Add up a column's values over the splits."""
    found: collections.Counter[str] = collections.Counter()
    for name, (values, _) in features.items():
        found[name.partition("/")[2]] += values
    return dict(found)


def test_without_java_recorded_results_stand_in_and_say_so(no_java, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    found = cluster.start_or_recall()
    assert isinstance(found, recorded.Recorded)
    assert "Flink needs Java" in found.why.what
    assert "apt install maven" in found.why.cure
    assert "no Flink cluster" in repr(found)
    assert "Recorded on 20" in repr(found)
    (job,) = found.jobs()
    assert job.state == "FINISHED"
    assert found.get("/overview")["taskmanagers"] == 2
    assert not any("Portable" in one for one in found.arguments(2))
    with pytest.raises(FlinkError, match="Flink needs Java"):
        found.get("/jobs/never-asked")
    found.stop()


def test_where_ci_is_true_no_record_may_stand_in(no_java, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(FlinkError, match="Flink needs Java"):
        cluster.start_or_recall()


def test_every_record_names_its_day_and_versions():
    kept = json.loads(recorded.FILE.read_text("utf-8"))
    for name in (recorded.STATISTICS, recorded.KILLED, recorded.RESTARTED, recorded.COMPONENTS):
        assert set(kept[name]) == {"date", "versions", "result"}
        assert set(kept[name]["versions"]) == {"Flink", "Beam", "TFX", "Python"}
        assert recorded.note(name).startswith("Recorded on 20")
