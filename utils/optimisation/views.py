"""How models of one network are shown beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View

if TYPE_CHECKING:
    import pandas as pd


LONGEST = 40
"""The most characters of a name in the note."""


def models(measured: pd.DataFrame, title: str = "One network, several files") -> View:
    """Show what :func:`utils.optimisation.comparing.table` has measured.

    Args:
        measured: That table.
        title: What is shown.

    Returns:
        The view; its ``data`` has the numbers themselves.

    Raises:
        ValueError: There is no model.
    """
    if not len(measured):
        raise ValueError("models() was given no model: measure at least one.")
    first = clip(str(measured["model"].iloc[0]), LONGEST)
    columns = (
        "model",
        "kB",
        "ms, 1 row",
        "ms, 64 rows",
        "AUC",
        "AUC lost or won",
        "largest score change",
    )
    shown = [
        (
            str(one["model"]),
            f"{one['bytes'] / 1_000:,.1f}",
            f"{one['ms_1']:.2f}",
            f"{one['ms_64']:.2f}",
            f"{one['auc']:.3f} ({one['auc_low']:.3f} to {one['auc_high']:.3f})",
            f"{one['difference']:+.4f} ({one['low']:+.4f} to {one['high']:+.4f})",
            f"{one['largest']:.5f}",
        )
        for one in measured.to_dict("records")
    ]
    note = (
        f"In brackets: 95 percent confidence intervals; that of the AUC lost or won is paired row by row with {first}. "
        "The milliseconds are the median of many calls on this machine."
    )
    facts = Table(
        tuple(map(str, measured.columns)), [tuple(row) for row in measured.itertuples(index=False)]
    )
    return View(title, [Table(columns, shown)], note=note, facts=facts)
