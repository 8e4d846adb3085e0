"""Training seen: learning curves, trials, differences with what chance allows, runs side by side, signatures."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, curve, label, line, mark, path, picture
from utils.displays.views.base import View
from utils.intervals import written

if TYPE_CHECKING:
    import pandas as pd

    from utils.training.runs import Comparison


def curves(runs: pd.DataFrame | Mapping[str, pd.DataFrame], metric: str = "auc") -> View:
    """Draw how a metric went, epoch by epoch.

    Args:
        runs: Learning curves as ``utils.training.curves.curves`` reads them, or by a run's name such curves.
        metric: ``"auc"`` or ``"loss"``.

    Returns:
        The view; its ``data`` has one row for each run, split and epoch. What is infinite or NaN is not drawn.

    Raises:
        ValueError: There is no curve, or none of that metric.
    """
    named = dict(runs) if isinstance(runs, Mapping) else {"": runs}
    given = [value for table in named.values() for value in table.get(metric, [])]
    if any(metric not in table for table in named.values()) or not any(map(math.isfinite, given)):
        raise ValueError(
            f"curves() was given no curve of {metric!r}: use 'auc' or 'loss', whichever the training has measured."
        )
    lines = {
        f"{name} {split}".strip(): [
            (int(epoch), float(value))
            for epoch, value in zip(mine["epoch"], mine[metric], strict=True)
        ]
        for name, table in named.items()
        for split, mine in table.groupby("split", sort=False)
    }
    rows = [(name, epoch, value) for name, points in lines.items() for epoch, value in points]
    words = {"auc": "AUC"}.get(metric, metric)
    said = f"{words} epoch by epoch"
    return View(said, [Table(("curve", "epoch", metric), rows)], _curves(lines, words, said))


def _curves(lines: Mapping[str, list[tuple[int, float]]], metric: str, said: str) -> str:
    last = max(epoch for points in lines.values() for epoch, _ in points)
    finite = {
        name: [(epoch, value) for epoch, value in points if math.isfinite(value)]
        for name, points in lines.items()
    }
    values = [value for points in finite.values() for _, value in points]
    room = (max(values) - min(values)) * 0.08 or 0.01
    axes = Axes((1, max(last, 2)), (min(values) - room, max(values) + room * 2.5))
    parts = [axes.lines(range(1, last + 1), "epoch", metric)]
    ends = []
    for order, (name, points) in enumerate(finite.items()):
        if not points:
            continue
        places = [(axes.across(epoch), axes.down(value)) for epoch, value in points]
        said_of = (f"{name}, epoch {epoch}: {value:.3f}" for epoch, value in points)
        parts += curve(places, order, said_of)
        ends.append((places[-1][1], places[-1][0], name))
    parts += [label(x + 10, y + 4, name, characters=22) for y, x, name in _apart(ends)]
    return picture(parts, (680, 252), said)


def _apart(ends: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Move names down until none covers another."""
    moved: list[tuple[float, float, str]] = []
    for y, x, name in sorted(ends):
        above = [other + 15 for other, place, _ in moved if place == x]
        moved.append((max([y, *above]), x, name))
    return moved


def trials(table: pd.DataFrame, by: str = "learning_rate") -> View:
    """Draw the score of each trial against one of the settings.

    Args:
        table: Trials as ``utils.training.trials.trials`` reads them.
        by: The setting to draw across; a number.

    Returns:
        The view; its ``data`` has one row per trial, the best one first.

    Raises:
        ValueError: There is no trial, or no such setting.
    """
    if by not in table or not len(table):
        known = ", ".join(name for name in table.columns if name not in ("trial", "score"))
        raise ValueError(f"trials() knows no setting {by!r}: use one of {known or 'none'}.")
    ordered = table.sort_values("score", ascending=False)
    rows = [tuple(row) for row in ordered.itertuples(index=False)]
    xs, ys = [float(x) for x in table[by]], [float(y) for y in table["score"]]
    log = min(xs) > 0 and max(xs) / min(xs) > 20
    room = (max(ys) - min(ys)) * 0.1 or 0.01
    edges = (min(xs) / 1.3, max(xs) * 1.3) if log else (min(xs), max(xs))
    axes = Axes(edges, (min(ys) - room, max(ys) + 2 * room), log_x=log)
    ticks = [10.0**n for n in range(-9, 9) if edges[0] <= 10.0**n <= edges[1]] if log else []
    layers = list(dict.fromkeys(str(one) for one in table.get("layers", [""] * len(table))))
    parts = [axes.lines(ticks or sorted(set(xs))[:6], by.replace("_", " "), "score (AUC)")]
    for row in table.to_dict("records"):
        x, y = axes.across(float(row[by])), axes.down(float(row["score"]))
        order = layers.index(str(row.get("layers", "")))
        parts.append(mark(x, y, order, f"trial {row['trial']}: {row['score']:.3f}"))
        parts.append(label(x + 8, y + 4, str(row["trial"])))
    for order, name in enumerate(layers):
        if name:
            parts.append(mark(546, 40 + 20 * order, order))
            parts.append(label(556, 44 + 20 * order, f"layers {name}"))
    return View("Trials", [Table(tuple(table.columns), rows)], picture(parts, (680, 252), "Trials"))


