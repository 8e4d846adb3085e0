"""Graphs: layers, cycles, and a drawing in which no box and no arrow covers a box."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.displays import views
from utils.displays.views.graph import Graph, Node, layout

PIPELINE = {
    "ExampleGen": ["StatisticsGen", "Transform", "Evaluator"],
    "StatisticsGen": ["SchemaGen", "ExampleValidator"],
    "SchemaGen": ["ExampleValidator", "Transform", "Trainer"],
    "Transform": ["Trainer"],
    "Trainer": ["Evaluator", "Pusher"],
    "Resolver": ["Evaluator"],
    "Evaluator": ["Pusher"],
}


@st.composite
def graphs(draw: Any) -> Graph:
    count = draw(st.integers(1, 12))
    edges = draw(
        st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30)
    )
    names = [f"node {number}" for number in range(count)]
    return Graph([Node(name) for name in names], [(names[a], names[b]) for a, b in sorted(edges)])


def test_every_component_stands_below_what_it_needs() -> None:
    plan = layout(Graph.of(PIPELINE))
    for source, targets in PIPELINE.items():
        for target in targets:
            assert plan.centres[source][1] < plan.centres[target][1]


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_nothing_covers_a_box(graph: Graph) -> None:
    plan = layout(graph)
    by_layer: dict[float, list[tuple[float, float]]] = {}
    for name, (x, y) in plan.centres.items():
        half = plan.widths[name] / 2
        by_layer.setdefault(y, []).append((x - half, x + half))
    for places in by_layer.values():
        ordered = sorted(places)
        assert all(left[1] <= right[0] + 1e-6 for left, right in pairwise(ordered))
        assert ordered[0][0] >= 0
        assert ordered[-1][1] <= plan.width


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_no_arrow_bends_beside_a_box(graph: Graph) -> None:
    """Between the top and the bottom of a layer's boxes an arrow runs straight down."""
    plan = layout(graph)
    middles = {y for _, y in plan.centres.values()}
    for path in re.findall(r'class="workbook-edge" d="(M[^"]+)"', views.draw(graph).picture):
        y = float(path.split("C")[0].split()[1])
        for curve in path.split("C")[1:]:
            points, _, straight = curve.partition("V")
            *_, bottom = map(float, points.split())
            assert not any(y < middle < bottom for middle in middles)
            y = float(straight or bottom)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_cycle_is_a_real_one(graph: Graph) -> None:
    cycle = graph.cycle()
    if cycle:
        assert cycle[0] == cycle[-1]
        assert all(edge in graph.edges for edge in pairwise(cycle))
    else:
        order = {node.name: level for level, layer in enumerate(graph.layers()) for node in layer}
        assert all(order[source] < order[target] for source, target in graph.edges)


def test_a_cycle_is_named() -> None:
    made = views.draw({"A": ["B"], "B": ["C"], "C": ["A"]})
    assert "A → B → C → A" in made.text()
    assert "workbook-edge-closing" in made.picture


def test_states_are_told_by_sign_and_word() -> None:
    made = views.draw(Graph([Node("Trainer", state="failed", detail="3 s")]))
    assert "✗ failed · 3 s" in made.picture
    assert made.data["State"].tolist() == ["failed"]


def test_a_picture_has_a_text_for_those_who_do_not_see_it() -> None:
    made = views.draw(PIPELINE, "The example pipeline")
    assert re.search(
        r'<svg[^>]* role="img" aria-label="The example pipeline: 9 nodes, 13 arrows"', made.picture
    )


@pytest.mark.parametrize("components", ["list", "mapping", "pipeline"])
def test_tfx_components_become_a_graph(components: str, tmp_path: Any) -> None:
    from tfx import v1 as tfx

    example_gen = tfx.components.CsvExampleGen(input_base=str(tmp_path))
    statistics_gen = tfx.components.StatisticsGen(examples=example_gen.outputs["examples"])
    schema_gen = tfx.components.SchemaGen(statistics=statistics_gen.outputs["statistics"])
    made = [example_gen, statistics_gen, schema_gen]
    given_as: Any = {
        "list": made,
        "mapping": {one.id: one for one in made},
        "pipeline": tfx.dsl.Pipeline("p", pipeline_root=str(tmp_path), components=made),
    }[components]
    frame = views.pipeline(given_as, {"SchemaGen": ("cached", "0.1 s")}).data
    assert frame["Needs"].tolist() == ["-", "CsvExampleGen", "StatisticsGen"]
    assert frame["State"].tolist() == ["-", "-", "cached"]


def test_an_unknown_state_is_refused() -> None:
    with pytest.raises(ValueError, match="a state is one of"):
        views.pipeline_graph([], {"Trainer": "sleeping"})
