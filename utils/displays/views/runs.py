"""Runs side by side: what was set, what came out, and what differs."""

from __future__ import annotations

from collections.abc import Mapping

from utils.displays.fallback import Table
from utils.displays.views.base import View


def runs(values: Mapping[str, Mapping[str, object]]) -> View:
    """Compare runs; what differs between them comes first.

    Args:
        values: By run its settings and metrics by name.

    Returns:
        The view; its ``data`` has one row for each setting or metric and one column for each run.

    Raises:
        ValueError: No run was given.

    Source:
        Chapter 15, "Experiment tracking".
    """
    if not values:
        raise ValueError("runs() was given no run: pass the settings of at least one.")
    names = list(dict.fromkeys(name for run in values.values() for name in run))
    rows = [
        (name, *(run.get(name) for run in values.values()), _differs(values, name))
        for name in names
    ]
    rows.sort(key=lambda row: row[-1] != "yes")
    return View("Runs compared", [Table(("Setting or metric", *values, "Differs"), rows)])


def _differs(values: Mapping[str, Mapping[str, object]], name: str) -> str:
    return "yes" if len({repr(run.get(name)) for run in values.values()}) > 1 else "no"