def differences(table: pd.DataFrame, title: str = "Difference in AUC", by: str = "slice") -> View:
    """Draw differences with the interval that chance allows each.

    Args:
        table: What ``utils.training.uncertainty.by_slice`` returns: ``difference``, ``low`` and ``high``.
        title: What is shown.
        by: The column with the rows' names.

    Returns:
        The view; its ``data`` has one row per difference, with a verdict.

    Raises:
        ValueError: There is no difference.
    """
    if not len(table):
        raise ValueError("differences() was given no row: use larger slices.")
    rows = [
        (str(name), int(count), float(value), float(low), float(high), _verdict(low, high))
        for name, count, value, low, high in table[
            [by, "rows", "difference", "low", "high"]
        ].itertuples(index=False)
    ]
    ends = [edge for *_, low, high, _ in rows for edge in (low, high)] + [0.0]
    decimals = 3 if max(abs(value) for _, _, value, *_ in rows) >= 0.01 else 4
    write = functools.partial(written, signed=True, decimals=decimals)
    room = (max(ends) - min(ends)) * 0.05
    height = 24 * len(rows)
    axes = Axes((min(ends) - room, max(ends) + room), (0, 1), (230, 0, 560, height))
    zero = axes.across(0)
    parts = [
        line((zero, 0), (zero, height + 4)),
        label(zero, height + 18, "0: no difference", "middle"),
        *(
            label(axes.across(end), height + 34, write(end), "middle")
            for end in (min(ends), max(ends))
            if end
        ),
    ]
    for number, (name, _, value, low, high, verdict) in enumerate(rows):
        y = 24 * number + 12
        parts.append(label(220, y + 4, name, "end", 34))
        parts.append(path([(axes.across(low), y), (axes.across(high), y)], 0))
        parts.append(mark(axes.across(value), y, 0 if verdict == "within chance" else 1))
        parts.append(label(570, y + 4, f"{write(value)} {verdict}"))
    note = (
        "Each line is a 95 percent confidence interval of the difference, paired row by row; where it includes zero, "
        "these rows show no difference beyond chance."
    )
    facts = Table((by, "rows", "difference", "low", "high", "verdict"), rows)
    shown = Table(
        facts.columns,
        [(name, count, *map(write, figures), verdict) for name, count, *figures, verdict in rows],
    )
    return View(title, [shown], picture(parts, (740, height + 42), title), note, facts)


def _verdict(low: float, high: float) -> str:
    return "beyond chance" if low > 0 or high < 0 else "within chance"


def comparison(compared: Comparison, metric: str = "auc", column: str = "") -> View:
    """Put runs side by side: what was set, what was made anew, the metrics of all rows, and one metric by slice.

    Args:
        compared: Runs as ``utils.training.runs.compare`` reads them from ML Metadata.
        metric: The metric to show by slice.
        column: Only slices by this column; empty for all.

    Returns:
        The view; its ``data`` has one row for each setting that differs.

    Source:
        Book, chapter 15, "Experiment tracking".
    """
    by_slice = compared.slices(metric)
    if column:
        by_slice = by_slice[[str(name).startswith(f"{column}=") for name in by_slice.index]]
    overall = compared.overall
    blessed = {True: "yes", False: "no", None: "not judged"}
    overall.loc["blessed"] = [blessed[run.blessed] for run in compared.runs]
    tables = [
        _table(compared.changed, "What was set differently", _setting),
        _table(compared.rerun, "What was made anew ('same': the artifact of the first run)", str),
        _table(overall, "Metrics over all rows", _metric),
        _table(by_slice, f"{metric} by slice", _metric),
    ]
    return View("Runs compared", tables)


def _table(frame: pd.DataFrame, caption: str, write: Any) -> Table:
    rows = [
        (str(name), *("-" if value is None or value != value else write(value) for value in row))
        for name, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return Table((str(frame.index.name), *map(str, frame.columns)), rows, caption)


def _setting(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _metric(value: Any) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) > 1 else f"{value:.4f}"


def signatures(saved_model: Any) -> View:
    """List the signatures of a loaded SavedModel.

    Args:
        saved_model: What ``tf.saved_model.load`` returned.

    Returns:
        The view; its ``data`` has one row for each input and output.

    Source:
        Book, chapter 6, "Model signatures"; https://www.tensorflow.org/guide/saved_model
    """
    rows: list[tuple[str, str, str, str, str]] = []
    for name, function in sorted(saved_model.signatures.items()):
        _, inputs = function.structured_input_signature
        for way, tensors in (("input", inputs), ("output", function.structured_outputs)):
            for key, tensor in sorted(tensors.items()):
                shape = ", ".join("any" if size is None else str(size) for size in tensor.shape)
                rows.append((name, way, key, tensor.dtype.name, f"[{shape}]"))
    return View("Signatures", [Table(("signature", "", "name", "type", "shape"), rows)])
