"""Views of orchestrated pipelines: a DAG as Airflow has it, a run over time, and several orchestrators' results."""

from __future__ import annotations

from urllib.parse import quote

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, label, legend, line, path, picture, round_ticks
from utils.displays.views.base import View
from utils.displays.views.graph import draw
from utils.orchestration.airflow import Airflow
from utils.orchestration.comparing import Comparison
from utils.orchestration.watching import Watched

_ROW = 30
_ORDER = {"queued": 0, "running": 1, "up_for_retry": 2}
"""The states that last, each with a colour and dashes of its own."""


def dag(server: Airflow, dag_id: str) -> View:
    """Draw the tasks of a DAG, as Airflow has read them.

    Args:
        server: The Airflow.
        dag_id: The DAG.

    Returns:
        The view; its ``data`` has one row for each task.

    Raises:
        OrchestrationError: If there is no such DAG.
    """
    tasks = server.get(f"dags/{quote(dag_id, safe='')}/tasks")["tasks"]
    return draw({one["task_id"]: one["downstream_task_ids"] for one in tasks}, f"DAG {dag_id}")


def over_time(watched: Watched) -> View:
    """Draw when each task of a run waited, ran and ended.

    Args:
        watched: What :func:`utils.orchestration.watching.watch` returned.

    Returns:
        The view; its ``data`` has one row for each change of a state.
    """
    title = f"{watched.dag_id}: {watched.state} after {watched.seconds:.0f} s"
    rows = [(f"{one.seconds:.1f}", one.task, one.state, one.attempt) for one in watched.changes]
    facts = Table(
        ("seconds", "task", "state", "attempt"),
        [(one.seconds, one.task, one.state, one.attempt) for one in watched.changes],
    )
    table = Table(("seconds", "task", "state", "attempt"), rows)
    return View(title, [table], _bars(watched, title), facts=facts)


def _bars(watched: Watched, title: str) -> str:
    height = _ROW * len(watched.tasks)
    axes = Axes((0, max(watched.seconds, 0.1)), (0, 1), (200, 30, 600, height + 34))
    left, top, right, bottom = axes.box
    parts = [line((left, top), (left, bottom)), line((left, bottom), (right, bottom))]
    parts.append(label((left + right) / 2, bottom + 36, "seconds", "middle"))
    parts += [
        label(axes.across(tick), bottom + 18, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    for state, order in _ORDER.items():
        parts += legend(left + 10 + 130 * order, 14, order, state.replace("_", " "))
    for number, task in enumerate(watched.tasks):
        y = top + _ROW * number + _ROW / 2
        parts.append(label(left - 10, y + 4, task, "end", 28))
        mine = [one for one in watched.changes if one.task == task]
        for one, following in zip(mine, [*mine[1:], None], strict=True):
            begin = axes.across(one.seconds)
            if one.state in _ORDER:
                until = axes.across(following.seconds if following else watched.seconds)
                parts.append(path([(begin, y), (max(until, begin + 1), y)], _ORDER[one.state]))
            elif one.state in ("success", "failed", "upstream_failed"):
                parts.append(
                    label(
                        min(begin + 6, right + 6), y + 4, one.state.replace("_", " "), characters=18
                    )
                )
    return picture(parts, (right + 120, bottom + 46), title)


def comparison(found: Comparison, title: str = "One pipeline, several orchestrators") -> View:
    """Show what :func:`utils.orchestration.comparing.compare` found.

    Args:
        found: The comparison.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each thing that was compared.
    """
    rows = [
        (fact.name, *fact.values, "the same" if fact.same else "different") for fact in found.facts
    ]
    note = "In brackets, or alone, the first characters of a digest: equal contents have equal digests."
    return View(title, [Table(("compared", *found.names, "result"), rows)], note=note)
