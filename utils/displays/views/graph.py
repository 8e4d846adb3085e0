"""Directed graphs: their layers, their cycles, and their drawing."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View
from utils.displays.views.layout import LAYER_HEIGHT, MARGIN, arrange

STATES: Mapping[str, str] = {
    "not run": "○",
    "running": "…",
    "complete": "✓",
    "cached": "↺",
    "failed": "✗",
    "canceled": "-",
}
"""The states a node can have, each with the sign that says it without colour."""

_NODE_HEIGHT = 46
_CHARACTER = 7.4
_BOLD = 8.4
_LABEL = 44


@dataclass(frozen=True)
class Node:
    """One box of a graph.

    Attributes:
        name: What identifies it.
        kind: ``"component"`` or ``"artifact"``; artifacts are drawn round.
        label: What is written in it; the name where empty.
        detail: A second line, for example ``"0.3 s"``.
        state: One of :data:`STATES`, or empty.
    """

    name: str
    kind: str = "component"
    label: str = ""
    detail: str = ""
    state: str = ""

    @property
    def title(self) -> str:
        """The first line in the box."""
        return clip(self.label or self.name, _LABEL)

    @property
    def second(self) -> str:
        """The second line in the box: sign, state and detail."""
        parts = [f"{STATES.get(self.state, '')} {self.state}".strip(), self.detail]
        return clip(" · ".join(part for part in parts if part), _LABEL)

    @property
    def width(self) -> float:
        """The box's width in SVG units."""
        return max(96.0, 20 + max(_BOLD * len(self.title), _CHARACTER * len(self.second)))


