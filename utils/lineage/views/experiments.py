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
"""Different values of a setting that are named along its axis; of numbers, more are placed between round ones."""

_STATES = ("pushed", "blessed", "refused", "not judged")
_TOP, _BOTTOM, _LEFT, _STEP = 46, 236, 90, 150
_SMALL, _LARGE = 14, 18


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
    axes = [("code", [one.code for one in judged]), ("span", [one.span for one in judged])]
    chosen = sorted(settings, key=lambda name: (_missing(judged, name), settings.index(name)))
    axes += [(name, [one.settings.get(name) for one in judged]) for name in chosen]
    axes = [axis for axis in axes if len({repr(value) for value in axis[1]}) > 1][:MOST_AXES]
    axes.append(("AUC", [one.auc for one in judged]))
    parts: list[str] = []
    heights = []
    for at, (name, values) in enumerate(axes):
        x = _LEFT + at * _STEP
        ticks, places = _scale(values)
        # Names alternate between two lines, so that long ones do not meet.
        parts.append(label(x, _TOP - 12 - 16 * (at % 2), name, "middle", 2 * _LARGE))
        parts.append(line((x, _TOP), (x, _BOTTOM)))
        parts += [label(x - 6, y + 4, words, "end", _SMALL) for words, y in ticks]
        heights.append(places)
    for number, one in enumerate(judged):
        points = [(_LEFT + at * _STEP, places[number]) for at, places in enumerate(heights)]
        words = f"model {one.model}, {one.trainer}: AUC {one.auc:.3f}, {one.state}"
        parts += curve(points, _STATES.index(one.state), [words] * len(points))
    right = _LEFT + (len(axes) - 1) * _STEP + 24
    for order, state in enumerate(_STATES[:3]):
        if any(one.state == state for one in judged):
            parts += legend(right, _TOP + 12 + 20 * order, order, state)
    return picture(parts, (right + 90, _BOTTOM + 18), f"{title}: settings and AUC of {len(judged)}")


def _missing(judged: Sequence[Experiment], name: str) -> int:
    """Return how many experiments do not have a setting: those that most have come first in the picture."""
    return sum(name not in one.settings for one in judged)


def _scale(values: Sequence[Any]) -> tuple[list[tuple[str, float]], list[float]]:
    """Return the ticks of an axis with their heights, and the height of each value."""
    numbers = [value for value in values if _is_number(value)]
    if len(numbers) == len(values) and len(set(numbers)) > 2:
        low, high = min(numbers), max(numbers)
        room = (high - low) * 0.06
        low, high = low - room, high + room
        heights = [_down((value - low) / (high - low)) for value in values]
        ticks = [(f"{t:g}", _down((t - low) / (high - low))) for t in round_ticks(low, high, 5)]
        return ticks, heights
    names = list(dict.fromkeys(_words(value) for value in values))
    if len(numbers) == len(values):
        names.sort(key=float)
    places = {
        name: _down(at / (len(names) - 1) if len(names) > 1 else 0.5)
        for at, name in enumerate(names)
    }
    every = -(-len(names) // MOST_VALUES)
    return (
        [(clip(name, _SMALL), places[name]) for name in names[::every]],
        [places[_words(value)] for value in values],
    )


def _down(share: float) -> float:
    return _BOTTOM - 8 - share * (_BOTTOM - _TOP - 16)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _words(value: Any) -> str:
    return "(none)" if value is None else cell(value)
