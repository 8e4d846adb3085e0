"""Views of a cluster on paper: its resources, what is wrong with them, what they cost, and what commands would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from utils.cloud import checks, costs, teardown
from utils.cloud.commands import Told, dry
from utils.cloud.keys import KeyFile
from utils.cloud.terraform import Configuration
from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, label, line, path, picture, round_ticks
from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, svg

_ROW = 30
_NAMES = 270  # room for 40 characters
_PREFIX = "google_"
_RIGHT = "iam_member"


def resources(made: Configuration, title: str = "Resources and what they need") -> View:
    """Draw the resources; an arrow leads from what is needed to what needs it.

    Args:
        made: The configuration.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each resource.
    """
    needs = made.needs()
    nodes, rows = [], []
    for address, names in needs.items():
        block = made.find(address)
        kind, _, name = address.removeprefix("data.").removeprefix(_PREFIX).partition(".")
        off = " (switched off)" if block.kind == "resource" and not made.exists(block) else ""
        nodes.append(Node(address, "component", _short(kind), f"{name}{off}"))
        rows.append((f"{address}{off}", ", ".join(names) or "-", block.file))
    edges = [(name, address) for address, names in needs.items() for name in names]
    table = Table(("resource", "needs", "file"), rows)
    return View(title, [table], svg(Graph(nodes, _direct(edges)), title))


def _short(kind: str) -> str:
    """Return what a box says of a kind of resource: of a right only where it holds, or the row would be too wide."""
    where, right, _ = kind.partition(f"_{_RIGHT}")
    return f"iam: {where.rpartition('_')[2]}" if right else kind


def _direct(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Leave out arrows that only say what others say already, by a longer way."""
    after: dict[str, set[str]] = {}
    for source, target in edges:
        after.setdefault(source, set()).add(target)

    def reach(name: str, seen: set[str]) -> set[str]:
        for following in after.get(name, ()):
            if following not in seen:
                seen.add(following)
                reach(following, seen)
        return seen

    return [
        (source, target)
        for source, target in dict.fromkeys(edges)
        if not any(target in reach(other, set()) for other in after[source] - {target})
    ]


def findings(found: Sequence[checks.Finding], title: str = "What the rules object to") -> View:
    """Show what :func:`utils.cloud.checks.findings` found.

    Args:
        found: The findings.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each finding.
    """
    rows = [(one.rule, one.where, one.what) for one in found]
    note = "" if rows else f"Nothing: all {len(checks.RULES)} rules are kept."
    table = Table(("rule", "where", "what"), rows)
    return View(title, [table], note=note)


def cost(estimates: Mapping[str, costs.Estimate], title: str = "What it costs") -> View:
    """Draw the lines of an estimate, or several estimates beside each other.

    Args:
        estimates: Estimates by name.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each line of each estimate, with US dollars.
    """
    rows = [
        (name, one.address, one.what, one.dollars)
        for name, estimate in estimates.items()
        for one in estimate.items
    ]
    shown = [(*row[:3], f"{row[3]:,.2f}") for row in rows]
    totals = [(name, f"{estimate.total:,.2f}") for name, estimate in estimates.items()]
    known = costs.prices()
    note = f"US dollars, by example prices of {known['noted']} for us-central1; check them before you rely on them."
    tables = [
        Table(("", "in all"), totals),
        Table(("", "what is billed", "how much of it", "US dollars"), shown),
    ]
    facts = Table(("name", "address", "what", "dollars"), rows)
    bars = {name: one.total for name, one in estimates.items()}
    if len(estimates) == 1:
        (only,) = estimates.values()
        bars = {one.address.removeprefix(_PREFIX): only.of(one.address) for one in only.items}
    drawing = _bars(bars, title)
    return View(title, tables, drawing, note, facts)


def _bars(totals: Mapping[str, float], title: str) -> str:
    height = _ROW * len(totals)
    most = max([*totals.values(), 1.0])
    axes = Axes((0, 1.05 * most), (0, 1), (_NAMES, 0, _NAMES + 390, height + 4))
    left, top, right, bottom = axes.box
    parts = [line((left, top), (left, bottom)), line((left, bottom), (right, bottom))]
    parts.append(label((left + right) / 2, bottom + 34, "US dollars", "middle"))
    parts += [
        label(axes.across(tick), bottom + 17, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    for number, (name, dollars) in enumerate(totals.items()):
        y = _ROW * number + _ROW / 2
        end = axes.across(dollars)
        parts.append(label(left - 10, y + 4, name, "end", 40))
        parts.append(path([(left, y), (max(end, left + 1), y)], 0))
        parts.append(label(end + 6, y + 4, f"{dollars:,.2f}"))
    return picture(parts, (right + 90, bottom + 44), title)


def price_table(title: str = "Example prices") -> View:
    """Show the prices that estimates are made of, and where each can be checked.

    Args:
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each price.
    """
    rows = costs.price_table()
    shown = [(what, f"{dollars:.4g}", address) for what, dollars, address in rows]
    columns = ("what", "US dollars", "to be checked at")
    known = costs.prices()
    note = f"{known['about']} (Noted in {known['noted']}.) {known['spot_about']}"
    return View(title, [Table(columns, shown)], note=note, facts=Table(columns, rows))


def commands(
    told: Sequence[str | Told],
    made: Configuration | None = None,
    title: str = "None of this was run",
) -> View:
    """Show what commands would do.

    Args:
        told: The commands, or what :func:`utils.cloud.commands.dry` said of them.
        made: The configuration, for commands whose cost depends on it.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each command, with US dollars an hour and a month.

    Raises:
        CloudError: If the dry view does not know a command.
    """
    every = [one if isinstance(one, Told) else dry(one, made) for one in told]
    rows = [
        (one.command, one.does, one.hourly, one.monthly, one.undo or "-", one.caution or "-")
        for one in every
    ]
    shown = [(*row[:2], *map(_dollars, row[2:4]), *row[4:]) for row in rows]
    columns = ("command", "what it would do", "an hour", "a month", "how to undo it", "caution")
    facts = Table(("command", "does", "hourly", "monthly", "undo", "caution"), rows)
    return View(title, [Table(columns, shown)], facts=facts)


def _dollars(amount: float | None) -> str:
    if amount is None:
        return "depends"
    if not amount:
        return "nothing"
    if abs(amount) < 0.01:
        return "under $0.01"
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"


def order(steps: Sequence[teardown.Step], title: str = "Teardown, in this order") -> View:
    """Show the steps of a teardown.

    Args:
        steps: What :func:`utils.cloud.teardown.steps` returned.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each step, with US dollars a month.
    """
    rows = [
        (number, one.address, one.held or "-", one.dollars, one.command)
        for number, one in enumerate(steps, start=1)
    ]
    shown = [(*row[:3], _dollars(row[3]), row[4].partition(" -target=")[0]) for row in rows]
    columns = ("step", "what goes", "held by", "a month, until then", "command")
    return View(title, [Table(columns, shown)], facts=Table(columns, rows))


def keys(found: Sequence[KeyFile], title: str = "Key files") -> View:
    """Show the key files that lie about.

    Args:
        found: What :func:`utils.cloud.keys.find` returned.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each file.
    """
    rows = [(one.file, one.why) for one in found]
    table = Table(("file", "what it is"), rows)
    note = "" if rows else "None was found."
    return View(title, [table], note=note)
