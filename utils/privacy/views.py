"""How much a model is worth at each price in privacy, and how far federated training strays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, curve, label, legend, line, picture, round_ticks
from utils.displays.views.base import View

if TYPE_CHECKING:
    import pandas as pd


def utility(measured: pd.DataFrame, without: float, title: str = "What privacy costs") -> View:
    """Draw the AUC of models by the epsilon that their training has spent.

    Args:
        measured: One row for each model: ``epsilon``, ``noise``, ``auc``, ``low`` and ``high``.
        without: The AUC of a model that was trained without any protection.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each model.

    Raises:
        ValueError: There is no model, or an epsilon is not finite or not above zero.
    """
    rows = sorted(
        tuple(float(one[name]) for name in ("epsilon", "noise", "auc", "low", "high"))
        for one in measured.to_dict("records")
    )
    if not rows or not all(0 < row[0] < math.inf for row in rows):
        raise ValueError("utility() needs at least one model, each with an epsilon above zero.")
    columns = ("epsilon", "noise", "AUC", "low", "high")
    shown = [
        (f"{epsilon:.2f}", f"{noise:.2f}", *(f"{one:.3f}" for one in ends))
        for epsilon, noise, *ends in rows
    ]
    note = (
        f"The dashed line is a model without protection: AUC {without:.3f}. "
        "The vertical lines are 95 percent intervals."
    )
    bottom, top = min(0.5, *(row[3] for row in rows)), max(without, *(row[4] for row in rows))
    axes = Axes(
        (rows[0][0] / 1.4, rows[-1][0] * 1.4), (bottom, top + 0.02), (56, 30, 560, 240), log_x=True
    )
    parts = [
        axes.lines([round(row[0], 2) for row in rows], "epsilon (more is less private)", "AUC")
    ]
    left, _, right, _ = axes.box
    parts.append(line((left, axes.down(without)), (right, axes.down(without)), "threshold"))
    parts.append(label(left + 8, axes.down(without) - 6, "without protection"))
    for epsilon, _, _, low, high in rows:
        across = axes.across(epsilon)
        parts.append(line((across, axes.down(low)), (across, axes.down(high))))
    points = [(axes.across(row[0]), axes.down(row[2])) for row in rows]
    parts += curve(points, 0, [f"epsilon {row[0]:.2f}: AUC {row[2]:.3f}" for row in rows])
    return View(
        title,
        [Table(columns, shown)],
        picture(parts, (600, 284), title),
        note,
        Table(columns, rows),
    )


def rounds(
    figures: Mapping[str, Sequence[float]],
    of: str,
    title: str = "Federated training, round by round",
) -> View:
    """Draw a figure after each round, for several ways to deal rows to clients.

    Args:
        figures: A number for each round, by a name of the reader's.
        of: What the number is.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each round.

    Raises:
        ValueError: There is nothing to show, or one has more rounds than another.
    """
    counts = {len(one) for one in figures.values()}
    if len(counts) != 1 or 0 in counts:
        raise ValueError("rounds() needs the same number of rounds of each, and at least one.")
    (count,) = counts
    names = list(map(str, figures))
    rows = [(at + 1, *(float(one[at]) for one in figures.values())) for at in range(count)]
    values = [value for row in rows for value in row[1:]]
    low, high = min(values), max(values)
    spare = 0.1 * ((high - low) or 1.0)
    axes = Axes((1, max(2, count)), (low - spare, high + spare), (56, 44, 560, 240))
    ticks = [tick for tick in round_ticks(1, max(2, count), 10) if tick == int(tick)]
    parts = [axes.lines(ticks, "round", of)]
    step = min(170, 510 // len(names))
    for order, name in enumerate(names):
        points = [(axes.across(row[0]), axes.down(row[order + 1])) for row in rows]
        said = [f"{name}, round {row[0]}: {row[order + 1]:.3f}" for row in rows]
        parts += curve(points, order, said)
        parts += legend(66 + step * order, 16, order, name, step // 7)
    columns = ("round", *names)
    shown = [(row[0], *(f"{value:.3f}" for value in row[1:])) for row in rows]
    return View(
        title, [Table(columns, shown)], picture(parts, (600, 284), title), "", Table(columns, rows)
    )
