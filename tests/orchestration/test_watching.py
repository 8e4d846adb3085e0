"""What was seen of a run, and its picture; the runs themselves are watched in the chapter and in the heavy tests."""

from __future__ import annotations

from utils.orchestration import views
from utils.orchestration.comparing import Comparison, Fact
from utils.orchestration.watching import Change, Watched

SEEN = Watched(
    "complaints", "manual", "failed", 9.0,
    (
        Change(0.0, "StatisticsGen", "none", 0),
        Change(0.0, "ExampleGen", "queued", 1),
        Change(1.0, "ExampleGen", "running", 1),
        Change(3.0, "ExampleGen", "up_for_retry", 1),
        Change(5.0, "ExampleGen", "running", 2),
        Change(8.0, "ExampleGen", "failed", 2),
        Change(9.0, "StatisticsGen", "upstream_failed", 0),
    ),
)  # fmt: skip


def test_tasks_stand_in_the_order_in_which_they_began():
    assert SEEN.tasks == ("ExampleGen", "StatisticsGen")
    assert SEEN.attempts("ExampleGen") == 2
    assert SEEN.attempts("StatisticsGen") == SEEN.attempts("unknown") == 0
    assert SEEN.states("ExampleGen")[-2:] == ["running", "failed"]


def test_a_run_over_time_has_a_line_for_each_state_that_lasts():
    view = views.over_time(SEEN)
    assert view.picture.count("workbook-line-1") == 2  # it ran twice
    assert view.picture.count("workbook-line-2") == 1
    assert "upstream failed" in view.picture
    assert view.data["state"].tolist() == [change.state for change in SEEN.changes]


def test_a_comparison_says_what_differs():
    found = Comparison(
        ("one", "two"), (Fact("rows", ("3", "3"), True), Fact("schema", ("ab", "cd"), False))
    )
    assert not found.same
    assert views.comparison(found).data["result"].tolist() == ["the same", "different"]
