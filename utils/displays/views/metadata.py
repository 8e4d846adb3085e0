"""What a run changed in ML Metadata, and why the cache answered it or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.base import View

if TYPE_CHECKING:
    from utils.lineage.cache import Explanation
    from utils.lineage.snapshots import Changes

_ONE = {
    "artifacts": "artifact",
    "executions": "execution",
    "contexts": "context",
    "events": "event",
}


def changes(found: Changes, title: str = "What changed in ML Metadata") -> View:
    """Shows which records of a store are new, and which read otherwise than before.

    Args:
        found: From :func:`utils.lineage.snapshots.changes`, or from a step of :class:`utils.lineage.steps.Steps`.
        title: What happened between before and after.

    Returns:
        The view; its ``frame`` has one row a record.

    Source:
        Chapter 2, "ML Metadata": driver and publisher write there, the executor does not.
    """
    rows = [(_ONE[row.table], row.record, row.before or "(new)", row.after) for row in found.rows]
    counts = ", ".join(
        f"{number} {_ONE[table] if number == 1 else table}"
        for table, number in found.counts.items()
        if number
    )
    changed = sum(bool(row.before) for row in found.rows)
    said = [f"new: {counts}"] if counts else []
    said += [f"changed: {changed}"] if changed else []
    headline = f"{title}: {'; '.join(said) or 'nothing changed'}"
    tables = [Table(("record", "id", "before", "after"), rows, "")] if rows else []
    return View(headline, tables or [Table(("record", "id", "before", "after"), [], "")])


def cache(explanation: Explanation) -> View:
    """Shows why the cache answered an execution, or did not.

    Args:
        explanation: From :func:`utils.lineage.cache.explain`.

    Returns:
        The view; its ``frame`` has one row a difference.

    Source:
        Chapter 2: TFX compares a component's inputs and properties with those of its earlier executions.
    """
    rows = [(one.what, one.name, one.earlier, one.now) for one in explanation.differences]
    return View(explanation.headline, [Table(("what", "name", "earlier", "now"), rows, "")])
