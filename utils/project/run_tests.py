"""``make test``: every check as a visible step, all of them run, and a closing summary.

Notebooks are tested on copies, with stores of their own, so that a reader's work is neither
touched nor needed. Each is executed once: nbval judges the copy, the exercises are answered in it,
and the browser opens the notebook again in the store that it has filled.

Nox makes environments and runs commands in them. Here set-up has made the one environment, and the rest would have to
be written with nox too: stores and copies that steps share, and a summary that names every skip.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import folders, paths
from utils.errors import WorkbookError
from utils.project.run_notebooks import STARTUP_SECONDS, clock, find, scratch_tree

PYTHON = (sys.executable, "-m")

MOST_WORKERS = 2
"""How many notebooks run at a time: each may take 2 GB, and two processors."""


@dataclass(frozen=True)
class Step:
    """One check.

    Attributes:
        part: The part it belongs to, as in ``PART=unit``.
        name: What the summary calls it.
        command: The command; empty if there is nothing to check.
        missing: Why there is nothing to check, which counts as a failure: silence is no test.
        optional: Whether what is missing is a tool, which counts as a failure only where ``CI`` is set.
    """

    part: str
    name: str
    command: tuple[str, ...] = ()
    missing: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a step.

    Attributes:
        step: The step.
        passed: Whether it passed.
        seconds: How long it took.
        skipped: What was left out, each with its reason.
    """

    step: Step
    passed: bool
    seconds: float
    skipped: tuple[str, ...] = ()


def python_files(root: Path) -> bool:
    """Return whether a folder holds tests at all."""
    return any(root.rglob("test_*.py"))


def lint(root: Path, notebooks: Sequence[Path]) -> list[Step]:
    """Ruff's rules and format, on modules and notebooks, and notebooks without outputs.

    Args:
        root: The repository.
        notebooks: The notebooks.
    """
    places = [name for name in ("utils", "tests", "notebooks") if (root / name).exists()]
    steps = [
        Step("lint", "ruff check", (*PYTHON, "ruff", "check", *places)),
        Step("lint", "ruff format", (*PYTHON, "ruff", "format", "--check", *places)),
    ]
    if notebooks:
        names = [str(notebook.relative_to(root)) for notebook in notebooks]
        steps.append(
            Step(
                "lint",
                "notebooks without outputs",
                (*PYTHON, "utils.project.notebook_filter", "--check", *names),
            )
        )
    return steps


def types(root: Path, notebooks: Sequence[Path]) -> list[Step]:
    """Mypy on the modules and their tests; arguments as for :func:`lint`."""
    return [Step("types", "mypy", (*PYTHON, "mypy"))]


def pytest_step(
    part: str, name: str, *arguments: str, workers: int = 1, together: str = "file"
) -> Step:
    """Return a run of pytest.

    Args:
        part: The part that it belongs to.
        name: What the summary calls it.
        *arguments: Pytest's arguments.
        workers: Number of processes.
        together: Which tests stay in one process: those of a ``"file"``, or those that are marked as a ``"group"``.
    """
    # Without the last option the files with the most tests would begin, and not the longest.
    parallel = ("-n", str(workers), f"--dist=load{together}", "--no-loadscope-reorder")
    command = (*PYTHON, "pytest", *arguments, *(parallel if workers > 1 else ()))
    return Step(part, name, command)


def unit(
    root: Path, notebooks: Sequence[Path], workers: int = 1, seed: int | None = None
) -> list[Step]:
    """Return the unit tests.

    Args:
        root: The repository.
        notebooks: The notebooks.
        workers: Number of processes.
        seed: What their random order is made from; None for another one each time.
    """
    if not python_files(root / "tests"):
        return [Step("unit", "unit tests", missing="there are no tests in tests/")]
    chosen = ("tests", "-m", "not browser and not heavy", "--ignore=tests/browser", *order(seed))
    # Tests that wait for a server or another process leave a fifth of two processors idle: one process more takes it.
    return [pytest_step("unit", "unit tests", *chosen, workers=workers + 1)]


