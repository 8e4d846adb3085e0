"""Views of a feedback loop: what was known of each week, and how good the model was with and without the loop."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, curve, label, legend, line, path, picture, round_ticks
from utils.displays.views.base import View
from utils.feedback.errors import FeedbackError

if TYPE_CHECKING:
    import pandas as pd

    from utils.intervals import Interval

_BOX = (56, 12, 520, 210)


def by_week(
    joined: pd.DataFrame, truth: float | None = None, title: str = "Dispute rate by week"
) -> View:
    """Draw, week by week, what pending outcomes do to a rate.

    Args:
        joined: What :meth:`utils.feedback.log.ServingLog.joined` returned.
        truth: The true rate, drawn as a line; None for none.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each whole week back from the last prediction: ``week`` (0 is the
        latest), ``predictions``, ``known`` (a share), ``pending_as_0`` and ``known_only``, the two rates.

    Raises:
        FeedbackError: If there is no prediction.
    """
    import pandas as pd

    if not len(joined):
        raise FeedbackError(
            "There is no prediction to draw.", "Look at the moments that the log was asked for."
        )
    asked = pd.to_datetime(joined["asked_at"])
    weeks = (asked.max().normalize() - asked.dt.normalize()).dt.days // 7
    rows = []
    for week, mine in joined["disputed"].groupby(weeks):
        rate = float(mine.mean()) if mine.notna().any() else float("nan")
        rows.append(
            (int(week), len(mine), float(mine.notna().mean()), float(mine.fillna(0).mean()), rate)
        )
    rows.sort(key=lambda row: -row[0])
    names = ("week", "predictions", "known", "pending_as_0", "known_only")
    shown = [
        (f"{week} weeks ago", count, f"{known:.0%}", f"{zero:.3f}", f"{only:.3f}")
        for week, count, known, zero, only in rows
    ]
    heads = (
        "asked",
        "predictions",
        "outcome known",
        "rate, pending as 0",
        "rate of the known ones",
    )
    return View(title, [Table(heads, shown)], _weeks(rows, truth, title), "", Table(names, rows))


def _weeks(rows: Sequence[tuple], truth: float | None, title: str) -> str:
    values = [value for row in rows for value in row[3:] if value == value]
    top = 1.3 * max([*values, truth or 0.0, 0.01])
    axes = Axes((-float(rows[0][0]) or -1.0, 0.0), (0.0, top), _BOX)
    parts = [axes.lines(round_ticks(*axes.x), "weeks before the last prediction", "dispute rate")]
    if truth is not None:
        y = axes.down(truth)
        parts.append(line((axes.box[0], y), (axes.box[2], y), "threshold"))
        parts.append(label(axes.box[2] + 6, y + 4, f"true rate {truth:.3f}"))
    for order, (at, name) in enumerate(((3, "pending counted as 0"), (4, "known outcomes only"))):
        points = [(-row[0], row[at]) for row in rows if row[at] == row[at]]
        places = [(axes.across(week), axes.down(value)) for week, value in points]
        parts += curve(
            places, order, (f"{name}, week {week}: {value:.3f}" for week, value in points)
        )
        parts += legend(546, 40 + 20 * order, order, name)
    return picture(
        parts, (740, 252), f"{title}: in the last week {rows[-1][3]:.3f} with pending as 0"
    )


def history(
    curves: Mapping[str, Mapping[str, Interval]],
    events: Mapping[str, str] | None = None,
    title: str = "AUC over the spans",
) -> View:
    """Draw how good models were, span by span, with intervals, and what happened in each.

    Args:
        curves: By the curve's name, for each span an interval; all curves have the same spans, in order.
        events: By span, a few words that stand at its mark on the axis; a span without is left out.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each curve and span: ``curve``, ``span``, ``value``, ``low``, ``high``,
        ``event``. What is NaN, such as the AUC of a span with labels of one kind, is not drawn.

    Raises:
        FeedbackError: If there is no curve, the curves have other spans, or nothing can be drawn.
    """
    happened = events or {}
    names = [list(points) for points in curves.values()]
    if not names or not names[0] or any(spans != names[0] for spans in names):
        raise FeedbackError(
            "The curves have no spans, or not the same.", "Measure each curve on each span."
        )
    rows = [
        (str(name), str(span), one.value, one.low, one.high, str(happened.get(span, "")))
        for name, points in curves.items()
        for span, one in points.items()
    ]
    shown = [
        (name, span, f"{value:.3f}", f"{low:.3f} to {high:.3f}", event)
        for name, span, value, low, high, event in rows
    ]
    table = Table(("curve", "span", "AUC", "95 percent interval", "what happened"), shown)
    facts = Table(("curve", "span", "value", "low", "high", "event"), rows)
    note = "The bars are 95 percent confidence intervals of each curve by itself; a difference has one of its own."
    return View(title, [table], _history(curves, happened, title), note, facts)


def _history(
    curves: Mapping[str, Mapping[str, Interval]], events: Mapping[str, str], title: str
) -> str:
    every = [one for points in curves.values() for one in points.values() if _finite(one)]
    if not every:
        raise FeedbackError(
            "No curve has a value in any span.", "Measure them on spans with labels of both kinds."
        )
    low, high = min(one.low for one in every), max(one.high for one in every)
    spare = 0.1 * (high - low or 0.1)
    spans = list(next(iter(curves.values())))
    axes = Axes((-0.4, len(spans) - 0.6), (low - spare, high + 2 * spare), _BOX)
    _, top, _, bottom = axes.box
    parts = [axes.lines([], "", "AUC"), label(axes.box[0] - 6, bottom + 16, "span", "end")]
    for place, span in enumerate(spans):
        x = axes.across(place)
        parts.append(label(x, bottom + 16, str(span), "middle", 16))
        if events.get(span):
            parts.append(line((x, top + 14), (x, bottom), "threshold"))
            parts.append(label(x, bottom + 34, str(events[span]), "middle", 18))
    for order, (name, points) in enumerate(curves.items()):
        aside = 10 * (order - (len(curves) - 1) / 2)
        places, words = [], []
        for place, (span, one) in enumerate(points.items()):
            if not _finite(one):
                continue
            x = axes.across(place) + aside
            parts.append(path([(x, axes.down(one.low)), (x, axes.down(one.high))], order))
            places.append((x, axes.down(one.value)))
            words.append(f"{name}, {span}: {one}")
        parts += curve(places, order, words) if places else []
        parts += legend(546, 40 + 20 * order, order, str(name), 28)
    ends = {name: list(points.values())[-1] for name, points in curves.items()}
    last = ", ".join(f"{name} {one.value:.3f}" for name, one in ends.items() if _finite(one))
    return picture(parts, (740, 252), f"{title}: in the last span {last or 'no value'}")


def _finite(one: Interval) -> bool:
    return all(map(math.isfinite, (one.value, one.low, one.high)))
