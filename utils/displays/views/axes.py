"""The frame of a small chart: axes with round numbers, lines, marks, and a legend at the lines' ends."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from utils.displays.fallback import clip

SHAPES = ("circle", "square", "diamond", "triangle")
DASHES = ("", "6 3", "2 3", "8 3 2 3")


@dataclass(frozen=True)
class Axes:
    """Where values stand in a chart, in SVG units.

    Attributes:
        x: The least and the greatest value across.
        y: The least and the greatest value upwards.
        box: Left, top, right and bottom of the area of the values.
        log_x: Whether values across are placed by their order of magnitude.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    box: tuple[float, float, float, float] = (56, 12, 520, 210)
    log_x: bool = False

    def across(self, value: float) -> float:
        """Return the place of a value from left to right."""
        low, high, value = (
            (math.log10(v) for v in (*self.x, value)) if self.log_x else (*self.x, value)
        )
        left, _, right, _ = self.box
        return left + (right - left) * ((value - low) / (high - low) if high > low else 0.5)

    def down(self, value: float) -> float:
        """Return the place of a value from top to bottom."""
        low, high = self.y
        _, top, _, bottom = self.box
        return bottom - (bottom - top) * ((value - low) / (high - low) if high > low else 0.5)

    def lines(self, ticks: Sequence[float], x_title: str, y_title: str) -> str:
        """Return the two axes, with the values named and what runs along them.

        Args:
            ticks: The values to name across.
            x_title: What runs across.
            y_title: What runs upwards.
        """
        left, top, right, bottom = self.box
        parts = [line((left, bottom), (right, bottom)), line((left, top), (left, bottom))]
        parts += [label(self.across(t), bottom + 16, f"{t:g}", "middle") for t in ticks]
        for tick in round_ticks(*self.y):
            parts.append(label(left - 6, self.down(tick) + 4, f"{tick:g}", "end"))
        parts.append(label((left + right) / 2, bottom + 34, x_title, "middle"))
        parts.append(label(left + 6, top + 10, y_title))
        return "".join(parts)


def round_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers within an interval.

    Args:
        low: Its lower end.
        high: Its upper end.
        most: How many at the most.

    Returns:
        Multiples of 1, 2 or 5 times a power of ten; none where an end is infinite or NaN.
    """
    if not math.isfinite(high - low):
        return []
    if high <= low:
        return [low]
    step = 10 ** math.floor(math.log10((high - low) / most))
    step *= next(times for times in (1, 2, 5, 10) if (high - low) / (step * times) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def line(start: tuple[float, float], end: tuple[float, float], kind: str = "axis") -> str:
    """Return a straight line of one of the style sheet's kinds."""
    return (
        f'<line class="workbook-{kind}" x1="{start[0]:.1f}" y1="{start[1]:.1f}" '
        f'x2="{end[0]:.1f}" y2="{end[1]:.1f}"></line>'
    )


def path(points: Sequence[tuple[float, float]], order: int) -> str:
    """Return a line through points, told apart by colour and dashes."""
    through = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return (
        f'<path class="workbook-line workbook-line-{order % 4}" '
        f'stroke-dasharray="{DASHES[order % 4]}" d="{through}"></path>'
    )


def mark(x: float, y: float, order: int, said: str = "") -> str:
    """Return a point, told apart by colour and shape, with words that appear under the pointer."""
    kind = f'class="workbook-mark workbook-mark-{order % 4}"'
    title = f"<title>{html.escape(clip(said))}</title>" if said else ""
    shape = SHAPES[order % 4]
    if shape == "circle":
        return f'<circle {kind} cx="{x:.1f}" cy="{y:.1f}" r="4.5">{title}</circle>'
    if shape == "square":
        return f'<rect {kind} x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8">{title}</rect>'
    if shape == "diamond":
        return f'<path {kind} d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z">{title}</path>'
    return f'<path {kind} d="M{x:.1f} {y - 6:.1f}l6 10h-12z">{title}</path>'


def curve(points: Sequence[tuple[float, float]], order: int, said: Iterable[str]) -> list[str]:
    """Return a line through points with a mark on each.

    Args:
        points: The places.
        order: Which of the chart's lines it is, which colour, dashes and shape tell apart.
        said: For each point, the words that appear under the pointer.
    """
    marks = [mark(x, y, order, words) for (x, y), words in zip(points, said, strict=True)]
    return [path(points, order), *marks]


def legend(x: float, y: float, order: int, words: str, characters: int = 40) -> list[str]:
    """Return the mark of one of a chart's lines at a place, and its name beside it."""
    return [mark(x, y, order), label(x + 10, y + 4, words, characters=characters)]


def label(x: float, y: float, words: str, anchor: str = "start", characters: int = 40) -> str:
    """Return escaped words at a place."""
    shown = html.escape(clip(words, characters))
    return f'<text class="workbook-label" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{shown}</text>'


def picture(parts: Sequence[str], size: tuple[float, float], said: str, kind: str = "") -> str:
    """Return the whole drawing.

    Args:
        parts: Its elements, their values escaped.
        size: Its width and height in SVG units.
        said: What it shows, for assistive technology.
        kind: A class of the style sheet; empty for none.
    """
    shown = html.escape(clip(said))
    named = f' class="{kind}"' if kind else ""
    return (
        f'<svg{named} viewBox="0 0 {size[0]:.0f} {size[1]:.0f}" width="{size[0]:.0f}" height="{size[1]:.0f}" '
        f'role="img" aria-label="{shown}">{"".join(parts)}</svg>'
    )
