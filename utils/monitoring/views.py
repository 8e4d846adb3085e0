"""What Prometheus has seen over time, what became of a dashboard's queries, and latency as the load rises."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, label, line, mark, path, picture, round_ticks
from utils.displays.views.base import View
from utils.monitoring.dashboards import PanelCheck

if TYPE_CHECKING:
    import pandas as pd

_PERCENTILES = ("p50", "p95", "p99")
_SIZE = (740, 252)


def over_time(
    curves: Mapping[str, pd.DataFrame] | pd.DataFrame,
    title: str,
    unit: str = "",
    threshold: float | None = None,
) -> View:
    """Draw what expressions were, second by second.

    Args:
        curves: What :meth:`utils.monitoring.prometheus.Prometheus.over_time` returned; or several of them, by a name
            that is shown in the place of the labels.
        title: What is shown.
        unit: What runs upwards.
        threshold: A value to draw a line at; None for no line.

    Returns:
        The view; its ``data`` has one row for each curve and step: ``curve``, ``seconds``, ``value``.

    Raises:
        ValueError: There is no value to draw.
    """
    lines = _curves(curves)
    rows = [(name, at, value) for name, points in lines.items() for at, value in points]
    if not rows:
        raise ValueError(
            "over_time() was given no value: the expression finds nothing in this time."
        )
    named = {
        name: [(at, value) for at, value in points if math.isfinite(value)]
        for name, points in lines.items()
    }
    drawn = {name: points for name, points in named.items() if points}
    shown = [(name, round(at), f"{value:.4g}") for name, at, value in rows]
    facts = Table(("curve", "seconds", "value"), rows)
    table = Table(("curve", "seconds from now", unit or "value"), shown)
    return View(title, [table], _lines(drawn, title, unit, threshold), "", facts)


def _curves(
    curves: Mapping[str, pd.DataFrame] | pd.DataFrame,
) -> dict[str, list[tuple[float, float]]]:
    given = curves.items() if isinstance(curves, Mapping) else [("", curves)]
    lines: dict[str, list[tuple[float, float]]] = {}
    for name, table in given:
        for series, at, value in table[["series", "seconds", "value"]].itertuples(index=False):
            shown = " ".join(part for part in (str(name), str(series)) if part)
            lines.setdefault(shown, []).append((float(at), float(value)))
    return lines


def _lines(
    lines: Mapping[str, list[tuple[float, float]]],
    title: str,
    unit: str,
    threshold: float | None,
) -> str:
    values = [value for points in lines.values() for _, value in points]
    times = [at for points in lines.values() for at, _ in points]
    top = max([*values, 0.0, *([threshold] if threshold is not None else [])]) or 1.0
    ends = (min(times, default=0.0), max([*times, 0.0]))
    axes = Axes(ends, (min([*values, 0.0]), 1.25 * top))
    parts = [axes.lines(round_ticks(*ends), "seconds from now", unit)]
    if threshold is not None:
        y = axes.down(threshold)
        parts.append(line((axes.box[0], y), (axes.box[2], y), "threshold"))
        parts.append(label(axes.box[2], y + 14, f"bound {threshold:g}", "end"))
    for order, (name, points) in enumerate(lines.items()):
        places = [(axes.across(at), axes.down(value)) for at, value in points]
        parts.append(path(places, order))
        parts += [
            mark(x, y, order, f"{name}, {at:.0f} s: {value:.3g}")
            for (x, y), (at, value) in zip(places, points, strict=True)
        ]
        parts.append(mark(536, 40 + 20 * order, order))
        parts.append(label(546, 44 + 20 * order, name or title, characters=30))
    last = ", ".join(f"{name or 'last'} {points[-1][1]:.3g}" for name, points in lines.items())
    return picture(parts, _SIZE, f"{title}: at the end {last}")


def dashboard(checks: Iterable[PanelCheck], title: str = "The dashboard's queries") -> View:
    """List the queries of a dashboard, and what Prometheus answers to each.

    Args:
        checks: What :func:`utils.monitoring.dashboards.check` returned.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each query.
    """
    rows = [
        (one.panel, one.expression, one.series, one.fault or f"draws {_count(one.series)}")
        for one in checks
    ]
    return View(title, [Table(("panel", "query", "series", "what it does"), rows, "", 400)])


def _count(series: int) -> str:
    return "1 line" if series == 1 else f"{series} lines"


def rising(table: pd.DataFrame, target: float, title: str = "Latency as the load rises") -> View:
    """Draw the percentiles of the latency against the requests in a second.

    Args:
        table: What :func:`utils.serving.ramp.rising` returned: ``rate``, ``answered``, ``failed``, ``throughput``, and
            ``p50``, ``p95`` and ``p99`` in milliseconds.
        target: The latency, in milliseconds, to draw a line at.
        title: What is shown.

    Returns:
        The view; its ``data`` is the table.

    Raises:
        ValueError: There is no load in which a request was answered.
    """
    names = ("rate", "answered", "failed", "throughput", *_PERCENTILES)
    rows = [tuple(row) for row in table[list(names)].itertuples(index=False)]
    curves = {
        name: [(float(row[0]), float(row[4 + at])) for row in rows if math.isfinite(row[4 + at])]
        for at, name in enumerate(_PERCENTILES)
    }
    if not curves["p50"]:
        raise ValueError("rising() was given no load in which a request was answered.")
    columns = ("requests in a second", "answered", "failed", "answered in a second",
               *(f"{name} (ms)" for name in _PERCENTILES))  # fmt: skip
    shown = [
        (f"{row[0]:.0f}", int(row[1]), int(row[2]), f"{row[3]:.0f}", *(f"{t:.1f}" for t in row[4:]))
        for row in rows
    ]
    drawn = _rising(curves, target, title)
    return View(title, [Table(columns, shown)], drawn, "", Table(names, rows))


def _rising(curves: Mapping[str, list[tuple[float, float]]], target: float, title: str) -> str:
    """Latency upwards by its order of magnitude: beyond the knee it grows without end."""
    times = [time for points in curves.values() for _, time in points if time > 0]
    rates = [rate for points in curves.values() for rate, _ in points]
    low, high = math.log10(min([*times, target]) / 1.3), math.log10(max([*times, target]) * 2)
    axes = Axes((0, 1.05 * max(rates)), (low, high))
    left, top, right, bottom = axes.box
    parts = [
        line((left, bottom), (right, bottom)),
        line((left, top), (left, bottom)),
        label((left + right) / 2, bottom + 34, "requests in a second", "middle"),
        label(left + 6, top + 10, "milliseconds"),
    ]
    parts += [
        label(axes.across(tick), bottom + 16, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    for power in range(math.ceil(low), math.floor(high) + 1):
        parts.append(label(left - 6, axes.down(power) + 4, f"{10.0**power:g}", "end"))
    y = axes.down(math.log10(target))
    parts.append(line((left, y), (right, y), "threshold"))
    parts.append(label(right, y - 5, f"target {target:.3g} ms", "end"))
    for order, (name, points) in enumerate(curves.items()):
        places = [(axes.across(rate), axes.down(math.log10(time))) for rate, time in points]
        parts.append(path(places, order))
        parts += [
            mark(x, y, order, f"{name} at {rate:.0f} in a second: {time:.1f} ms")
            for (x, y), (rate, time) in zip(places, points, strict=True)
        ]
        parts.append(mark(536, 40 + 20 * order, order))
        parts.append(label(546, 44 + 20 * order, name))
    said = ", ".join(f"{rate:.0f} in a second {time:.0f} ms" for rate, time in curves["p95"])
    return picture(parts, _SIZE, f"{title}, p95: {said}")
