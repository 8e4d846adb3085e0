"""Places of a drawing: nothing overlaps, and parts that nothing connects stand side by side."""

from __future__ import annotations

from itertools import pairwise

from utils.displays.views.layout import arrange

LAYERS = [["a", "b", "c"], ["d", "e", "f", "g"], ["h", "i", "j"]]
CHAINS = [["a", "d", "h"], ["b", "e", "i"], ["b", "f", "j"], ["c", "f"], ["c", "g"]]
WIDTHS = dict.fromkeys("abcdefghij", 200.0)


def test_parts_without_a_connection_have_no_empty_strip_between_them():
    places = arrange(LAYERS, WIDTHS, CHAINS)
    alone, others = ("a", "d", "h"), ("b", "c", "e", "f", "g", "i", "j")
    right = max(places[name] + 100 for name in alone)
    left = min(places[name] - 100 for name in others)
    assert 20 < left - right < 24


def test_nothing_overlaps():
    places = arrange(LAYERS, WIDTHS, CHAINS)
    for layer in LAYERS:
        ordered = sorted(places[name] for name in layer)
        assert all(b - a >= 220 for a, b in pairwise(ordered))
