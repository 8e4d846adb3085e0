"""What Prometheus has seen over time, and what became of a dashboard's queries."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, curve, label, legend, line, picture, round_ticks
from utils.displays.views.base import View
from utils.monitoring.dashboards import PanelCheck

if TYPE_CHECKING:
    import pandas as pd

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
        said = (f"{name}, {at:.0f} s: {value:.3g}" for at, value in points)
        parts += curve(places, order, said)
        parts += legend(536, 40 + 20 * order, order, name or title, 30)
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