def order(seed: int | None) -> list[str]:
    """Return what pytest is told of the order of the tests.

    Args:
        seed: As for :func:`unit`.
    """
    return [] if seed is None else [f"--randomly-seed={seed}"]


def seconds_file(build: Path) -> Path:
    """Return where the seconds of each notebook's last run are kept, by its name without the ending.

    Args:
        build: The build folder.
    """
    return build / "notebook-seconds.json"


def longest_first(notebooks: Sequence[Path], build: Path) -> list[Path]:
    """Notebook in the order that keeps two workers busy until the end.

    Args:
        notebooks: The notebooks.
        build: The build folder, which may hold :func:`seconds_file`.

    Returns:
        The same notebooks, longest first by their last run; one that has not run yet counts by the minutes that its own
        head names, and without them by its code cells.
    """
    file = seconds_file(build)
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}

    def seconds(notebook: Path) -> float:
        if notebook.stem in known:
            return float(known[notebook.stem])
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        text = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        if said := re.search(r"(\d+) minutes? to run", text):
            return 60.0 * int(said[1])
        return SECONDS_A_CELL * sum(cell["cell_type"] == "code" for cell in cells)

    return sorted(notebooks, key=seconds, reverse=True)


def nbval(
    part: str, name: str, notebooks: Sequence[Path], store: Path, workers: int, *options: str
) -> Step:
    """Return the notebooks under nbval, whole notebooks in each process.

    Args:
        part: The part that the step belongs to.
        name: What the summary calls it.
        notebooks: Copies of the notebooks.
        store: The folder for the stores of the workers, and for what is executed.
        workers: Number of processes.
        *options: More options of ``tests/notebooks/nbval_plugin.py``.
    """
    arguments = [
        "--nbval-lax",
        "--nbval-current-env",
        f"--nbval-kernel-startup-timeout={STARTUP_SECONDS}",
        "--nbval-cell-timeout=1200",
        "-p", "no:cacheprovider",
        "-p", "no:randomly",
        "-p", "tests.notebooks.nbval_plugin",
        f"--stores={store}",
        *options,
        *map(str, longest_first(notebooks, paths.build())),
    ]  # fmt: skip
    return pytest_step(part, name, *arguments, workers=min(workers, MOST_WORKERS, len(notebooks)))


def notebooks(root: Path, copies: Sequence[Path], store: Path, workers: int = 1) -> list[Step]:
    """Return each notebook once, under nbval, its exercises answered right and wrong on the way.

    Args:
        root: The repository.
        copies: Copies of the notebooks.
        store: As for :func:`nbval`.
        workers: Number of processes.
    """
    if not copies:
        return [Step("notebooks", "notebooks", missing="there are no notebooks in notebooks/")]
    answers = (*PYTHON, "tests.notebooks.checked", *map(str, copies))
    return [
        Step("notebooks", "answers and facts for the copies", answers),
        nbval("notebooks", "notebooks (nbval)", copies, store, workers),
    ]


def browser(
    root: Path,
    notebooks: Sequence[Path],
    chromium: str | None = None,
    workers: int = 1,
    every: bool = True,
) -> list[Step]:
    """Return the browser tests; arguments as for :func:`lint`, the browser's path, and the number of processes.

    Args:
        root: The repository.
        notebooks: The notebooks.
        chromium: The browser's path.
        workers: Number of processes.
        every: Whether the notebooks are all there are.
    """
    if not (root / "tests" / "browser").is_dir() or not python_files(root / "tests" / "browser"):
        return [Step("browser", "browser tests", missing="there are no tests in tests/browser/")]
    if not chromium:
        cure = (
            "there is no Chromium: install it (`sudo apt install chromium`, or Chrome from its "
            "makers), or set WORKBOOK_CHROMIUM to the path of one"
        )
        return [Step("browser", "browser tests", missing=cure, optional=True)]
    names = " or ".join(["not test_a_chapter", *(notebook.stem for notebook in notebooks)])
    chosen = () if every else ("-k", names)
    workers = min(workers, MOST_WORKERS)
    usual = ("tests/browser", "-m", "not heavy", "-p", "no:randomly")
    return [
        pytest_step("browser", "browser tests", *usual, *chosen, workers=workers, together="group")
    ]