@dataclass(frozen=True)
class Graph:
    """Nodes and the edges between them.

    Attributes:
        nodes: The boxes, each name once.
        edges: Pairs of names, from and to.
    """

    nodes: Sequence[Node]
    edges: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @classmethod
    def of(cls, targets: Mapping[str, Sequence[str]]) -> Graph:
        """Make a graph of components from a plain mapping.

        Args:
            targets: For each name the names that its arrows point at.

        Returns:
            The graph; names that only occur as targets are nodes as well.
        """
        names = dict.fromkeys([*targets, *(name for many in targets.values() for name in many)])
        edges = [(source, target) for source, many in targets.items() for target in many]
        return cls([Node(name) for name in names], edges)

    def cycle(self) -> list[str]:
        """Find a cycle, which no pipeline may have.

        Returns:
            The names along one cycle, the first one repeated at the end; empty when the graph is acyclic.
        """
        done: set[str] = set()
        for start in (node.name for node in self.nodes):
            path: list[str] = []
            stack: list[tuple[str, bool]] = [(start, False)]
            while stack:
                name, leaving = stack.pop()
                if leaving:
                    path.pop()
                    done.add(name)
                elif name in path:
                    return [*path[path.index(name) :], name]
                elif name not in done:
                    path.append(name)
                    stack.append((name, True))
                    stack += [(target, False) for source, target in self.edges if source == name]
        return []

    def layers(self) -> list[list[Node]]:
        """Put each node below everything that it needs.

        Returns:
            The layers from top to bottom; edges that close a cycle are left out.
        """
        depth = self._depths()
        layers: list[list[Node]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
        for node in self.nodes:
            layers[depth[node.name]].append(node)
        return layers

    def _depths(self) -> dict[str, int]:
        depth = {node.name: 0 for node in self.nodes}
        for _ in self.nodes:
            changed = False
            for source, target in self.edges:
                wanted = depth[source] + 1
                if depth[target] < wanted < len(self.nodes):
                    depth[target] = wanted
                    changed = True
            if not changed:
                return depth
        cycle = self.cycle()
        last = (cycle[-2], cycle[-1])
        rest = Graph(self.nodes, [edge for edge in self.edges if edge != last])
        return rest._depths()


@dataclass(frozen=True)
class Layout:
    """Where everything of a drawing stands, in SVG units.

    Attributes:
        centres: The centre of every box, and of every point that a long arrow passes.
        widths: The width of every box.
        chains: By downward arrow the names that it passes, its ends included.
        width: The drawing's width.
        height: The drawing's height.
    """

    centres: Mapping[str, tuple[float, float]]
    widths: Mapping[str, float]
    chains: Mapping[tuple[str, str], Sequence[str]]
    width: float
    height: float


def layout(graph: Graph) -> Layout:
    """Find a place for every box so that no arrow runs behind one.

    An arrow that skips layers passes a waypoint in each, which takes a place of its own between the boxes.

    Args:
        graph: A graph with nodes.

    Returns:
        The places.
    """
    layers = [[node.name for node in layer] for layer in graph.layers()]
    widths = {node.name: node.width for node in graph.nodes}
    depth = {name: number for number, layer in enumerate(layers) for name in layer}
    chains: dict[tuple[str, str], list[str]] = {}
    for source, target in graph.edges:
        if depth[source] >= depth[target]:
            continue
        passed = [
            f"{source}\n{target}\n{level}" for level in range(depth[source] + 1, depth[target])
        ]
        for level, name in enumerate(passed, start=depth[source] + 1):
            layers[level].append(name)
            widths[name] = 4.0
        chains[source, target] = [source, *passed, target]
    across = arrange(layers, widths, list(chains.values()))
    right = max(across[name] + widths[name] / 2 for name in across)
    centres = {
        name: (across[name], MARGIN + _NODE_HEIGHT / 2 + number * LAYER_HEIGHT)
        for number, layer in enumerate(layers)
        for name in layer
    }
    room = 60 if len(chains) < len(set(graph.edges)) else 0
    height = LAYER_HEIGHT * (len(layers) - 1) + _NODE_HEIGHT + 2 * MARGIN
    return Layout(centres, widths, chains, right + MARGIN + room, height)


def draw(graph: Graph | Mapping[str, Sequence[str]], title: str = "Pipeline") -> View:
    """Draw a graph, and say so when it has a cycle.

    Args:
        graph: A :class:`Graph`, or a mapping of names to the names that their arrows point at.
        title: What is drawn.

    Returns:
        The view; its ``data`` has one row for each node.

    Source:
        Chapter 1, "Pipeline orchestration": a pipeline is a directed acyclic graph.
    """
    whole = graph if isinstance(graph, Graph) else Graph.of(graph)
    cycle = whole.cycle()
    note = (
        f"This graph has a cycle, so it cannot be a pipeline: {' → '.join(cycle)}." if cycle else ""
    )
    return View(title, [_table(whole)], svg(whole, title), note)


def svg(graph: Graph, title: str) -> str:
    """Draw a graph as SVG, from top to bottom.

    Args:
        graph: What to draw.
        title: What it is, for assistive technology.

    Returns:
        An ``<svg>`` element with every value escaped; empty for a graph without nodes.
    """
    if not graph.nodes:
        return ""
    plan = layout(graph)
    cycle = graph.cycle()
    back = set(pairwise(cycle))
    lines = "".join(
        _edge([plan.centres[name] for name in plan.chains[edge]], closing=edge in back)
        if edge in plan.chains
        else _back_edge(plan, edge)
        for edge in graph.edges
    )
    drawn = "".join(_box(node, *plan.centres[node.name]) for node in graph.nodes)
    said = html.escape(f"{clip(title)}: {len(graph.nodes)} nodes, {len(graph.edges)} arrows")
    return (
        f'<svg viewBox="0 0 {plan.width:.0f} {plan.height:.0f}" width="{plan.width:.0f}" '
        f'height="{plan.height:.0f}" role="img" aria-label="{said}"><defs><marker id="workbook-arrow" '
        f'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z"></path></marker></defs>{lines}{drawn}</svg>'
    )


def _edge(points: Sequence[tuple[float, float]], *, closing: bool) -> str:
    """Return an arrow from below the first box, past the waypoints, to above the last box.

    Beside the boxes of a layer it runs straight down, and bends only between two layers.
    """
    half = _NODE_HEIGHT / 2
    x, y = points[0][0], points[0][1] + half
    path = f"M{x:.0f} {y:.0f}"
    for number, (next_x, middle) in enumerate(points[1:], start=2):
        last = number == len(points)
        top = middle - half - (1 if last else 0)
        bend = (top - y) / 2
        path += f"C{x:.0f} {y + bend:.0f} {next_x:.0f} {top - bend:.0f} {next_x:.0f} {top:.0f}"
        if not last:
            path += f"V{middle + half:.0f}"
        x, y = next_x, middle + half
    return _path(path, closing=closing)


def _back_edge(plan: Layout, edge: tuple[str, str]) -> str:
    """Return an arrow upwards, around the boxes' right sides."""
    (start_x, start_y), (end_x, end_y) = plan.centres[edge[0]], plan.centres[edge[1]]
    start_x, end_x = start_x + plan.widths[edge[0]] / 2, end_x + plan.widths[edge[1]] / 2 + 1
    bend = plan.width - 8
    path = f"M{start_x:.0f} {start_y:.0f}C{bend:.0f} {start_y:.0f} {bend:.0f} {end_y:.0f} {end_x:.0f} {end_y:.0f}"
    return _path(path, closing=True)


def _path(path: str, *, closing: bool) -> str:
    kind = "workbook-edge workbook-edge-closing" if closing else "workbook-edge"
    return f'<path class="{kind}" d="{path}" marker-end="url(#workbook-arrow)"></path>'


def _box(node: Node, centre: float, middle_y: float) -> str:
    width = node.width
    left, top = centre - width / 2, middle_y - _NODE_HEIGHT / 2
    round_ = 22 if node.kind == "artifact" else 5
    state = node.state.replace(" ", "-") if node.state in STATES else "plain"
    middle = centre
    second = (
        f'<text class="workbook-node-detail" x="{middle:.0f}" y="{top + 36:.0f}">{html.escape(node.second)}</text>'
        if node.second
        else ""
    )
    first = top + (20 if node.second else 28)
    return (
        f'<g class="workbook-node workbook-node-{node.kind} workbook-node-{state}">'
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{_NODE_HEIGHT}" rx="{round_}"></rect>'
        f'<text class="workbook-node-name" x="{middle:.0f}" y="{first:.0f}">{html.escape(node.title)}</text>'
        f"{second}</g>"
    )


def _table(graph: Graph) -> Table:
    needs: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    labels = {node.name: node.label or node.name for node in graph.nodes}
    for source, target in graph.edges:
        needs[target].append(labels[source])
    rows = [
        (
            labels[node.name],
            ", ".join(needs[node.name]) or "-",
            node.state or "-",
            node.detail or "-",
        )
        for node in graph.nodes
    ]
    return Table(("Node", "Needs", "State", "Detail"), rows)
