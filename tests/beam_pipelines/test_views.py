"""A share over time."""

from __future__ import annotations

import pytest

from utils.beam_pipelines import views

COUNTED = [("2016-07-14", 11, 100), ("2016-05-19", 3, 100), ("2016-06-16", 7, 100)]


def test_windows_stand_in_the_order_of_time():
    view = views.windows(COUNTED, "hits")
    assert view.data["window"].tolist() == ["2016-05-19", "2016-06-16", "2016-07-14"]
    assert view.data["rate"].tolist() == [0.03, 0.07, 0.11]
    assert (view.data["low"] < view.data["rate"]).all()
    assert "7.0%" in view.note


def test_picture_and_text_show_the_same():
    view = views.windows(COUNTED, "hits")
    for shown in (view.picture, view.text()):
        assert "2016-06-16" in shown
        assert "11.0%" in shown


@pytest.mark.parametrize(
    ("counted", "cure"),
    [
        ([], "run the pipeline first"),
        ([("2016-05-19", 0, 0)], "give"),
        ([("2016-05-19", 5, 3)], "how many are counted"),
    ],
)
def test_what_cannot_be_drawn(counted, cure):
    with pytest.raises(ValueError, match=cure):
        views.windows(counted, "hits")


def test_hostile_names_are_escaped():
    hostile = "<img src=x onerror=alert(1)>"
    assert hostile not in views.windows([(hostile, 1, 2)], hostile).html()
