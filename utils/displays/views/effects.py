"""What adds to a figure and what takes away from it: one bar each, from zero to the left or to the right."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View
from utils.intervals import written

_BAR, _LABEL, _WIDTH, _NUMBER = 22, 300, 300, 62
_CHARACTERS = 42

Effect = float | tuple[float, float, float]
"""A value, or a value with the lower and the upper end of its interval."""


def effects(
    values: Mapping[str, Effect] | Iterable[tuple[str, Effect]],
    title: str = "Effects",
    signed: bool = True,
) -> View:
    """Draw values to both sides of zero, with intervals where there are any.

    Args:
        values: Name to value, or to value, lower end and upper end; in the order to show. Pairs may repeat a name.
        title: What is shown.
        signed: Whether the values are changes: a plus is written before a positive one, and the note names zero.

    Returns:
        The view; its ``data`` has one row per value, with ``low`` and ``high`` where there are intervals.

    Raises:
        ValueError: There is no value.
    """
    pairs = list(values.items() if isinstance(values, Mapping) else values)
    if not pairs:
        raise ValueError("effects() was given no value: pass at least one.")
    rows = [
        (str(name), *(map(float, value) if isinstance(value, tuple) else (float(value),)))
        for name, value in pairs
    ]
    with_intervals = any(len(row) == 4 for row in rows)
    rows = [(*row, row[1], row[1]) if with_intervals and len(row) == 2 else row for row in rows]
    columns = ["name", "value", "low", "high"][: 4 if with_intervals else 2]
    shown = [(name, *(written(one, signed=signed) for one in numbers)) for name, *numbers in rows]
    note = "The thin line is the interval."
    if signed:
        note = (
            "The thin line is the interval; where it crosses zero, chance alone may be the cause."
        )
    return View(
        title,
        [Table(columns, shown, "")],
        _picture(rows, signed),
        note if with_intervals else "",
        Table(columns, rows, ""),
    )


def _picture(rows: list[tuple], signed: bool) -> str:
    ends = [number for _, *numbers in rows for number in numbers] + [0.0]
    low, high = min(ends), max(ends)
    span = (high - low) or 1.0
    left = _LABEL + _NUMBER
    height = _BAR * len(rows)

    def x(value: float) -> float:
        return left + (value - low) / span * _WIDTH

    marks = [
        f'<line class="workbook-line-soft" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{height}"/>'
    ]
    for number, (name, value, *ends) in enumerate(rows):
        middle = number * _BAR + _BAR / 2
        start, width = min(x(0), x(value)), abs(x(value) - x(0))
        marks.append(
            f'<text x="{_LABEL - 8}" y="{middle + 4}" text-anchor="end">{html.escape(clip(name, _CHARACTERS))}</text>'
            f'<rect x="{start:.1f}" y="{middle - 6}" height="12" width="{width:.1f}"/>'
        )
        first, last = (x(ends[0]), x(ends[1])) if ends else (x(value), x(value))
        if ends:
            marks.append(f'<line x1="{first:.1f}" x2="{last:.1f}" y1="{middle}" y2="{middle}"/>')
        right = value >= 0
        at = max(last, x(value), x(0)) + 6 if right else min(first, x(value), x(0)) - 6
        anchor = "start" if right else "end"
        marks.append(
            f'<text x="{at:.1f}" y="{middle + 4}" text-anchor="{anchor}">{written(value, signed=signed)}</text>'
        )
    width = left + _WIDTH + _NUMBER
    said = html.escape(
        ", ".join(f"{clip(name)} {written(value, signed=signed)}" for name, value, *_ in rows)
    )
    return (
        f'<svg class="workbook-rates" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{said}">{"".join(marks)}</svg>'
    )
