"""What a run changed in ML Metadata, and why the cache answered it or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.base import View

if TYPE_CHECKING:
    from utils.lineage.cache import Explanation
    from utils.lineage.snapshots import Changes

LONGEST = 110
"""Characters of a value that are shown."""

_ONE = {
    "artifacts": "artifact",
    "executions": "execution",
    "contexts": "context",
    "events": "event",
}


def changes(found: Changes, title: str = "What changed in ML Metadata") -> View:
    """Show which records of a store are new, and which read otherwise than before.

    Args:
        found: From :func:`utils.lineage.snapshots.changes`, or from a step of :class:`utils.lineage.steps.Steps`.
        title: What happened between before and after.

    Returns:
        The view; its ``data`` has one row per record.

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
    return _view(headline, Table(("record", "id", "before", "after"), rows, ""))


def cache(explanation: Explanation) -> View:
    """Show why the cache answered an execution, or did not.

    Args:
        explanation: From :func:`utils.lineage.cache.explain`.

    Returns:
        The view; its ``data`` has one row per difference.

    Source:
        Chapter 2: TFX compares a component's inputs and properties with those of its earlier executions.
    """
    rows = [(one.what, one.name, one.earlier, one.now) for one in explanation.differences]
    shown = [
        row
        for one in explanation.differences
        for row in (
            (one.what, one.name, "earlier", _around(one.earlier, one.now)),
            ("", "", "now", _around(one.now, one.earlier)),
        )
    ]
    return _view(
        explanation.headline,
        Table(("what", "name", "when", "value"), shown, ""),
        Table(("what", "name", "earlier", "now"), rows, ""),
    )


def _view(headline: str, table: Table, facts: Table | None = None) -> View:
    """Return the table under its headline, which says all there is to say where the table has no rows."""
    return View(headline, [table] if table.rows else [], facts=facts or table)


def _around(text: str, other: str) -> str:
    """Return a text, or of a long one the part in which it differs from the other."""
    if len(text) <= LONGEST:
        return text
    pairs = enumerate(zip(text, other, strict=False))
    same = next((at for at, (mine, yours) in pairs if mine != yours), min(len(text), len(other)))
    start = max(0, min(same - LONGEST // 3, len(text) - LONGEST))
    end = start + LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
