"""Views of containers: what linters said, which layers are built again, where pods lie, how an update goes."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from utils.containers import quantities
from utils.containers.layers import Layer, kept
from utils.containers.linting import Broken
from utils.containers.rolling import Bounds, Step
from utils.containers.scheduling import RESOURCES, Node, Placement
from utils.displays.fallback import Table, clip
from utils.displays.views.axes import Axes, curve, label, legend, line, picture
from utils.displays.views.base import View

_BAR, _GAP, _LEFT, _WIDTH = 24, 6, 190, 480
_NAMES_A_ROW = 3
_WRITTEN = {"cpu": quantities.cores, "memory": quantities.memory}


def broken(tried: Iterable[Broken], title: str = "One edit each") -> View:
    """Show what a linter says of each edit.

    Args:
        tried: What :func:`utils.containers.linting.break_each` returned.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each finding, and one for each edit that the linter accepts.
    """
    rows: list[tuple[str, str, str, str]] = []
    for one in tried:
        found = [(one.edit, each.code, each.where, each.message) for each in one.findings]
        rows += found or [(one.edit, "", "", "accepted")]
    return View(title, [Table(("edit", "rule", "where", "what the linter says"), rows)])


def layers(before: Sequence[Layer], after: Sequence[Layer], title: str = "The next build") -> View:
    """Show which steps of a build the cache answers.

    Args:
        before: The steps that were built.
        after: The steps that are to be built.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each step.
    """
    rows = [
        (one.instruction.line, str(one.instruction), "from the cache" if same else "built again")
        for one, same in zip(after, kept(list(before), list(after)), strict=True)
    ]
    again = sum(state == "built again" for *_, state in rows)
    note = f"{again} of {len(rows)} steps are built again."
    return View(title, [Table(("line", "instruction", "step"), rows)], note=note)


def placement(found: Placement, title: str = "Pods on nodes, by what they request") -> View:
    """Draw which pods lie on which node, in the colour of what they belong to, and what is left of it.

    Args:
        found: What :func:`utils.containers.scheduling.place` returned.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each pod, with its node, or why it has none.
    """
    rows = [
        (pod.name, node.name, quantities.cores(pod.cpu), quantities.memory(pod.memory), "")
        for node in found.nodes
        for pod in found.placed[node.name]
    ]
    rows += [
        (pod.name, "", quantities.cores(pod.cpu), quantities.memory(pod.memory), f"Pending: {why}")
        for pod, why in found.pending
    ]
    table = Table(("pod", "node", "cpu", "memory", "state"), rows)
    note = f"{len(rows) - len(found.pending)} of {len(rows)} pods have a node."
    return View(title, [table], _bars(found, title), note)


def _bars(found: Placement, title: str) -> str:
    owners = list(dict.fromkeys(pod.owner for pod in found.pods))
    parts, y = _owners(owners), 10.0 + 22 * math.ceil(len(owners) / _NAMES_A_ROW)
    for node in found.nodes:
        parts.append(label(10, y + _BAR, node.name, characters=14))
        for resource in RESOURCES:
            parts += _bar(found, node, resource, y, owners)
            y += _BAR + _GAP
        y += 2 * _GAP
    if found.pending:
        names = ", ".join(pod.name for pod, _ in found.pending)
        parts.append(label(10, y + 14, f"pending: {names}", characters=100))
        y += _BAR
    return picture(parts, (_LEFT + _WIDTH + 130, y + 8), title)


def _owners(owners: Sequence[str]) -> list[str]:
    """Return the legend: the colour of each owner's pods."""
    parts = []
    for order, owner in enumerate(owners):
        row, column = divmod(order, _NAMES_A_ROW)
        x, y = _LEFT + column * _WIDTH / _NAMES_A_ROW, 6.0 + 22 * row
        parts.append(
            f'<rect class="workbook-mark workbook-mark-{order % 4}" opacity="0.75" x="{x:.1f}" '
            f'y="{y:.1f}" width="12" height="12"></rect>'
        )
        parts.append(label(x + 18, y + 11, owner, characters=20))
    return parts


def _bar(found: Placement, node: Node, resource: str, y: float, owners: Sequence[str]) -> list[str]:
    room, used = node.room(resource), found.used(node, resource)
    write = _WRITTEN[resource]
    right = _LEFT + _WIDTH
    parts = [label(_LEFT - 10, y + 16, resource, "end")]
    begin = Decimal(0)
    for pod in found.placed[node.name]:
        order = owners.index(pod.owner) % 4
        asked = getattr(pod, resource)
        left, wide = (float(part / room) * _WIDTH if room else 0.0 for part in (begin, asked))
        said = html.escape(clip(f"{pod.name}: {write(asked)}"))
        parts.append(
            f'<rect class="workbook-mark workbook-mark-{order}" opacity="0.75" x="{_LEFT + left + 1:.1f}" '
            f'y="{y:.1f}" width="{max(wide - 2, 0):.1f}" height="{_BAR}"><title>{said}</title></rect>'
        )
        begin += asked
    corners = ((_LEFT, y), (right, y), (right, y + _BAR), (_LEFT, y + _BAR))
    parts += [line(corners[at - 1], corner) for at, corner in enumerate(corners)]
    return [*parts, label(right + 8, y + 16, f"{write(used)} of {write(room)}")]


def rollout(
    steps: Sequence[Step], bounds: Bounds, title: str = "A rolling update, step by step"
) -> View:
    """Draw how many pods answer, and how many there are, while a Deployment is updated.

    Args:
        steps: What :func:`utils.containers.rolling.steps` returned.
        bounds: What the update keeps to.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each step.
    """
    columns = ("step", "old", "new", "starting", "answering", "in all")
    rows = [
        (at, one.old, one.new, one.starting, one.available, one.total)
        for at, one in enumerate(steps)
    ]
    note = f"At least {bounds.least} pods answer at any time, and there are at most {bounds.most}."
    axes = Axes((0, max(1, len(rows) - 1)), (0, bounds.most * 1.25), (56, 44, 560, 240))
    parts = [axes.lines(range(len(rows)), "step", "pods")]
    for order, (name, at) in enumerate((("old", 1), ("new", 2), ("answering", 4), ("in all", 5))):
        points = [(axes.across(row[0]), axes.down(row[at])) for row in rows]
        parts += curve(points, order, [f"step {row[0]}, {name}: {row[at]}" for row in rows])
        parts += legend(66 + 120 * order, 22, order, {"new": "new, ready"}.get(name, name))
    return View(title, [Table(columns, rows)], picture(parts, (600, 284), title), note)
