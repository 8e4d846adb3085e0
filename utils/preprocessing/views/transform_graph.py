"""The graph of a ``preprocessing_fn``: columns, what is learnt from them, and the features that come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, svg

if TYPE_CHECKING:
    from utils.preprocessing.tracing import Analyzer, Trace


LONGEST = 32
"""Characters of a name that a box shows."""


def transform_graph(trace: Trace) -> View:
    """Draw what a ``preprocessing_fn`` does: rectangles are columns and features, round boxes are analyzers.

    Columns that feed the same boxes share one, and so do features that are made from the same ones.

    Args:
        trace: The function, traced.

    Returns:
        The view; its ``data`` has one row for each feature: the columns and the analyzers it is made from.

    Source:
        Chapter 5, the Transform component.
    """
    needs = {
        feature: tuple(one.name for one in trace.analyzers if feature in one.features)
        for feature in trace.features
    }
    direct = {
        feature: () if needs[feature] else columns for feature, columns in trace.features.items()
    }
    feeds = {
        column: (
            tuple(one.name for one in trace.analyzers if column in one.columns),
            tuple(feature for feature, columns in direct.items() if column in columns),
        )
        for column in trace.columns
    }
    feature_boxes = _grouped({f: (needs[f], direct[f]) for f in trace.features})
    box_of = {feature: f"feature {members[0]}" for members in feature_boxes for feature in members}
    nodes, edges = [], []
    for members in _grouped(feeds):
        analyzers, features = feeds[members[0]]
        if analyzers or features:
            name = f"column {members[0]}"
            nodes.append(_box(name, members, "columns"))
            edges += [(name, analyzer) for analyzer in analyzers]
            edges += [(name, box) for box in dict.fromkeys(box_of[one] for one in features)]
    for one in trace.analyzers:
        nodes.append(Node(one.name, "artifact", one.vocabulary or one.name, _learns(one)))
        boxes = dict.fromkeys(box_of[feature] for feature in one.features)
        edges += [(one.name, box) for box in boxes]
    nodes += [_box(f"feature {members[0]}", members, "features") for members in feature_boxes]
    rows = [
        (feature, ", ".join(columns), ", ".join(needs[feature]) or "none: each row alone")
        for feature, columns in trace.features.items()
    ]
    counts = (
        (len(trace.columns), "column"),
        (len(trace.analyzers), "analyzer"),
        (len(trace.features), "feature"),
    )
    said = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts)
    table = Table(("feature", "made from", "needs a pass over all rows for"), rows)
    return View(said, [table], svg(Graph(nodes, edges), said))


def _learns(one: Analyzer) -> str:
    if one.vocabulary:
        return "learns a vocabulary"
    return f"learns {one.learns} value{'s' if one.learns != 1 else ''}"


def _grouped(keys: Mapping[str, object]) -> list[list[str]]:
    """Return names with equal keys, in the order of their first."""
    groups: dict[object, list[str]] = {}
    for name, key in keys.items():
        groups.setdefault(key, []).append(name)
    return list(groups.values())


def _ending(name: str) -> str:
    """Return a long name by its end, which tells features of one column apart."""
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"


def _box(name: str, members: Sequence[str], what: str) -> Node:
    if len(members) == 1:
        return Node(name, label=_ending(members[0]))
    return Node(name, label=f"{members[0]} … {members[-1]}", detail=f"{len(members)} {what}")
