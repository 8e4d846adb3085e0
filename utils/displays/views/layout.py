"""Places for the boxes of a layered drawing: their order within a layer, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

LAYER_HEIGHT = 84
"""From the top of one layer to the top of the next, in SVG units."""

MARGIN = 12
"""Empty space around a drawing, in SVG units."""

_GAP = 22
_SWEEPS = 12


def arrange(
    layers: Sequence[Sequence[str]],
    widths: Mapping[str, float],
    chains: Sequence[Sequence[str]],
) -> dict[str, float]:
    """Order each layer by where its neighbours stand, then move boxes above and below each other.

    Args:
        layers: The names in each layer, from top to bottom.
        widths: The width of each box, in SVG units.
        chains: Names that follow each other from layer to layer.

    Returns:
        The horizontal centre of each box; the leftmost box begins at the margin, and none overlaps another.
    """
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    ordered = [list(layer) for layer in layers]
    centres = {name: centre for layer in ordered for name, centre in _pack(layer, widths).items()}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in ordered if down else reversed(ordered):
            near = above if down else below
            wanted = {
                name: _mean([centres[one] for one in near.get(name, [])], centres[name])
                for name in layer
            }
            if sweep < _SWEEPS // 2:
                layer.sort(key=lambda name: wanted[name])
            centres.update(_separate(layer, wanted, widths))
    centres = _closed_up(centres, widths, chains)
    left = min(centre - widths[name] / 2 for name, centre in centres.items())
    return {name: centre - left + MARGIN for name, centre in centres.items()}


def _closed_up(
    centres: Mapping[str, float], widths: Mapping[str, float], chains: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Return the same places without the empty strips between parts that nothing connects."""
    spans = [
        (centre - widths[name] / 2, centre + widths[name] / 2) for name, centre in centres.items()
    ]
    spans += [
        (min(centres[one], centres[other]), max(centres[one], centres[other]))
        for chain in chains
        for one, other in pairwise(chain)
    ]
    strips: list[tuple[float, float]] = []
    edge = min(left for left, _ in spans)
    for left, right in sorted(spans):
        if left > edge + _GAP:
            strips.append((left, left - edge - _GAP))
        edge = max(edge, right)
    return {
        name: centre - sum(width for end, width in strips if centre - widths[name] / 2 >= end)
        for name, centre in centres.items()
    }


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _pack(layer: Sequence[str], widths: Mapping[str, float]) -> dict[str, float]:
    """Return a layer's boxes side by side, its middle at 0."""
    total = sum(widths[name] for name in layer) + _GAP * (len(layer) - 1)
    left = -total / 2
    centres = {}
    for name in layer:
        centres[name] = left + widths[name] / 2
        left += widths[name] + _GAP
    return centres


def _separate(
    layer: Sequence[str], wanted: Mapping[str, float], widths: Mapping[str, float]
) -> dict[str, float]:
    """Return the wanted centres, moved apart where boxes would overlap, and shifted back by the average move."""
    centres: dict[str, float] = {}
    edge = float("-inf")
    for name in layer:
        centres[name] = max(wanted[name], edge + widths[name] / 2)
        edge = centres[name] + widths[name] / 2 + _GAP
    shift = _mean([wanted[name] - centres[name] for name in layer], 0.0)
    return {name: centre + shift for name, centre in centres.items()}
