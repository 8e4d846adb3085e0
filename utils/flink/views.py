"""Views of Flink's jobs: operators over time with each worker's records, and what two runs have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from utils.displays.fallback import Table, clip
from utils.displays.views.axes import Axes, label, line, path, picture, round_ticks
from utils.displays.views.base import View
from utils.flink import recorded, rest
from utils.flink.arguments import Place

_ROW = 22
_LEFT = 350
_NOTE = 600
"""Characters of a sentence for the reader at the most."""

_COLUMN = 125
_DRAWN = 8
"""How many operators are drawn because they took longest, and how many because they had most records."""


def job(found: rest.Job, note: str = "") -> View:
    """Draw the operators of a job over time, with the records that each worker has read.

    Args:
        found: The job.
        note: A sentence for the reader, such as where the job was recorded.

    Returns:
        The view; its ``data`` has one row for each operator.
    """
    title = f"{found.state.lower()} after {found.seconds:.0f} s: {len(found.operators)} operators, {found.tasks} tasks"
    title = f"Flink job {found.name}, {title}"
    heads = ("operator", "state", "began (s)", "took (s)")
    read = [f"read by {name}" for name in found.workers]
    rows = [_row(one, found.workers) for one in found.operators]
    shown = [(clip(one.step, 90), one.state.lower(), f"{one.began:.1f}", f"{one.seconds:.1f}", *row[4:])
             for one, row in zip(found.operators, rows, strict=True)]  # fmt: skip
    said = " ".join(clip(part, _NOTE) for part in (note, found.failure) if part)
    table = Table((*heads, *read), shown)
    return View(title, [table], _bars(found, title), said, Table((*heads, *read), rows))


def events(rows: Sequence[tuple[float, str]], title: str, note: str = "") -> View:
    """Show what happened to a job, and when.

    Args:
        rows: Seconds since the beginning, and what happened then.
        title: What is shown.
        note: A sentence for the reader, such as where it was recorded.

    Returns:
        The view; its ``data`` has one row for each event.
    """
    facts = Table(("seconds", "what happened"), [tuple(row) for row in rows])
    shown = Table(facts.columns, [(f"{seconds:.1f}", what) for seconds, what in rows])
    return View(title, [shown], note=clip(note, _NOTE), facts=facts)


def recorded_events(name: str, title: str) -> View:
    """Show what happened to a job that was recorded.

    Args:
        name: One of the names in :mod:`.recorded`.
        title: What is shown.

    Returns:
        The view; without rows where nothing was recorded yet.
    """
    found = recorded.read(name) if recorded.has(name) else {"events": []}
    return events(found["events"], title, recorded.note(name))


def recorded_components() -> View:
    """Show how long components took here and on a cluster, as it was recorded.

    Returns:
        The view; without rows where nothing was recorded yet.
    """
    name = recorded.COMPONENTS
    rows = recorded.read(name) if recorded.has(name) else []
    heads = tuple(rows[0]) if rows else ("component",)
    table = Table(heads, [tuple(map(str, row.values())) for row in rows])
    return View("Components in this process and on a cluster", [table], note=recorded.note(name))


def places(found: Mapping[str, Place]) -> View:
    """Show what each place needs for Beam's work to run there, and what TFX's components are told.

    Args:
        found: The places by name.

    Returns:
        The view; its ``data`` has one row for each place.
    """
    heads = ("place", "what components are told", "must run already", "where the work is done")
    rows = [
        (name, " ".join(place.arguments), place.server, place.workers)
        for name, place in found.items()
    ]
    return View("Other places for the work", [Table(heads, rows, characters=400)])


def _row(one: rest.Operator, workers: Sequence[str]) -> tuple[object, ...]:
    read = [one.read.get(name, 0) for name in workers]
    return (one.name, one.state, one.began, one.seconds, *read)


def _bars(found: rest.Job, title: str) -> str:
    busy = [one for one in found.operators if one.records and not one.name.startswith(rest.SINK)]
    chosen = {one.id for one in sorted(busy, key=lambda one: -one.seconds)[:_DRAWN]}
    chosen |= {one.id for one in sorted(busy, key=lambda one: -one.records)[:_DRAWN]}
    drawn = [one for one in busy if one.id in chosen]
    height = _ROW * max(1, len(drawn))
    axes = Axes((0, max(found.seconds, 0.1)), (0, 1), (_LEFT, 30, _LEFT + 330, height + 34))
    left, top, right, bottom = axes.box
    parts = [line((left, top), (left, bottom)), line((left, bottom), (right, bottom))]
    parts.append(label((left + right) / 2, bottom + 36, "seconds", "middle"))
    parts += [
        label(axes.across(tick), bottom + 18, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    columns = {name: right + 30 + _COLUMN * number for number, name in enumerate(found.workers)}
    parts.append(label(left - 10, 14, "took longest, or had most records", "end"))
    parts += [label(x, 14, f"read by {name}", characters=18) for name, x in columns.items()]
    for number, one in enumerate(drawn):
        y = top + _ROW * number + _ROW / 2
        parts.append(label(left - 10, y + 4, short(one.step), "end", 50))
        begin = axes.across(one.began)
        end = axes.across(min(one.began + one.seconds, axes.x[1]))
        parts.append(path([(begin, y), (max(end, begin + 2), y)], 0))
        parts += [
            label(x, y + 4, f"{one.read.get(name, 0):,}", characters=18)
            for name, x in columns.items()
        ]
    return picture(parts, (right + 40 + _COLUMN * max(1, len(columns)), bottom + 46), title)


def short(step: str) -> str:
    """Return a step's name without its middle: ``"Statistics[train]/…/GroupByKey"``.

    Args:
        step: The name, its levels separated by slashes.
    """
    first, *others = _levels(step)
    last = others[-1] if others else ""
    between = "…/" if len(others) > 1 else ""
    return f"{_clip(first, 26)}/{between}{clip(last, 18)}" if last else _clip(first, 48)


def _clip(level: str, characters: int) -> str:
    """Shorten a level, but keep the split at its end: ``"AVeryLongNa…[train]"``."""
    split = re.search(r"\[\w+\]$", level)
    if len(level) <= characters or not split or len(split[0]) > characters - 8:
        return clip(level, characters)
    return clip(level[: split.start()], characters - len(split[0])) + clip(split[0])


def _levels(step: str) -> list[str]:
    """Split a step's name at its slashes, but not at those in brackets."""
    levels, depth, start = [], 0, 0
    for found in re.finditer(r"[(){}\[\]/]", step):
        if found[0] == "/":
            if depth <= 0:
                levels.append(step[start : found.start()])
                start = found.end()
        else:
            depth += 1 if found[0] in "({[" else -1
    return [level for level in [*levels, step[start:]] if level] or [step]
