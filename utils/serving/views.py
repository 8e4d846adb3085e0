"""Views of a served model: how long requests took, how many were answered as the load rose, and by which version."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from utils.displays.fallback import Table
from utils.displays.views.axes import (
    Axes,
    curve,
    label,
    legend,
    line,
    mark,
    path,
    picture,
    round_ticks,
)
from utils.displays.views.base import View
from utils.serving.load import Load

if TYPE_CHECKING:
    import pandas as pd

_ROW = 28
_PERCENTILES = ("p50", "p95", "p99")


def latencies(loads: Mapping[str, Load], title: str = "Latency") -> View:
    """Draw the median, the 95th and the 99th percentile of the latencies of some loads.

    Args:
        loads: What :func:`utils.serving.load.run` returned, by name, in the order to show.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each load, with the percentiles in milliseconds.

    Raises:
        ValueError: There is no load, or one without an answered request.
    """
    for name, load in loads.items():
        if not len(load.latencies):
            raise ValueError(f"{name}: no request was answered, so there is no latency to draw.")
    if not loads:
        raise ValueError("latencies() was given no load: run one with utils.serving.load.run.")
    rows = [
        (str(name), len(load.latencies), load.failed, load.clients, *_milliseconds(load))
        for name, load in loads.items()
    ]
    columns = ("asked by", "answered", "failed", "clients", *(f"{p} (ms)" for p in _PERCENTILES))
    shown = [(*row[:4], *(f"{value:.1f}" for value in row[4:])) for row in rows]
    note = "Half of the requests took no longer than p50, 95 percent no longer than p95, 99 percent no longer than p99."
    facts = Table(("asked by", "answered", "failed", "clients", *_PERCENTILES), rows)
    return View(title, [Table(columns, shown)], _strips(rows, title), note, facts)


def _milliseconds(load: Load) -> tuple[float, float, float]:
    return 1000 * load.p50, 1000 * load.p95, 1000 * load.p99


def _strips(rows: list[tuple], title: str) -> str:
    """One line for each load, from its median to its 99th percentile."""
    times = [value for row in rows for value in row[4:]]
    height = _ROW * len(rows)
    axes = Axes((0, 1.05 * max(times)), (0, 1), (200, 0, 600, height + 4))
    left, top, right, bottom = axes.box
    parts = [line((left, top), (left, bottom)), line((left, bottom), (right, bottom))]
    parts.append(label((left + right) / 2, bottom + 34, "milliseconds", "middle"))
    parts += [
        label(axes.across(tick), height + 20, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    for number, (name, *_, p50, p95, p99) in enumerate(rows):
        y = _ROW * number + _ROW / 2
        parts.append(label(190, y + 4, name, "end", 28))
        parts.append(path([(axes.across(p50), y), (axes.across(p99), y)], number))
        parts += [
            mark(axes.across(value), y, shape, f"{name}, {percentile}: {value:.1f} ms")
            for shape, (percentile, value) in enumerate(
                zip(_PERCENTILES, (p50, p95, p99), strict=True)
            )
        ]
    for shape, percentile in enumerate(_PERCENTILES):
        parts += legend(624, 16 + 20 * shape, shape, percentile)
    said = ", ".join(f"{name} {p50:.1f} to {p99:.1f} ms" for name, *_, p50, _, p99 in rows)
    return picture(parts, (680, max(height, 60) + 44), f"{title}: {said}")


def throughput(
    curves: Mapping[str, Mapping[int, Load]], title: str = "Throughput by the number of clients"
) -> View:
    """Draw how many requests were answered in a second, by how many clients asked at the same time.

    Args:
        curves: By the name of a setting, loads by their number of clients.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each load: setting, clients, requests in a second, percentiles in
        milliseconds.

    Raises:
        ValueError: There is no load.
    """
    loads = [(str(name), n, load) for name, mine in curves.items() for n, load in mine.items()]
    if not loads:
        raise ValueError("throughput() was given no load: run one with utils.serving.load.run.")
    rows = [(name, int(n), load.throughput, *_milliseconds(load)) for name, n, load in loads]
    columns = ("setting", "clients", "requests in a second", *(f"{p} (ms)" for p in _PERCENTILES))
    shown = [
        (name, clients, f"{rate:.0f}", *(f"{value:.1f}" for value in times))
        for name, clients, rate, *times in rows
    ]
    facts = Table(("setting", "clients", "throughput", *_PERCENTILES), rows)
    return View(title, [Table(columns, shown)], _rates(rows, title), "", facts)


def _rates(rows: list[tuple], title: str) -> str:
    counts = sorted({clients for _, clients, *_ in rows})
    axes = Axes(
        (counts[0], counts[-1]), (0, 1.15 * max(rate for _, _, rate, *_ in rows)), log_x=True
    )
    parts = [axes.lines(counts, "clients at the same time", "requests in a second")]
    for order, name in enumerate(dict.fromkeys(name for name, *_ in rows)):
        mine = sorted((clients, rate) for one, clients, rate, *_ in rows if one == name)
        places = [(axes.across(clients), axes.down(rate)) for clients, rate in mine]
        said = (
            f"{name}, {clients} clients: {rate:.0f} requests in a second" for clients, rate in mine
        )
        parts += curve(places, order, said)
        parts += legend(546, 40 + 20 * order, order, name, 28)
    return picture(parts, (740, 252), title)


def rising(table: pd.DataFrame, target: float, title: str = "Latency as the load rises") -> View:
    """Draw the percentiles of the latency against the requests in a second.

    Args:
        table: What :func:`utils.serving.ramp.rising` returned: ``rate``, ``answered``, ``failed``, ``throughput``, and
            ``p50``, ``p95`` and ``p99`` in milliseconds.
        target: The latency, in milliseconds, to draw a line at.
        title: What is shown.

    Returns:
        The view; its ``data`` is the table.

    Raises:
        ValueError: There is no load in which a request was answered.
    """
    names = ("rate", "answered", "failed", "throughput", *_PERCENTILES)
    rows = [tuple(row) for row in table[list(names)].itertuples(index=False)]
    curves = {
        name: [(float(row[0]), float(row[4 + at])) for row in rows if math.isfinite(row[4 + at])]
        for at, name in enumerate(_PERCENTILES)
    }
    if not curves["p50"]:
        raise ValueError("rising() was given no load in which a request was answered.")
    columns = ("requests in a second", "answered", "failed", "answered in a second",
               *(f"{name} (ms)" for name in _PERCENTILES))  # fmt: skip
    shown = [
        (f"{row[0]:.0f}", int(row[1]), int(row[2]), f"{row[3]:.0f}", *(f"{t:.1f}" for t in row[4:]))
        for row in rows
    ]
    drawn = _rising(curves, target, title)
    return View(title, [Table(columns, shown)], drawn, "", Table(names, rows))


def _rising(curves: Mapping[str, list[tuple[float, float]]], target: float, title: str) -> str:
    """Latency upwards by its order of magnitude: beyond the knee it grows without end."""
    times = [time for points in curves.values() for _, time in points if time > 0]
    rates = [rate for points in curves.values() for rate, _ in points]
    low, high = math.log10(min([*times, target]) / 1.3), math.log10(max([*times, target]) * 2)
    axes = Axes((0, 1.05 * max(rates)), (low, high))
    left, top, right, bottom = axes.box
    parts = [
        line((left, bottom), (right, bottom)),
        line((left, top), (left, bottom)),
        label((left + right) / 2, bottom + 34, "requests in a second", "middle"),
        label(left + 6, top + 10, "milliseconds"),
    ]
    parts += [
        label(axes.across(tick), bottom + 16, f"{tick:g}", "middle")
        for tick in round_ticks(*axes.x)
    ]
    for power in range(math.ceil(low), math.floor(high) + 1):
        parts.append(label(left - 6, axes.down(power) + 4, f"{10.0**power:g}", "end"))
    y = axes.down(math.log10(target))
    parts.append(line((left, y), (right, y), "threshold"))
    parts.append(label(right, y - 5, f"target {target:.3g} ms", "end"))
    for order, (name, points) in enumerate(curves.items()):
        places = [(axes.across(rate), axes.down(math.log10(time))) for rate, time in points]
        words = (f"{name} at {rate:.0f} in a second: {time:.1f} ms" for rate, time in points)
        parts += curve(places, order, words)
        parts += legend(536, 40 + 20 * order, order, name)
    said = ", ".join(f"{rate:.0f} in a second {time:.0f} ms" for rate, time in curves["p95"])
    return picture(parts, (740, 252), f"{title}, p95: {said}")


def versions_over_time(
    answered: Iterable[tuple[float, object]],
    events: Mapping[str, float] | None = None,
    bins: int = 24,
    title: str = "Answers by version, over time",
) -> View:
    """Draw which version of a model answered how many requests, while time went by.

    Args:
        answered: For each answered request when, in seconds of any one clock, and the version.
        events: What happened when, by the same clock.
        bins: Into how many equal parts the time is cut.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each part of the time and version: when it begins, in seconds from the
        first answer, the version, and its answers.

    Raises:
        ValueError: There is no answer.
    """
    moments = [(float(when), str(version)) for when, version in answered]
    if not moments:
        raise ValueError("versions_over_time() was given no answer.")
    start = min(when for when, _ in moments)
    width = (max(when for when, _ in moments) - start) / bins or 1.0
    counted = Counter(
        (min(int((when - start) / width), bins - 1), version) for when, version in moments
    )
    versions = sorted({version for _, version in moments}, key=lambda one: (len(one), one))
    rows = [
        (at * width, version, counted[at, version])
        for at in range(bins)
        for version in versions
        if counted[at, version]
    ]
    happened = {str(name): when - start for name, when in (events or {}).items()}
    tables = [
        Table(("from second", "version", "answers"), [(f"{at:.2f}", *rest) for at, *rest in rows])
    ]
    if happened:
        moments_of = [(name, f"{when:.2f}") for name, when in happened.items()]
        tables.insert(0, Table(("what happened", "at second"), moments_of))
    drawn = _over_time(counted, versions, happened, width, bins, title)
    return View(title, tables, drawn, "", Table(("second", "version", "answers"), rows))


def _over_time(
    counted: Counter[tuple[int, str]],
    versions: list[str],
    happened: Mapping[str, float],
    width: float,
    bins: int,
    title: str,
) -> str:
    """One line for each version, and a dotted one across for whatever happened."""
    end = max([bins * width, *happened.values()])
    axes = Axes((0, end), (0, 1.6 * max(counted.values())))
    parts = [axes.lines(round_ticks(0, end), "seconds", f"answers in {_short(width)} s")]
    for order, version in enumerate(versions):
        mine = [at for at in range(bins) if counted[at, version]]
        run = range(max(mine[0] - 1, 0), min(mine[-1] + 2, bins))
        places = [(axes.across((at + 0.5) * width), axes.down(counted[at, version])) for at in run]
        parts += curve(places, order, [f"version {version}"] * len(places))
        total = sum(counted[at, version] for at in mine)
        parts += legend(546, 40 + 20 * order, order, f"{version}: {total} answers", 30)
    left, top, _, bottom = axes.box
    for number, (name, when) in enumerate(happened.items()):
        x = axes.across(when)
        parts.append(line((x, top), (x, bottom), "threshold"))
        room = 12 + 7 * len(name)
        crossed = any(0 < axes.across(other) - x < room for other in happened.values())
        at, anchor = (x - 4, "end") if crossed and x - left > room else (x + 4, "start")
        parts.append(label(at, top + 28 + 14 * (number % 4), name, anchor, 30))
    return picture(parts, (740, 252), title)


def _short(seconds: float) -> str:
    return f"{seconds:.{max(0, 1 - math.floor(math.log10(seconds)))}f}"
