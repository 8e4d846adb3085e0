"""How far features have moved from span to span, and how far chance alone would move them."""

from __future__ import annotations

import html
from collections.abc import Mapping

from utils.displays.fallback import Table, clip, number
from utils.displays.views.base import View

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 150, 14, 34
_DASHES = ("", "6 3", "2 3", "8 3 2 3")
_SHAPES = ("circle", "square", "diamond", "triangle")


def drift(
    distances: Mapping[str, float] | Mapping[str, Mapping[str, float]],
    noise_floor: float | Mapping[str, float] = 0.0,
    threshold: float | None = None,
    title: str = "Drift over spans",
) -> View:
    """Shows distances over spans, with the band that chance alone fills.

    Args:
        distances: By span the distance (for example L-infinity, between 0 and 1), or by feature such a mapping.
        noise_floor: The distance that chance alone reaches, for all features or by feature; 0 for none.
        threshold: The distance at which a validation raises an alarm; None for none.
        title: What is shown.

    Returns:
        The view; its ``frame`` has one row for each feature and span, with a verdict.

    Raises:
        ValueError: No distance was given.

    Source:
        Chapter 4, "Detecting data drift".
    """
    features = _by_feature(distances)
    if not features or not any(features.values()):
        raise ValueError("drift() was given no distance: pass at least one span's.")
    floors = {
        name: noise_floor.get(name, 0.0) if isinstance(noise_floor, Mapping) else noise_floor
        for name in features
    }
    rows = [
        (
            name,
            span,
            float(distance),
            float(floors[name]),
            _verdict(distance, floors[name], threshold),
        )
        for name, spans in features.items()
        for span, distance in spans.items()
    ]
    columns = ("Feature", "Span", "Distance", "Noise floor", "Verdict")
    note = "" if threshold is None else f"An alarm is raised above {number(threshold)}."
    picture = _picture(features, max(floors.values()), threshold, title)
    return View(title, [Table(columns, rows)], picture, note)


def _by_feature(
    distances: Mapping[str, float] | Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float]]:
    """The distances by feature and span; distances without a feature belong to one named ``"distance"``."""
    features: dict[str, dict[str, float]] = {}
    for name, value in distances.items():
        if isinstance(value, Mapping):
            features[name] = {span: float(distance) for span, distance in value.items()}
        else:
            features.setdefault("distance", {})[name] = float(value)
    return features


def _verdict(distance: float, floor: float, threshold: float | None) -> str:
    if threshold is not None and distance > threshold:
        return "alarm"
    return "within the noise" if distance <= floor else "moved"


def _picture(
    features: Mapping[str, Mapping[str, float]],
    floor: float,
    threshold: float | None,
    title: str,
) -> str:
    spans = list(dict.fromkeys(span for by_span in features.values() for span in by_span))
    highest = max([floor, threshold or 0, *(v for s in features.values() for v in s.values())])
    top = highest * 1.1 or 1.0

    def across(span: str) -> float:
        steps = max(len(spans) - 1, 1)
        start = 0.5 if len(spans) == 1 else spans.index(span) / steps
        return _LEFT + start * (_WIDTH - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return _TOP + (1 - value / top) * (_HEIGHT - _TOP - _BOTTOM)

    right = _WIDTH - _RIGHT + 12
    parts = [
        f'<rect class="workbook-band" x="{_LEFT - 12}" y="{down(floor):.1f}" width="{right - _LEFT + 12}" '
        f'height="{down(0) - down(floor):.1f}"></rect>',
        f'<line class="workbook-axis" x1="{_LEFT - 12}" x2="{right}" y1="{down(0):.1f}" y2="{down(0):.1f}"></line>',
    ]
    labels: list[tuple[float, str]] = []
    for tick in range(5):
        value = top * tick / 4
        parts.append(_text(_LEFT - 18, down(value) + 4, f"{value:.3f}", "end"))
    if threshold is not None:
        parts.append(
            f'<line class="workbook-threshold" x1="{_LEFT - 12}" x2="{right}" y1="{down(threshold):.1f}" '
            f'y2="{down(threshold):.1f}"></line>'
        )
        labels.append((down(threshold), "threshold"))
    if floor:
        labels.append(((down(floor) + down(0)) / 2, "noise"))
    parts += [_text(across(span), _HEIGHT - 12, span, "middle") for span in spans]
    for order, (name, by_span) in enumerate(features.items()):
        points = [(across(span), down(value)) for span, value in by_span.items()]
        parts.append(_line(points, order))
        parts += [_mark(x, y, order) for x, y in points]
        labels.append((points[-1][1], name))
    parts += [_text(right + 6, y + 4, words) for y, words in _apart(labels)]
    said = html.escape(f"{clip(title)}: the same numbers stand in the table below")
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{said}">{"".join(parts)}</svg>'
    )


def _apart(labels: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Moves labels down until none covers another."""
    moved: list[tuple[float, str]] = []
    for y, words in sorted(labels):
        moved.append((max(y, moved[-1][0] + 14) if moved else y, words))
    over = max(moved[-1][0] - (_HEIGHT - 8), 0) if moved else 0
    return [(y - over, words) for y, words in moved]


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    shown = html.escape(words if len(words) <= 20 else words[:19] + "…")
    return f'<text class="workbook-label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{shown}</text>'


def _line(points: list[tuple[float, float]], order: int) -> str:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dash = _DASHES[order % len(_DASHES)]
    return f'<path class="workbook-line workbook-line-{order % 4}" stroke-dasharray="{dash}" d="{path}"></path>'


def _mark(x: float, y: float, order: int) -> str:
    kind = f'class="workbook-mark workbook-mark-{order % 4}"'
    shape = _SHAPES[order % len(_SHAPES)]
    if shape == "circle":
        return f'<circle {kind} cx="{x:.1f}" cy="{y:.1f}" r="4.5"></circle>'
    if shape == "square":
        return f'<rect {kind} x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"></rect>'
    if shape == "diamond":
        return f'<path {kind} d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"></path>'
    return f'<path {kind} d="M{x:.1f} {y - 6:.1f}l6 10h-12z"></path>'
