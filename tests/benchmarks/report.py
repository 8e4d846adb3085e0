"""The report on all that was measured: ``BENCHMARKS.md`` with its pictures, and the sentence that the README quotes."""

from __future__ import annotations

import hashlib
import itertools
import json
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.benchmarks import chapters, flink, results
from tests.benchmarks.pipeline import ROUNDS, SIZES
from tests.benchmarks.results import GB, Measured
from tests.benchmarks.ways import TUTORIAL, WORKBOOK
from tests.mutation.modules import MODULES
from utils import paths
from utils.files import atomic_text
from utils.project import tables

PAGE = paths.ROOT / "BENCHMARKS.md"
README = paths.ROOT / "README.md"
PICTURES = paths.ROOT / ".github" / "pictures"
COLOURS = {WORKBOOK: "#0b6e4f", TUTORIAL: "#b35c00"}

HEAD = """# Benchmarks

Made by `make bench` from what it measured, each part in one run on one machine; `make bench PART=pipeline`
measures one part again. Nothing here is typed in: the figures lie in `tests/benchmarks/measured/`.

Memory is the most that all processes of a run held at once, shared pages counted once. "Ten million additions"
is a loop in plain Python before each part: a shared machine may be twice as fast an hour later, so compare within
a part.
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown, its first column to the left and all others to the right."""
    lines = [f"| {' | '.join(head)} |", f"| --- {'| ---: ' * (len(head) - 1)}|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def seconds(value: float) -> str:
    """Return seconds: with a decimal below ten. There are no minutes, so that what stands in one line compares."""
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def memory(value: float) -> str:
    """Return bytes in GB."""
    return f"{value / GB:.2f} GB"


def origin(part: str, found: Measured) -> str:
    """Return the line that says where figures come from."""
    return f"`make bench PART={part}` on {found.date}: {found.machine}; ten million additions took {found.loop}."


def medians(found: Measured) -> dict[str, dict[str, dict[str, float]]]:
    """Return the medians of a part that has several rounds.

    Args:
        found: The part ``pipeline``.

    Returns:
        By way and step: ``seconds`` and ``cpu`` as medians, ``peak`` as the largest, ``low`` and ``high`` of seconds.
    """
    made: dict[str, dict[str, dict[str, float]]] = {}
    for way in (WORKBOOK, TUTORIAL):
        of_way = [one for one in found.records if one["way"] == way]
        made[way] = {}
        for step in dict.fromkeys(one["step"] for one in of_way):
            runs = [one for one in of_way if one["step"] == step]
            times = [one["seconds"] for one in runs]
            made[way][step] = {
                "seconds": statistics.median(times),
                "low": min(times),
                "high": max(times),
                "cpu": statistics.median(one["cpu"] for one in runs),
                "peak": max(one["peak"] for one in runs),
            }
    return made


def ratio(found: Measured) -> float:
    """Return the median time of the workbook's way as a share of the tutorial's."""
    of = medians(found)
    return of[WORKBOOK]["whole"]["seconds"] / of[TUTORIAL]["whole"]["seconds"]


def quote() -> str:
    """Return the sentence for the README.

    Returns:
        Markdown; empty where nothing was measured yet.
    """
    found = results.read("pipeline")
    if found is None:
        return ""
    of = medians(found)
    ours, theirs = of[WORKBOOK]["whole"], of[TUTORIAL]["whole"]
    return (
        f"- **Waiting**: chapter 1's whole pipeline takes {ours['seconds']:.0f} seconds, and "
        f"{theirs['seconds']:.0f} when it is written\n  as TFX's tutorials do ([all benchmarks](BENCHMARKS.md))."
    )


def _figure(name: str, found: Measured, draw: Callable[[Any], None], height: float) -> None:
    """Draw a picture as SVG, the same bytes for the same figures; its description is a hash of its records."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot

    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path", "font.size": 10}):
        figure, axes = pyplot.subplots(figsize=(8, height), layout="constrained")
        figure.patch.set_facecolor("white")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        draw(axes)
        records = hashlib.sha256(json.dumps(found.records, sort_keys=True).encode()).hexdigest()
        about = {"Date": None, "Description": f"SHA-256 of the records: {records}"}
        figure.savefig(PICTURES / f"{name}.svg", metadata=about)
        pyplot.close(figure)


def pipeline_part(found: Measured) -> str:
    """Return the section on the two ways, and draw its picture."""
    of = medians(found)
    steps = [step for step in of[WORKBOOK] if step != "whole"]

    def draw(axes: Any) -> None:
        for place, step in enumerate(steps):
            for shift, way in ((-0.2, WORKBOOK), (0.2, TUTORIAL)):
                value = of[way][step]
                label = way if not place else None
                axes.barh(place + shift, value["seconds"], 0.36, color=COLOURS[way], label=label)
                axes.plot([value["low"], value["high"]], [place + shift] * 2, color="black", lw=1)
        axes.set_yticks(range(len(steps)), steps)
        axes.invert_yaxis()
        axes.set_xlabel(
            f"seconds: bars are medians of {ROUNDS} runs, lines reach from the fastest to the slowest"
        )
        axes.legend(frameon=False, loc="lower right")

    _figure("bench_pipeline", found, draw, 4.6)
    rows = []
    for step in [*steps, "whole"]:
        ours, theirs = of[WORKBOOK][step], of[TUTORIAL][step]
        cells = [
            step,
            seconds(ours["seconds"]),
            seconds(theirs["seconds"]),
            f"{ours['seconds'] / theirs['seconds']:.2f}",
            seconds(ours["cpu"]),
            seconds(theirs["cpu"]),
            memory(ours["peak"]),
            memory(theirs["peak"]),
        ]
        rows.append([f"**{cell}**" for cell in cells] if step == "whole" else cells)
    head = ("step", "here", "tutorial", "ratio", "CPU here", "tutorial", "memory here", "tutorial")
    share = ratio(found)
    verdict = "within" if share <= 0.6 else "above"
    return (
        "## Chapter 1's pipeline, here and as a tutorial of TFX writes it\n\n"
        f"{SIZES[0]:,} complaints, from the import of TFX to the pushed model, in a process and a store of its own\n"
        f"each time, {ROUNDS} times each way, in turn. Rows, features, network and thresholds are the same.\n"
        "The tutorial's way is `CsvExampleGen` over a folder, module files that TFX packs, Transform with statistics\n"
        "and cache, a plain `InteractiveContext`, and no arguments for Beam (`tests/benchmarks/tutorial.py`).\n\n"
        "![Seconds of each step, here and in the tutorial's way](.github/pictures/bench_pipeline.svg)\n\n"
        f"{table(head, rows)}\n\n"
        f"The whole takes {share:.2f} of the tutorial's time, {verdict} the budget of 0.60. "
        f"{origin('pipeline', found)}\n"
    )


def rows_part(found: Measured) -> str:
    """Return the section on the rows, and draw its picture."""
    sizes = sorted({one["rows"] for one in found.records})
    steps = [s for s in dict.fromkeys(one["step"] for one in found.records) if s != "whole"]
    at = {(one["rows"], one["step"]): one for one in found.records}
    grown = [step for step in steps if at[sizes[1], step]["seconds"] > 1.0]

    def draw(axes: Any) -> None:
        for step in grown:
            points = [(size, at[size, step]["seconds"]) for size in sizes if (size, step) in at]
            axes.plot(*zip(*points, strict=True), marker="o", label=step)
        axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="seconds")
        axes.legend(frameon=False)

    _figure("bench_rows", found, draw, 4.6)
    lines = []
    for step in steps:
        line = [step]
        for size in sizes:
            one = at.get((size, step))
            line += (
                [seconds(one["seconds"]), seconds(one["cpu"]), memory(one["peak"])]
                if one
                else ["-"] * 3
            )
        lines.append(line)
    head = ["step"]
    for size in sizes:
        head += [f"{size:,} rows", "CPU", "memory"]
    worst = max(
        at[many, step]["seconds"] / at[few, step]["seconds"] / (many / few)
        for few, many in itertools.pairwise(sizes)
        for step in grown
        if (many, step) in at
    )
    verdict = (
        "no step's time grows faster than the rows"
        if worst <= 1
        else "a step's time grows faster than the rows"
    )
    return (
        "## More rows\n\n"
        "The workbook's way, over more and more complaints of the same span.\n\n"
        "![Seconds of the steps against the rows, both on logarithmic scales](.github/pictures/bench_rows.svg)\n\n"
        f"{table(head, lines)}\n\n"
        f"For ten times the rows a step takes at most {10 * worst:.2f} times as long: {verdict}. "
        f"{origin('rows', found)}\n"
    )


def chapters_part(found: Measured) -> str:
    """Return the section on the chapters, and draw its picture."""
    of: dict[str, dict[str, dict[str, Any]]] = {}
    for one in found.records:
        of.setdefault(one["chapter"], {})[one["store"]] = one

    def draw(axes: Any) -> None:
        names = list(of)
        for place, name in enumerate(names):
            one = of[name].get(chapters.AFTER)
            if one is None:
                continue
            limit = chapters.budget(name.partition("_")[0], chapters.AFTER)
            colour = COLOURS[WORKBOOK] if one["seconds"] <= limit else COLOURS[TUTORIAL]
            axes.barh(place, one["seconds"], 0.6, color=colour)
            axes.plot([limit] * 2, [place - 0.4, place + 0.4], color="black", lw=1.5)
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.set_xlabel("seconds, when the chapters before have run; the line is the budget")

    _figure("bench_chapters", found, draw, 5.5)
    lines, above = [], []
    for name, stores in of.items():
        number, line = name.partition("_")[0], [name.replace("_", " ")]
        peaks = [one["peak"] for one in stores.values()]
        for how in (chapters.ALONE, chapters.AFTER):
            took = stores.get(how)
            limit = chapters.budget(number, how)
            if took is None:
                line += ["-", seconds(limit)]
                continue
            line += [seconds(took["seconds"]) if took["ok"] else "failed", seconds(limit)]
            if took["seconds"] > limit:
                above.append(f"{name} {how} by {seconds(took['seconds'] - limit)}")
        limit = chapters.budget(number, "memory")
        if max(peaks) > limit * GB:
            above.append(f"{name} in memory by {(max(peaks) / GB - limit):.2f} GB")
        sizes = [one for one in stores.values() if "notebook" in one]
        line += [memory(max(peaks)), f"{limit:g} GB"]
        line += (
            [f"{sizes[-1]['notebook'] / 1e6:.1f} MB", f"{sizes[-1]['largest'] / 1e6:.2f} MB"]
            if sizes
            else ["-"] * 2
        )
        lines.append(line)
    head = (
        "chapter",
        "alone",
        "budget",
        "after the others",
        "budget",
        "memory",
        "budget",
        "its file, executed",
        "largest output",
    )
    last = f"Above their budgets: {'; '.join(above)}." if above else "All lie within their budgets."
    return (
        "## The chapters\n\n"
        "Each as `make run` executes it: alone, from an empty store, and in order in one store. The size of its file\n"
        "is what the displays leave in it.\n\n"
        "![Seconds of each chapter, and its budget](.github/pictures/bench_chapters.svg)\n\n"
        f"{table(head, lines)}\n\n{last} {origin('chapters', found)}\n"
    )


def binder_part(found: Measured) -> str:
    """Return the section on Binder."""
    lines = [
        [
            one["chapter"].replace("_", " "),
            seconds(one["seconds"]),
            memory(one["peak"]),
            "runs" if one["ok"] else "does not run to its end",
        ]
        for one in found.records
    ]
    return (
        "## On a machine like Binder's\n\n"
        "One processor, and ended as soon as all processes together hold more than 2 GiB; each chapter alone.\n\n"
        f"{table(('chapter', 'time', 'memory', ''), lines)}\n\n{origin('binder', found)}\n"
    )


def cluster_part(found: Measured) -> str:
    """Return the section on the cluster, by rows and component."""
    at = {
        (one["rows"], one["task_managers"], one["step"]): one
        for one in sorted(found.records, key=lambda one: one["rows"])
        if one["step"] in flink.STEPS
    }
    counts = sorted({one["task_managers"] for one in found.records})
    keys = dict.fromkeys((rows, step) for rows, _, step in at)
    lines = []
    for rows, step in keys:
        cells = [at.get((rows, count, step)) for count in counts]
        speeds = Measured(found.machine, [one for one in cells if one]).loop
        line = [f"{rows:,} {step}"]
        for one in cells:
            held = one and one.get("peak")
            line += [seconds(one["seconds"]) if one else "-", memory(held) if held else "-"]
        lines.append([*line, speeds])
    for rows in dict.fromkeys(rows for rows, _ in keys):
        peaks = {
            one["task_managers"]: one["peak_of_run"]
            for one in at.values()
            if one["rows"] == rows and "peak_of_run" in one
        }
        if peaks:
            line = [f"{rows:,} all in one run"]
            for count in counts:
                line += ["", memory(peaks[count]) if count in peaks else "-"]
            lines.append([*line, ""])
    head = ["rows, step"]
    for count in counts:
        head += [results.where(count), "memory"]
    return (
        "## A Flink cluster against one process\n\n"
        "All of it shares the processors of this one machine: this shows what a cluster costs, not what it is for.\n"
        "Where a line has its own memory, the component ran alone, over the same inputs, in a process of its own each\n"
        "time, and the last column is the mean while it ran; the others ran in one run, one after another. Compare\n"
        "within a line.\n\n"
        f"{table((*head, 'ten million additions'), lines)}\n\n{origin('cluster', found)}\n"
    )


def strength(records: Sequence[dict[str, Any]]) -> float:
    """Return the share that tests notice of the mutants that change behaviour.

    Args:
        records: One for each module: ``mutants``, ``noticed`` and ``equivalent``, those that change nothing.

    Returns:
        The share, from 0 to 1.
    """
    counts = {
        name: sum(one[name] for one in records) for name in ("mutants", "noticed", "equivalent")
    }
    return counts["noticed"] / (counts["mutants"] - counts["equivalent"])


def mutation_part(found: Measured) -> str:
    """Return the section on the tests, of which faults are planted into the code to see whether they notice."""
    names = ("mutants", "noticed", "equivalent", "survived")
    by_module = {one["module"]: one for one in found.records}
    records = [by_module[module] for module in MODULES if module in by_module]
    lines = [
        [f"`{one['module']}`", *(str(one[name]) for name in names), f"{strength([one]):.0%}"]
        for one in records
    ]
    total = [str(sum(one[name] for one in records)) for name in names]
    lines.append([f"**{cell}**" for cell in ("all", *total, f"{strength(records):.1%}")])
    made = sum(one["made"] for one in records)
    hung = sum(one["hung"] for one in records)
    missing = ", ".join(f"`{module}`" for module in MODULES if module not in by_module)
    left = f"Not measured yet: {missing}.\n\n" if missing else ""
    head = ("module", "mutants", "noticed", "change nothing", "survived", "noticed of the rest")
    return (
        "## Test strength\n\n"
        "`make mutate` changes the modules that compute, one expression at a time, and runs each module's own\n"
        f"tests on each change: on {total[0]} of {made:,}, drawn by a fixed seed. Changes of only an error's wording\n"
        "are left out. Those that change no behaviour stand in `tests/mutation/equivalent.json`, with reasons.\n\n"
        f"{table(head, lines)}\n\n{left}"
        f"Tests that did not end count as noticing: {hung} of these. "
        f"`make mutate` on {found.date}: {found.machine}.\n"
    )


def fuzzing_part(found: Measured) -> str:
    """Return the section on hostile input."""
    counts = ("inputs", "accepted", "refused", "failed")
    lines = [
        [one["target"], *(f"{one[name]:,}" for name in counts), seconds(one["seconds"])]
        for one in found.records
    ]
    total = {name: sum(one[name] for one in found.records) for name in (*counts, "seconds")}
    last = ["all", *(f"{total[name]:,}" for name in counts), seconds(total["seconds"])]
    lines.append([f"**{cell}**" for cell in last])
    seeds = sorted({one["seed"] for one in found.records})
    return (
        "## Hostile input\n\n"
        "Damaged files, requests and texts, made from a seed: each must be taken, or refused by an error that says\n"
        "what is wrong. Anything else is a fault: another exception, a wait, a lost row, text that becomes markup, an\n"
        "answer of 5xx without need, memory that grows (`tests/fuzzing`).\n\n"
        f"{table(('given to', 'inputs', 'taken', 'refused', 'faults', 'time'), lines)}\n\n"
        f"{total['inputs']:,} inputs, {total['failed']:,} faults. `make fuzz` on {found.date}, seed "
        f"{', '.join(map(str, seeds))}: {found.machine}; ten million additions took {found.loop}.\n"
    )


def accessibility_part(found: Measured) -> str:
    """Return the section on what axe-core and the keyboard find on the site's pages."""
    lines = []
    theirs: Counter[tuple[str, str]] = Counter()
    notebooks = sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb"))
    for one in sorted(found.records, key=lambda one: (one["page"] in notebooks, one["page"])):
        lines.append(
            [
                one["page"].replace("_", " "),
                str(one["rules_passed"]),
                str(one["violations_ours"]),
                str(one["violations_theirs"]),
                str(one["keyboard_reached"]),
            ]
        )
        for owner, rule, count in one["theirs"]:
            theirs[owner, rule] += count
    rest = [[owner, f"`{rule}`", str(count)] for (owner, rule), count in sorted(theirs.items())]
    ours = sum(one["violations_ours"] for one in found.records)
    unseen = sum(len(one["keyboard_unseen"]) for one in found.records)
    kept = sum(len(one["keyboard_trapped"]) for one in found.records)
    measured = {one["page"] for one in found.records}
    missing = [page for page in notebooks if page not in measured]
    left = f"Not measured yet: {', '.join(missing)}.\n\n".replace("_", " ") if missing else ""
    head = ("page", "rules kept", "violations, ours", "in third-party views", "reached by keyboard")
    return (
        "## Accessibility\n\n"
        "What [axe-core](https://github.com/dequelabs/axe-core) says of the pages of the site by its rules for WCAG\n"
        "2.0, 2.1 and 2.2, levels A and AA: light and dark, 1440 and 375 pixels wide, with all live views open. A\n"
        "violation is one element that breaks one rule. Ours is everything that this repository draws; the rest lies\n"
        "in what the packages of the genuine interfaces draw. Each of those has the same facts as a table below it.\n\n"
        f"{table(head, lines)}\n\n{left}"
        f"In what is ours there are {ours} violations. Of what the keyboard reaches outside the live views, {unseen}\n"
        f"show no focus, and {kept} live views do not let it go. `make accessibility` on {found.date}:\n"
        f"{found.machine}.\n\n"
        "In third-party views:\n\n"
        f"{table(('interface', 'rule', 'elements'), rest)}\n"
    )


SECTIONS: dict[str, Callable[[Measured], str]] = {
    "pipeline": pipeline_part,
    "rows": rows_part,
    "chapters": chapters_part,
    "binder": binder_part,
    "cluster": cluster_part,
    "mutation": mutation_part,
    "fuzzing": fuzzing_part,
    "accessibility": accessibility_part,
}


def page() -> str:
    """Return the text of the report, from all parts that were measured; its pictures are drawn."""
    parts = [(make, results.read(name)) for name, make in SECTIONS.items()]
    return "\n".join([HEAD, *(make(found) for make, found in parts if found is not None)])


def readme() -> str:
    """Return the text of the README with the sentence that quotes the report."""
    return tables.put(README.read_text("utf-8"), "waiting", quote(), by="make bench")


def write() -> None:
    """Write the report and the README's sentence."""
    for path, text in ((PAGE, page()), (README, readme())):
        with atomic_text(path) as file:
            file.write(text)
        print(f"{path.name} is written anew.")
