"""Columns before and features after a transformation: the first rows, and how all rows are spread."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from utils.displays.fallback import Table, clip, number, so_many
from utils.displays.views.base import View

if TYPE_CHECKING:
    import pandas as pd

BINS = 24
"""Bars of a picture; fewer where there are fewer values."""

FEWEST = 20
"""Rows with a value from which on a picture says more than the table."""

MOST_PICTURES = 8
"""Pictures that are drawn at the most."""

_WIDTH, _HEIGHT, _GAP, _TITLE, _AXIS = 200, 70, 36, 18, 16


def before_after(before: pd.DataFrame, after: pd.DataFrame, rows: int = 5) -> View:
    """Show what a transformation made of a table.

    Args:
        before: The columns.
        after: The features, row by row the same.
        rows: How many rows to show.

    Returns:
        The view: the first rows, and for each column and feature of numbers a histogram of all rows, without those
        that are infinite. Its ``data`` has the columns first, then the features, each with an arrow before its name.

    Raises:
        ValueError: The two have different numbers of rows, or none.

    Source:
        Chapter 5, standalone tf.Transform.
    """
    if len(before) != len(after) or not len(before):
        raise ValueError(
            f"Give the same rows twice: there are {len(before)} before and {len(after)} after."
        )
    columns = [*map(str, before.columns), *(f"→ {name}" for name in after.columns)]
    shown = [
        tuple(map(_value, (*one, *other)))
        for one, other in zip(
            before.head(rows).itertuples(index=False),
            after.head(rows).itertuples(index=False),
            strict=True,
        )
    ]
    numbered = [(place, *map(_written, row)) for place, row in enumerate(shown)]
    spreads = [
        (name, values)
        for name, values in zip(columns, _series(before, after), strict=True)
        if len(values) >= FEWEST and len(set(values)) > 1
    ][:MOST_PICTURES]
    tables = [Table(["row", *columns], numbered, f"Rows: {so_many(len(shown), len(before))}")]
    if spreads:
        heads = ("column", "rows with a value", "lowest", "middle", "highest")
        tables.append(
            Table(
                heads,
                [(name, *map(_written, _summary(values))) for name, values in spreads],
                "All rows",
            )
        )
    facts = Table(columns, shown)
    finite = [(name, [one for one in values if math.isfinite(one)]) for name, values in spreads]
    drawn = [(name, values) for name, values in finite if len(set(values)) > 1]
    return View("Before and after", tables, _picture(drawn), facts=facts)


def _series(before: pd.DataFrame, after: pd.DataFrame) -> Iterable[list[float]]:
    """Return all numbers of each column; empty for a column of anything else."""
    for frame in (before, after):
        for name in frame.columns:
            values = [_single(value) for value in frame[name]]
            there = [value for value in values if value is not None]
            numeric = all(isinstance(value, (int, float)) for value in there)
            yield [float(value) for value in there] if numeric else []


def _single(value: Any) -> Any:
    """Return the value, or the only one in a list; None for a missing one."""
    if isinstance(value, (list, tuple)):
        if len(value) != 1:
            return None if not value else ""
        value = value[0]
    if hasattr(value, "item"):
        value = value.item()
    return None if value is None or value != value else value


def _value(value: Any) -> object:
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(str(_value(one)) for one in value) + "]"
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None if value != value else number(value)
        return int(value) if value == int(value) else round(value, 3)
    return value


def _written(value: object) -> object:
    """Return a number as short text: the table writes five decimals otherwise."""
    return f"{value:.3f}" if isinstance(value, float) else value


def _summary(values: Sequence[float]) -> tuple[object, ...]:
    ordered = sorted(values)
    low, middle, high = (_value(ordered[place]) for place in (0, len(ordered) // 2, -1))
    return len(ordered), low, middle, high


def _picture(spreads: Sequence[tuple[str, Sequence[float]]]) -> str:
    if not spreads:
        return ""
    drawn, said, across = [], [], 4
    for place, (name, values) in enumerate(spreads):
        x = (place % across) * (_WIDTH + _GAP)
        y = (place // across) * (_TITLE + _HEIGHT + _AXIS + _GAP / 2)
        drawn.append(f'<g transform="translate({x} {y:.0f})">{_histogram(name, values)}</g>')
        low, high = number(min(values)), number(max(values))
        said.append(f"{name} from {low} to {high}")
    wide = min(across, len(spreads)) * (_WIDTH + _GAP)
    tall = -(-len(spreads) // across) * (_TITLE + _HEIGHT + _AXIS + _GAP // 2)
    label = html.escape(clip("Histograms: " + "; ".join(said), 600))
    return (
        f'<svg class="workbook-rates" viewBox="0 0 {wide} {tall}" width="{wide}" role="img" '
        f'aria-label="{label}">{"".join(drawn)}</svg>'
    )


def _histogram(name: str, values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    bins = min(BINS, len(set(values)))
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int((value - low) / (high - low) * bins))] += 1
    top, width = max(counts), _WIDTH / bins
    base = _TITLE + _HEIGHT
    bars = "".join(
        f'<rect x="{i * width:.1f}" y="{base - count / top * _HEIGHT:.1f}" width="{max(1.0, width - 1):.1f}" '
        f'height="{count / top * _HEIGHT:.1f}"></rect>'
        for i, count in enumerate(counts)
    )
    return (
        f'<text x="0" y="12">{html.escape(clip(name, 28))}</text>{bars}'
        f'<line class="workbook-line-soft" x1="0" x2="{_WIDTH}" y1="{base}" y2="{base}"></line>'
        f'<text x="0" y="{base + 13}">{_tick(low)}</text>'
        f'<text x="{_WIDTH}" y="{base + 13}" text-anchor="end">{_tick(high)}</text>'
    )


def _tick(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"
