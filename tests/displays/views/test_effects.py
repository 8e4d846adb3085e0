import pytest

from utils.displays import views


def test_text_html_and_frame_show_the_same_facts():
    view = views.effects({"ZIP code": 0.25, "state": -0.125}, title="What adds")
    assert view.data.values.tolist() == [["ZIP code", 0.25], ["state", -0.125]]
    for value in ("ZIP code", "+0.250", "-0.125"):
        assert value in view.text() and value in view.html()
    assert "interval" not in view.text()


def test_intervals_are_facts_too():
    view = views.effects([("gap", (0.2, 0.1, 0.3)), ("alone", 0.05)])
    assert view.data.values.tolist() == [["gap", 0.2, 0.1, 0.3], ["alone", 0.05, 0.05, 0.05]]
    assert "+0.300" in view.text()
    assert "crosses zero" in view.html()
    shares = views.effects({"removed": (1.0, 0.98, 1.0)}, signed=False)
    assert "interval" in shares.text() and "zero" not in shares.html()


def test_names_are_escaped_and_may_repeat():
    name = "<img src=x onerror=alert(1)>"
    view = views.effects([(name, 1.0), (name, -1.0)])
    assert "<img" not in view.html().replace("\\u003cimg", "")
    assert len(view.data) == 2


def test_all_zero_and_none():
    view = views.effects({"nothing": 0.0, "next to nothing": -0.0001})
    assert "0.000" in view.text() and "+0.000" not in view.text() and "-0.000" not in view.html()
    with pytest.raises(ValueError, match="no value"):
        views.effects({})
