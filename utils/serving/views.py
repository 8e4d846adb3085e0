"""Views of a served model: how long requests took, how many were answered, and which version answered when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from utils.displays.fallback import Table
from utils.displays.views.axes import Axes, label, line, mark, path, picture, round_ticks
from utils.displays.views.base import View
from utils.serving.load import Load

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
        parts.append(mark(624, 16 + 20 * shape, shape))
        parts.append(label(634, 20 + 20 * shape, percentile))
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
        parts.append(path(places, order))
        parts += [
            mark(x, y, order, f"{name}, {clients} clients: {rate:.0f} requests in a second")
            for (x, y), (clients, rate) in zip(places, mine, strict=True)
        ]
        parts.append(mark(546, 40 + 20 * order, order))
        parts.append(label(556, 44 + 20 * order, name, characters=28))
    return picture(parts, (740, 252), title)


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
        parts.append(path(places, order))
        total = sum(counted[at, version] for at in mine)
        parts += [mark(x, y, order, f"version {version}") for x, y in places]
        parts.append(mark(546, 40 + 20 * order, order))
        parts.append(label(556, 44 + 20 * order, f"{version}: {total} answers", characters=30))
    _, top, _, bottom = axes.box
    for number, (name, when) in enumerate(happened.items()):
        x = axes.across(when)
        parts.append(line((x, top), (x, bottom), "threshold"))
        parts.append(label(x + 4, top + 24 + 14 * (number % 3), name, characters=30))
    return picture(parts, (740, 252), title)


def _short(seconds: float) -> str:
    return f"{seconds:.{max(0, 1 - math.floor(math.log10(seconds)))}f}"