def heavy(
    root: Path, copies: Sequence[Path], store: Path, workers: int = 1, seed: int | None = None
) -> list[Step]:
    """Return what takes too long for every change; arguments as for :func:`notebooks` and :func:`unit`."""
    if not copies or not python_files(root / "tests"):
        return [Step("heavy", "long proofs", missing="there are no notebooks or no tests")]
    chosen = ("tests", "-m", "heavy", "--ignore=tests/browser", *order(seed))
    return [
        pytest_step("heavy", "long proofs", *chosen, workers=workers),
        nbval("heavy", "each notebook from an empty store", copies, store, workers, "--alone"),
    ]


PARTS = ("lint", "types", "unit", "notebooks", "browser", "heavy")
"""The parts, in their order."""

USUAL = PARTS[:-1]
"""The parts that run when none is named."""

SECONDS_A_CELL = 1.5
"""What a notebook's code cell takes, about, until the notebook has been timed."""


def choose(wanted: str) -> list[str]:
    """Return the parts to run.

    Args:
        wanted: Names with commas or spaces between; empty for :data:`USUAL`.

    Returns:
        Names, in the order of :data:`PARTS`.

    Raises:
        ValueError: If one is unknown.
    """
    names = wanted.replace(",", " ").split()
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        raise ValueError(
            f"There is no part {unknown[0]!r} of the tests; there are: {', '.join(PARTS)}."
        )
    return [part for part in PARTS if part in (names or USUAL)]


def steps(
    parts: Sequence[str],
    root: Path,
    sources: Sequence[Path],
    copies: Mapping[str, Sequence[Path]],
    store: Path,
    workers: int,
    every: bool = True,
    seed: int | None = None,
) -> list[Step]:
    """Return all steps of the chosen parts.

    Args:
        parts: Their names.
        root: The repository.
        sources: The notebooks.
        copies: Copies of them, for running, by the part that runs them.
        store: The folder for the stores of this run.
        workers: Number of processes.
        every: Whether the notebooks are all there are.
        seed: As for :func:`unit`.

    Returns:
        The steps, in order.
    """
    chromium = os.environ.get("WORKBOOK_CHROMIUM")
    makers: dict[str, Callable[[], list[Step]]] = {
        "lint": lambda: lint(root, sources),
        "types": lambda: types(root, sources),
        "unit": lambda: unit(root, sources, workers, seed),
        "notebooks": lambda: notebooks(root, copies["notebooks"], store, workers),
        "browser": lambda: browser(root, sources, chromium, workers, every),
        "heavy": lambda: heavy(root, copies["heavy"], store, workers, seed),
    }
    return [step for part in parts for step in makers[part]()]


def skips(report: Path) -> tuple[str, ...]:
    """Return what pytest left out.

    Args:
        report: Pytest's report in JUnit's XML; it need not exist.

    Returns:
        A line for each test that was skipped: its name and the reason.
    """
    if not report.exists():
        return ()
    found = ET.parse(report).iter("testcase")
    return tuple(
        f"{case.get('classname')}.{case.get('name')}: {skipped.get('message')}"
        for case in found
        for skipped in case.findall("skipped")
    )


def run_step(
    step: Step,
    env: Mapping[str, str],
    cwd: Path,
    timeout: float | None = None,
    report: Path | None = None,
) -> Outcome:
    """Run a step in sight, and end what it started when interrupted.

    Args:
        step: The step.
        env: Environment variables.
        cwd: The folder it runs in.
        timeout: Seconds after which it counts as failed; None to wait.
        report: Where a run of pytest tells what it left out; None to do without.

    Returns:
        What became of it.
    """
    start = time.monotonic()
    if step.missing:
        print(step.missing, flush=True)
        left_out = step.optional and env.get("CI", "").lower() not in ("1", "true")
        return Outcome(step, left_out, 0)
    command = step.command
    if report is not None and "pytest" in command:
        command = (*command, f"--junitxml={report}")
    process = subprocess.Popen(command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL)
    try:
        code = process.wait(timeout)
    except BaseException as stopped:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        if not isinstance(stopped, subprocess.TimeoutExpired):
            raise
        code = 1
    skipped = skips(report) if report is not None else ()
    return Outcome(step, code == 0, time.monotonic() - start, skipped)


