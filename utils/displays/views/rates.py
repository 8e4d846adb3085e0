"""A rate by the values of a column: one bar per value, with a confidence interval."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View

SIGMAS = 1.96
"""Standard errors on either side of a rate that make a 95 percent confidence interval."""

_BAR, _LABEL, _WIDTH = 22, 250, 320


def rates(labels: Iterable[bool], by: Iterable[object], most: int = 15) -> View:
    """Draw how often a label is true, by the values of a column.

    Args:
        labels: True or false a row. A pandas Series gives its name to the view.
        by: The column's value a row; a missing one counts as ``(missing)``.
        most: How many values to show, the most frequent ones.

    Returns:
        The view; its ``data`` has one row per value: rows, rate (0 to 1), and the ends of its 95 percent confidence
        interval (normal approximation).

    Raises:
        ValueError: There is no row, or the two differ in length.
    """
    flags = [bool(flag) for flag in labels]
    values = ["(missing)" if value is None or value != value else str(value) for value in by]
    if not flags or len(flags) != len(values):
        raise ValueError(
            f"Give one label a row: there are {len(flags)} labels and {len(values)} values."
        )
    groups: dict[str, list[bool]] = {}
    for flag, value in zip(flags, values, strict=True):
        groups.setdefault(value, []).append(flag)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [(value, len(mine), *interval(sum(mine), len(mine))) for value, mine in ordered[:most]]
    overall = sum(flags) / len(flags)
    label = str(getattr(labels, "name", None) or "true labels")
    column = str(getattr(by, "name", None) or "value")
    left_out = len(ordered) - len(rows)
    note = f"The dotted line is the overall rate, {overall:.1%}; the thin lines are 95 percent confidence intervals."
    note += " The most frequent value is at the top."
    note += f" {left_out} rarer values are left out." if left_out else ""
    table = Table(
        [column, "rows", "rate", "95 % interval from", "to"],
        [
            (value, count, f"{rate:.1%}", f"{low:.1%}", f"{high:.1%}")
            for value, count, rate, low, high in rows
        ],
        "",
    )
    facts = Table([column, "rows", "rate", "low", "high"], rows, "")
    return View(f"Share of {label} by {column}", [table], picture(rows, overall), note, facts)


def interval(hits: int, rows: int) -> tuple[float, float, float]:
    """Return a rate and its 95 percent confidence interval (normal approximation).

    Args:
        hits: How many rows have what is counted.
        rows: All rows, at least one.

    Returns:
        The rate and the interval's ends, each from 0 to 1.
    """
    rate = hits / rows
    spread = SIGMAS * math.sqrt(rate * (1 - rate) / rows)
    return rate, max(0.0, rate - spread), min(1.0, rate + spread)


def picture(rows: list[tuple[str, int, float, float, float]], overall: float) -> str:
    """Draw one bar per rate, with its interval as a thin line and the overall rate as a dotted one.

    Args:
        rows: What a bar is of, how many rows it has, its rate, and the interval's ends.
        overall: The overall rate.

    Returns:
        An ``<svg>`` element with every value escaped.
    """
    top = max(overall, *(high for *_, high in rows)) or 1.0
    height = _BAR * len(rows)

    def x(share: float) -> str:
        return f"{_LABEL + share / top * _WIDTH:.1f}"

    marks = [
        f'<line class="workbook-line-soft" stroke-dasharray="2 3" x1="{x(overall)}" x2="{x(overall)}" '
        f'y1="0" y2="{height}"/>'
    ]
    for number, (value, _, rate, low, high) in enumerate(rows):
        middle = number * _BAR + _BAR / 2
        marks.append(
            f'<text x="{_LABEL - 8}" y="{middle + 4}" text-anchor="end">{html.escape(clip(value, 38))}</text>'
            f'<rect x="{_LABEL}" y="{middle - 6}" height="12" width="{float(x(rate)) - _LABEL:.1f}"/>'
            f'<line x1="{x(low)}" x2="{x(high)}" y1="{middle}" y2="{middle}"/>'
            f'<text class="workbook-value" x="{float(x(high)) + 6:.1f}" y="{middle + 4}">{rate:.1%}</text>'
        )
    width = _LABEL + _WIDTH + 60
    said = html.escape(", ".join(f"{clip(value)} {rate:.1%}" for value, _, rate, *_ in rows))
    return (
        f'<svg class="workbook-rates" viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{said}">'
        f"{''.join(marks)}</svg>"
    )
