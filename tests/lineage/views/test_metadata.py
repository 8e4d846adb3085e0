"""What changed, and why the cache answered."""

from __future__ import annotations

from utils.lineage import views
from utils.lineage.cache import Difference, Explanation
from utils.lineage.snapshots import Change, Changes

HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_new_and_changed_records_are_told_apart():
    rows = (
        Change("executions", "3", "", "Trainer, running"),
        Change("artifacts", "7", "Model, unknown", "Model, live"),
    )
    view = views.changes(Changes(rows), "After the driver")
    assert view.title == "After the driver: new: 1 execution; changed: 1"
    assert view.data["before"].tolist() == ["(new)", "Model, unknown"]
    assert view.data["record"].tolist() == ["execution", "artifact"]


def test_nothing_changed_is_said():
    view = views.changes(Changes(()), "After the executor")
    assert "nothing changed" in view.text()
    assert "nothing changed" in view.html()


def test_differences_are_listed_under_the_sentence():
    found = Explanation("Trainer", 9, False, 4, (Difference("property", "epochs", "3", "5"),))
    view = views.cache(found)
    assert view.title == found.headline
    assert view.data.iloc[0].tolist() == ["property", "epochs", "3", "5"]


def test_hostile_values_are_escaped():
    found = Explanation("Trainer", 9, False, 4, (Difference("property", HOSTILE, HOSTILE, "5"),))
    assert HOSTILE not in views.cache(found).html()
    assert HOSTILE not in views.changes(Changes((Change("contexts", "1", "", HOSTILE),))).html()


def test_of_long_values_the_part_that_differs_is_shown():
    long = "a" * 500
    found = Explanation(
        "Trainer", 9, False, 4, (Difference("property", "x", long + "1", long + "2"),)
    )
    view = views.cache(found)
    assert "a1" in view.text()
    assert "a2" in view.html()
    assert len(view.text()) < 500
    assert view.data.loc[0, "now"] == long + "2"