def word(outcome: Outcome) -> str:
    """Return ``"passed"``, ``"FAILED"``, or ``"skipped"`` where a tool is missing that need not be there."""
    if not outcome.passed:
        return "FAILED"
    return "skipped" if outcome.step.missing else "passed"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the closing words.

    Args:
        outcomes: What became of each step.

    Returns:
        A line for each step, a line for each test that was left out, and a last line ``Steps: N passed, N failed``,
        with ``, N skipped`` where a step was.
    """
    lines = [
        f"  {word(outcome)}  {clock(outcome.seconds):>6}  "
        f"{outcome.step.name}"
        + (f": {outcome.step.missing}" if outcome.step.missing else "")
        + ("" if outcome.passed else f"  (alone: make test PART={outcome.step.part})")
        for outcome in outcomes
    ]
    words = [word(outcome) for outcome in outcomes]
    failed, left_out = words.count("FAILED"), words.count("skipped")
    skipped = [f"  {line}" for outcome in outcomes for line in outcome.skipped]
    total = clock(sum(outcome.seconds for outcome in outcomes))
    stack = f"TFX {paths.stack()}, Python {sys.version.split()[0]}"
    return "\n".join(
        [
            "",
            f"Summary ({stack}, {total}):",
            *lines,
            *(["Left out:", *skipped] if skipped else []),
            f"Steps: {words.count('passed')} passed, {failed} failed"
            + (f", {left_out} skipped" if left_out else ""),
        ]
    )


@contextlib.contextmanager
def own_store(build: Path) -> Iterator[Path]:
    """Make a new store for one run of the tests, deleted at its end.

    Args:
        build: The build folder.

    Yields:
        Its folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="test-store-", dir=folders.make(build)))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``[--part PARTS] [--jobs N] [--chapter CHAPTER] [--seed N]``.

    Returns:
        0; 1 if a step failed, a name is unknown or the build folder cannot be written; 130 if interrupted.
    """
    parser = argparse.ArgumentParser(prog="make test", description="Runs the checks.")
    parser.add_argument("--part", default="", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--chapter", default="", help="only this chapter's notebook")
    parser.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="processes at a time"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1 if os.environ.get("CI") == "true" else None,
        help="what the order of unit and heavy tests is made from; else another one each time, 1 where CI=true",
    )
    arguments = parser.parse_args(argv)
    outcomes: list[Outcome] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        parts = choose(arguments.part)
        has_notebooks = any(paths.NOTEBOOKS.glob("*.ipynb"))
        sources = (
            find(paths.NOTEBOOKS, arguments.chapter) if has_notebooks or arguments.chapter else []
        )
        with contextlib.ExitStack() as made:
            store = made.enter_context(own_store(paths.build()))
            copies = {
                part: sorted(
                    made.enter_context(scratch_tree(paths.build(), sources, f"test-{part}-")).glob(
                        "*.ipynb"
                    )
                )
                for part in parts
                if part in ("notebooks", "heavy")
            }
            env = {**os.environ, "WORKBOOK_STORE": str(store), "PYTHONUNBUFFERED": "1"}
            every = steps(
                parts,
                paths.ROOT,
                sources,
                copies,
                store,
                arguments.jobs,
                every=not arguments.chapter,
                seed=arguments.seed,
            )
            for number, step in enumerate(every, start=1):
                print(f"\n=== [{number}/{len(every)}] {step.name}", flush=True)
                report = store / f"report-{number}.xml"
                outcome = run_step(step, env, paths.ROOT, report=report)
                outcomes.append(outcome)
                print(
                    f"--- {step.name}: {word(outcome)}, {clock(outcome.seconds)}",
                    flush=True,
                )
    except (ValueError, WorkbookError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(summary(outcomes) + "\nInterrupted: the steps that are not listed did not run.")
        return 130
    print(summary(outcomes))
    return 1 if any(not outcome.passed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
