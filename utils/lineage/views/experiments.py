"""Experiments side by side: one line for each model, through its settings to its AUC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from utils.displays.fallback import Table, cell, clip
from utils.displays.views.axes import curve, label, legend, line, picture, round_ticks
from utils.displays.views.base import View
from utils.lineage.experiments import varied

if TYPE_CHECKING:
    from utils.lineage.experiments import Experiment

MOST_AXES = 5
"""Settings that the picture shows, beside the span, the code and the AUC."""

MOST_VALUES = 9
"""Different values of a setting that are named along its axis."""

_STATES = ("pushed", "blessed", "refused", "not judged")
_TOP, _BOTTOM, _LEFT, _STEP = 46, 236, 120, 150
_SMALL, _LARGE = 17, 18


def experiments(found: Sequence[Experiment], title: str = "Experiments") -> View:
    """Show experiments as a table, the best one first, and as a picture with parallel axes.

    Args:
        found: From :func:`utils.lineage.experiments.experiments`.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each experiment. The picture shows those that an Evaluator has judged.

    Raises:
        ValueError: There is no experiment.

    Source:
        Chapter 15, "Model experiment tracking".
    """
    if not found:
        raise ValueError("experiments() was given none: train a model first.")
    ordered = sorted(found, key=lambda one: (one.auc is None, -(one.auc or 0.0), -one.model))
    settings = varied(ordered)
    columns = ("model", "trainer", "AUC", "state", "code", "span", *settings, "trained (UTC)")
    rows = [
        (
            one.model,
            one.trainer,
            one.auc,
            one.state,
            one.code,
            one.span,
            *(one.settings.get(name) for name in settings),
            f"{one.trained:%Y-%m-%d %H:%M}",
        )
        for one in ordered
    ]
    judged = [one for one in ordered if one.auc is not None]
    counts = {state: sum(one.state == state for one in ordered) for state in _STATES}
    said = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    note = f"{len(ordered)} models: {said}. Columns are the settings that differ."
    drawn = _picture(judged, settings, title) if judged else ""
    return View(title, [Table(columns, rows, "")], drawn, note)


def _picture(judged: Sequence[Experiment], settings: Sequence[str], title: str) -> str:
    codes = [one.code.removesuffix(".py").rpartition(".")[2] for one in judged]
    axes: list[tuple[str, list[Any]]] = [("code", codes), ("span", [one.span for one in judged])]
    chosen = sorted(settings, key=lambda name: (_missing(judged, name), settings.index(name)))
    axes += [(name, [one.settings.get(name) for one in judged]) for name in chosen]
    axes = [axis for axis in axes if len({repr(value) for value in axis[1]}) > 1][:MOST_AXES]
    axes.append(("AUC", [one.auc for one in judged]))
    parts: list[str] = []
    words: list[str] = []
    heights = []
    for at, (name, values) in enumerate(axes):
        x = _LEFT + at * _STEP
        ticks, places = _scale(values)
        # Names alternate between two lines, so that long ones do not meet.
        words.append(label(x, _TOP - 12 - 16 * (at % 2), name, "middle", 2 * _LARGE))
        # No line runs to the right of the last axis; left of the others words stand above the lines.
        last = at == len(axes) - 1
        aside, lower, anchor = (8, 4, "start") if last else (-8, -5, "end")
        words += [label(x + aside, y + lower, tick, anchor, _LARGE) for tick, y in ticks]
        parts.append(line((x, _TOP), (x, _BOTTOM)))
        heights.append(places)
    for number, one in enumerate(judged):
        points = [(_LEFT + at * _STEP, places[number]) for at, places in enumerate(heights)]
        said = f"model {one.model}, {one.trainer}: AUC {one.auc:.3f}, {one.state}"
        parts += curve(points, _STATES.index(one.state), [said] * len(points))
    right = _LEFT + (len(axes) - 1) * _STEP + 48
    for order, state in enumerate(_STATES[:3]):
        if any(one.state == state for one in judged):
            parts += legend(right, _TOP + 12 + 20 * order, order, state)
    said = f"{title}: settings and AUC of {len(judged)}"
    return picture([*parts, *words], (right + 90, _BOTTOM + 18), said, "workbook-parallel")


def _missing(judged: Sequence[Experiment], name: str) -> int:
    """Return how many experiments do not have a setting: those that most have come first in the picture."""
    return sum(name not in one.settings for one in judged)


def _scale(values: Sequence[Any]) -> tuple[list[tuple[str, float]], list[float]]:
    """Return the ticks of an axis with their heights, and the height of each value.

    Numbers stand where they belong, and above those models that have no such setting; anything else in equal steps.
    """
    numbers = [value for value in values if _is_number(value)]
    absent = len(numbers) < len(values)
    if len(set(numbers)) > 2 and all(value is None or _is_number(value) for value in values):
        low, high, foot = min(numbers), max(numbers), 0.2 if absent else 0.0

        def place(value: float) -> float:
            return _down(foot + (1 - foot) * (0.05 + 0.9 * (value - low) / (high - low)))

        ticks = [(f"{tick:g}", place(tick)) for tick in round_ticks(low, high, 5)]
        nowhere = _down(0.0)
        ticks += [(_words(None), nowhere)] if absent else []
        return ticks, [nowhere if value is None else place(value) for value in values]
    names = list(dict.fromkeys(_words(value) for value in values))
    if not absent:
        names.sort(key=float)
    places = {
        name: _down(at / (len(names) - 1) if len(names) > 1 else 0.5)
        for at, name in enumerate(names)
    }
    every = -(-len(names) // MOST_VALUES)
    return (
        [(_short(name), places[name]) for name in names[::every]],
        [places[_words(value)] for value in values],
    )


def _short(words: str) -> str:
    """Return the name of a value as it stands at an axis; of a long list, how many names it has."""
    if len(words) > _SMALL and ", " in words:
        return f"{words.count(', ') + 1} names"
    return clip(words, _SMALL)


def _down(share: float) -> float:
    return _BOTTOM - 8 - share * (_BOTTOM - _TOP - 16)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _words(value: Any) -> str:
    return "(none)" if value is None else cell(value)
