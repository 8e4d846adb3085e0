"""A Keras model as the graph that it is: its layers, the shapes between them, and its weights."""

from __future__ import annotations

from typing import Any

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, svg
from utils.third_party import private

_LONGEST = 28


def network(model: Any) -> View:
    """Draw the layers of a model from its inputs to its output.

    Inputs that all go to the same layers share a box.

    Args:
        model: A Keras 3 functional model.

    Returns:
        The view; its ``data`` has one row per layer: kind, what it reads, shape of its output, and number of weights.

    Raises:
        ValueError: The model is not made of connected layers.

    Source:
        ``keras.utils.plot_model``, which needs Graphviz.
    """
    if not getattr(model, "operations", None):
        raise ValueError("network() draws a model that is built of connected Keras layers.")
    reads = {layer.name: _reads(layer) for layer in model.operations}
    rows = [
        (
            layer.name,
            type(layer).__name__.replace("InputLayer", "Input"),
            ", ".join(reads[layer.name]) or "-",
            _shape(layer.output),
            layer.count_params() if hasattr(layer, "count_params") else 0,
        )
        for layer in model.operations
    ]
    said = f"{model.name}: {model.count_params():,} weights"
    columns = ("layer", "kind", "reads", "output", "weights")
    return View(said, [Table(columns, rows)], svg(_graph(model, reads), said))


def _reads(layer: Any) -> list[str]:
    nodes = private(layer, "_inbound_nodes")
    tensors = nodes[0].input_tensors if nodes else []
    return [private(tensor, "_keras_history").operation.name for tensor in tensors]


def _shape(tensor: Any) -> str:
    sizes = ("rows" if size is None else str(size) for size in tensor.shape)
    return f"[{', '.join(sizes)}]"


def _graph(model: Any, reads: dict[str, list[str]]) -> Graph:
    inputs = {layer.name for layer in model.operations if not reads[layer.name]}
    goes_to: dict[str, tuple[str, ...]] = {
        name: tuple(target for target, sources in reads.items() if name in sources)
        for name in inputs
    }
    boxes: dict[str, list[str]] = {}
    for name in sorted(inputs):
        boxes.setdefault(" ".join(goes_to[name]), []).append(name)
    group = {name: members[0] for members in boxes.values() for name in members}
    nodes = [
        Node(members[0], "artifact", _named(members), _input_detail(model, members))
        for members in boxes.values()
    ]
    for layer in model.operations:
        if layer.name not in inputs:
            weights = layer.count_params() if hasattr(layer, "count_params") else 0
            detail = f"{type(layer).__name__} {_size(layer.output)}"
            detail += f" · {weights:,} weights" if weights else ""
            nodes.append(Node(layer.name, label=_short(layer.name), detail=detail))
    edges = dict.fromkeys(
        (group.get(source, source), target)
        for target, sources in reads.items()
        for source in sources
    )
    return Graph(nodes, list(edges))


def _named(members: list[str]) -> str:
    first = _short(members[0])
    return first if len(members) == 1 else f"{first} and {len(members) - 1} more"


def _short(name: str) -> str:
    """Return a long name without its middle, because its end tells layers apart."""
    return name if len(name) <= _LONGEST else f"{name[:12]}…{name[13 - _LONGEST :]}"


def _input_detail(model: Any, members: list[str]) -> str:
    layer = model.get_layer(members[0])
    return f"Input {_size(layer.output)} · {layer.output.dtype}"


def _size(tensor: Any) -> str:
    """Return what one row has, for example ``"8 x 4"``."""
    return " x ".join(str(size) for size in tensor.shape[1:])
