"""Before and after: the same rows, the same facts in text and HTML, and nothing taken for markup."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from utils.preprocessing.views import before_after

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e"
BEFORE = pd.DataFrame({"words": [10.0, 20.0, None, 40.0], "text": ["a", "b", "c", HOSTILE]})
AFTER = pd.DataFrame({"z": [[0.5], [], [-0.25], [2.0]], "terms": [["x", "y"], [], ["z"], []]})
MANY = [pd.concat([frame] * 10, ignore_index=True) for frame in (BEFORE, AFTER)]


def test_the_rows_are_data():
    frame = before_after(BEFORE, AFTER, rows=2).data
    assert frame.columns.tolist() == ["words", "text", "→ z", "→ terms"]
    assert frame.iloc[0].tolist() == [10, "a", "[0.5]", "[x, y]"]
    assert len(frame) == 2


def test_numbers_are_drawn_and_summed_up():
    view = before_after(*MANY)
    (summary,) = view.tables[1:]
    assert [row[:2] for row in summary.rows] == [("words", 30), ("→ z", 30)]
    assert summary.rows[0][2:] == (10, 20, 40)
    assert view.picture.count("<g ") == 2
    assert "words from 10 to 40" in view.picture


def test_text_and_html_hold_the_same():
    view = before_after(BEFORE, AFTER)
    for fact in ("words", "→ terms", "[x, y]", view.title):
        assert fact in view.text()
        assert fact in view.html()


def test_hostile_values_are_escaped():
    before, after = MANY
    html = before_after(before.rename(columns={"words": HOSTILE}), after).html()
    assert "<img" not in html
    assert html.count("</script>") == 1


def test_no_picture_of_few_rows_or_of_numbers_that_do_not_vary():
    assert before_after(BEFORE, AFTER).picture == ""
    texts = pd.DataFrame({"text": ["a"] * 50})
    assert before_after(texts, pd.DataFrame({"one": [1] * 50})).picture == ""


def test_an_infinity_is_shown_and_the_picture_is_of_the_other_numbers():
    words = pd.DataFrame({"words": [0, 1, 2] * 15})
    view = before_after(words, pd.DataFrame({"log": [-math.inf, 0.0, 0.7] * 15}))
    for shown in (view.text(), view.html()):
        assert shown.count("-Infinity") == 3  # two of the first rows, and the lowest of all
    assert "→ log from 0 to 0.7" in view.picture
    assert view.data["→ log"].tolist()[:2] == ["-Infinity", 0]
    one_other = before_after(words, pd.DataFrame({"log": [-math.inf, 0.0, 0.0] * 15}))
    assert one_other.tables[1].rows[1] == ("→ log", 45, "-Infinity", 0, 0)
    assert one_other.picture.count("<g ") == 1


def test_other_rows_are_an_error():
    with pytest.raises(ValueError, match="4 before and 1 after"):
        before_after(BEFORE, AFTER.head(1))
