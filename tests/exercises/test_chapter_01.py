"""What chapter 1's checks hold for right, recomputed here in another way."""

import pytest

from utils.exercises import chapter_01


def test_a_graph_without_a_cycle_is_noticed():
    assert "no cycle" in chapter_01.the_cycle(["a"], None, graph={"a": [], "b": ["a"]}).reason


@pytest.mark.parametrize(
    ("answer", "right"),
    [({"x", "y"}, True), (["y", "x"], True), (["x"], False), (["x", "y", "z"], False)],
)
def test_the_cycle_in_any_order(answer, right):
    graph = {"x": ["y"], "y": ["x"], "z": ["x"]}
    assert bool(chapter_01.the_cycle(answer, None, graph=graph)) is right


def test_what_a_threshold_affects_is_derived_from_the_components():
    changed, affected, every = chapter_01._affected_by_threshold()
    assert changed == {"Evaluator"}
    assert affected == {"Evaluator", "Pusher"}
    assert len(every) == 9
