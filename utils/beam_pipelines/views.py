"""A share over time: one bar per window, in the order of time, each with a confidence interval."""

from __future__ import annotations

from collections.abc import Iterable

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.displays.views.rates import interval, picture


def windows(counted: Iterable[tuple[str, int, int]], label: str, title: str = "") -> View:
    """Draw how often something is the case, window by window.

    Args:
        counted: For each window its name, for example its first day, how many of its rows have what is counted, and
            how many rows it holds. Names that sort are put in order.
        label: What is counted.
        title: What is shown; made from the label where empty.

    Returns:
        The view; its ``data`` has one row per window: rows, rate (0 to 1), and the interval that a rate like this one
        is measured in 19 times out of 20 (normal approximation).

    Raises:
        ValueError: There is no window, or one without rows or with more hits than rows.

    Source:
        Chapter 2, "Apache Beam"; https://beam.apache.org/documentation/programming-guide/#windowing
    """
    ordered = sorted((str(name), int(hits), int(rows)) for name, hits, rows in counted)
    if not ordered:
        raise ValueError(
            "There is no window to draw: run the pipeline first, then read its results."
        )
    for name, hits, rows in ordered:
        if not 0 <= hits <= rows or not rows:
            raise ValueError(
                f"The window {name} has {hits} of {rows} rows: give (name, how many are counted, all rows)."
            )
    measured = [(name, rows, *interval(hits, rows)) for name, hits, rows in ordered]
    overall = sum(hits for _, hits, _ in ordered) / sum(rows for *_, rows in ordered)
    note = f"The dotted line is the overall share, {overall:.1%}; the thin lines are 95 percent confidence intervals."
    shown = [
        (name, rows, *(f"{share:.1%}" for share in shares)) for name, rows, *shares in measured
    ]
    columns = ["window", "rows", "share", "95 % interval from", "to"]
    return View(
        title or f"Share of {label} by window",
        [Table(columns, shown, "")],
        picture(measured, overall),
        note,
        Table(["window", "rows", "rate", "low", "high"], measured, ""),
    )
