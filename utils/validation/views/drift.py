"""How far features have moved from span to span, and how far chance alone would move them."""

from __future__ import annotations

from collections.abc import Mapping

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, curve, label, line, picture, round_ticks
from utils.displays.views.base import View

_TITLE = "Drift over spans"
_SIZE = (640, 240)
_BOX = (62, 14, 490, 206)


def drift(
    distances: Mapping[str, float] | Mapping[str, Mapping[str, float]],
    noise_floor: float | Mapping[str, float] = 0.0,
    threshold: float | None = None,
) -> View:
    """Show distances over spans, with the band that chance alone fills.

    Args:
        distances: By span the distance (for example L-infinity, between 0 and 1), or by feature such a mapping.
        noise_floor: The distance that chance alone reaches, for all features or by feature; 0 for none.
        threshold: The distance at which a validation raises an alarm; None for none.

    Returns:
        The view; its ``data`` has one row for each feature and span, with a verdict.

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
    note = "Upwards: the distance."
    if threshold is not None:
        note += f" An alarm is raised above {threshold:g}."
    picture = _picture(features, max(floors.values()), threshold)
    return View(_TITLE, [Table(columns, rows)], picture, note)


def _by_feature(
    distances: Mapping[str, float] | Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float]]:
    """Return the distances by feature and span; distances without a feature belong to one named ``"distance"``."""
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
) -> str:
    spans = list(dict.fromkeys(span for by_span in features.values() for span in by_span))
    highest = max([floor, threshold or 0, *(v for s in features.values() for v in s.values())])
    axes = Axes((0, len(spans) - 1), (0, highest * 1.1 or 1.0), _BOX)
    left, _, right, bottom = _BOX
    left, right = left - 12, right + 12
    band = axes.down(floor)
    parts = [
        f'<rect class="workbook-band" x="{left}" y="{band:.1f}" width="{right - left}" '
        f'height="{bottom - band:.1f}"></rect>',
        line((left, bottom), (right, bottom)),
    ]
    parts += [
        label(left - 6, axes.down(tick) + 4, f"{tick:g}", "end") for tick in round_ticks(*axes.y)
    ]
    parts += [
        label(axes.across(place), bottom + 22, span, "middle", 20)
        for place, span in enumerate(spans)
    ]
    labels: list[tuple[float, str]] = []
    if threshold is not None:
        at = axes.down(threshold)
        parts.append(line((left, at), (right, at), "threshold"))
        labels.append((at, "threshold"))
    if floor:
        labels.append(((band + bottom) / 2, "noise"))
    for order, (name, by_span) in enumerate(features.items()):
        points = [(axes.across(spans.index(s)), axes.down(v)) for s, v in by_span.items()]
        said = (f"{name}, {span}: {value:.3f}" for span, value in by_span.items())
        parts += curve(points, order, said)
        labels.append((points[-1][1], name))
    parts += [label(right + 6, y + 4, words, characters=20) for y, words in _apart(labels)]
    return picture(parts, _SIZE, f"{_TITLE}: the same numbers stand in the table below")


def _apart(labels: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Move labels down until none covers another."""
    moved: list[tuple[float, str]] = []
    for y, words in sorted(labels):
        moved.append((max(y, moved[-1][0] + 14) if moved else y, words))
    over = max(moved[-1][0] - (_SIZE[1] - 8), 0) if moved else 0
    return [(y - over, words) for y, words in moved]
