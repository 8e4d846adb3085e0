"""Views of what the command line has done: runs component by component, and the disk."""

from __future__ import annotations

from collections.abc import Sequence

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.operating.disk import Item
from utils.operating.records import Execution, table


def runs(found: Sequence[Execution]) -> View:
    """Show how each component ended in each run.

    Args:
        found: What :func:`utils.operating.records.executions` read.

    Returns:
        The view; its ``data`` has one row for each component.
    """
    states = table(found)
    names = list(dict.fromkeys(one.run for one in found))
    heads = [f"{head}: {name}" for head, name in zip(states.columns, names, strict=True)]
    rows = [(component, *row) for component, row in zip(states.index, states.values, strict=True)]
    note = "An empty field: the run did not have that component, or ended before it."
    return View("Runs in ML Metadata", [Table(("component", *heads), rows)], note=note)


def disk(items: Sequence[Item]) -> View:
    """Show which artifacts take how much space, the biggest first, and which may go.

    Args:
        items: What :func:`utils.operating.disk.usage` found.

    Returns:
        The view; its ``data`` has one row for each artifact.
    """
    ordered = sorted(items, key=lambda one: -one.bytes)
    rows = [
        (
            one.type,
            f"…/{'/'.join(one.folder.parts[-3:])}",
            one.bytes,
            "needed" if one.needed else "may go",
        )
        for one in ordered
    ]
    free = sum(one.bytes for one in items if not one.needed)
    title = f"{len(items)} artifacts, {sum(one.bytes for one in items):,} bytes, of which {free:,} may go"
    return View(title, [Table(("type", "folder", "bytes", "verdict"), rows)])
