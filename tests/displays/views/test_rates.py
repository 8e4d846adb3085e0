"""Rates by value: counted right, and nothing taken for markup."""

from __future__ import annotations

import pytest

from utils.displays.views import rates

HOSTILE = "</script><img src=x onerror=alert(1)>\u202e"


def test_counts_and_order():
    frame = rates([True, False, False, True, True], ["a", "a", "a", "b", "b"]).data
    assert frame["value"].tolist() == ["a", "b"]
    assert frame["rows"].tolist() == [3, 2]
    assert frame["rate"].tolist() == [1 / 3, 1.0]


def test_missing_values_are_a_value_of_their_own():
    assert rates([True, False], [None, float("nan")]).data["value"].tolist() == ["(missing)"]


def test_rare_values_are_left_out_and_counted():
    view = rates([True] * 30, [str(i) for i in range(30)], most=10)
    assert len(view.data) == 10
    assert "20 rarer values" in view.note
    assert "most frequent value is at the top" in view.note


@pytest.mark.parametrize(("share", "rows"), [(0.5, 100), (0.2, 1_000)])
def test_chance_is_the_normal_interval(share, rows):
    hits = int(share * rows)
    (row,) = rates([True] * hits + [False] * (rows - hits), ["x"] * rows).data.itertuples()
    spread = 1.96 * (share * (1 - share) / rows) ** 0.5
    assert (row.low, row.high) == pytest.approx((share - spread, share + spread))


def test_text_and_html_hold_every_value():
    view = rates([True, False, True], ["Mortgage", "Mortgage", "Payday"])
    for fact in ("Mortgage", "Payday", "50.0%", "100.0%", view.title, view.note):
        assert fact in view.text()
        assert fact in view.html()


def test_hostile_values_are_escaped():
    markup = rates([True], [HOSTILE]).html()
    assert "<img" not in markup
    assert markup.count("</script>") == markup.count("<script>")


def test_nothing_to_count_is_an_error():
    with pytest.raises(ValueError, match="0 labels and 1 values"):
        rates([], ["a"])
