"""``make test``: every check as a visible step, all of them run, and a closing summary.

Notebooks are tested on copies, with a store of their own, so that a reader's work is neither
touched nor needed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import paths
from utils.project.run_notebooks import STARTUP_SECONDS, clock, find, scratch_tree

PYTHON = (sys.executable, "-m")

EXERCISES = "tests/notebooks/test_exercises.py"
"""The test that runs whole notebooks from an empty store; nbval then runs them with a full one."""


@dataclass(frozen=True)
class Step:
    """One check.

    Attributes:
        part: The part it belongs to, as in ``PART=unit``.
        name: What the summary calls it.
        command: The command; empty if there is nothing to check.
        missing: Why there is nothing to check, which counts as a failure: silence is no test.
    """

    part: str
    name: str
    command: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a step.

    Attributes:
        step: The step.
        passed: Whether it passed.
        seconds: How long it took.
    """

    step: Step
    passed: bool
    seconds: float


def python_files(root: Path) -> bool:
    """Whether a folder holds tests at all."""
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


def unit(root: Path, notebooks: Sequence[Path], workers: int = 1) -> list[Step]:
    """The unit tests; arguments as for :func:`lint`, and the number of processes."""
    if not python_files(root / "tests"):
        return [Step("unit", "unit tests", missing="there are no tests in tests/")]
    parallel = ["-n", str(workers), "--dist", "loadfile"] if workers > 1 else []
    return [
        Step(
            "unit",
            "unit tests",
            (
                *PYTHON,
                "pytest",
                "tests",
                "-m",
                "not browser",
                "--ignore=tests/browser",
                f"--ignore={EXERCISES}",
                *parallel,
            ),
        )
    ]


def answers(root: Path, notebooks: Sequence[Path]) -> list[Step]:
    """The exercises, each answered right and wrong inside its own running notebook; arguments as for :func:`lint`.

    One notebook after another, as for :func:`nbval`: chapter 2 compares the whole store before and after a run.
    """
    if not (root / EXERCISES).exists() or not notebooks:
        return [Step("notebooks", "exercises", missing=f"there are no notebooks or no {EXERCISES}")]
    chosen = " or ".join(["test_every", *(notebook.stem for notebook in notebooks)])
    return [Step("notebooks", "exercises", (*PYTHON, "pytest", EXERCISES, "-k", chosen))]


def nbval(root: Path, notebooks: Sequence[Path]) -> list[Step]:
    """The notebooks under nbval; arguments as for :func:`lint`, the notebooks being the copies."""
    if not notebooks:
        return [Step("notebooks", "notebooks", missing="there are no notebooks in notebooks/")]
    options = [
        "--nbval-lax",
        "--nbval-current-env",
        f"--nbval-kernel-startup-timeout={STARTUP_SECONDS}",
        "--nbval-cell-timeout=1200",
        "-p", "no:cacheprovider",
    ]  # fmt: skip
    command = (*PYTHON, "pytest", *options, *map(str, notebooks))
    return [Step("notebooks", "notebooks (nbval)", command)]


def browser(root: Path, notebooks: Sequence[Path], chromium: str | None = None) -> list[Step]:
    """The browser tests; arguments as for :func:`lint`, and the browser's path."""
    if not (root / "tests" / "browser").is_dir() or not python_files(root / "tests" / "browser"):
        return [Step("browser", "browser tests", missing="there are no tests in tests/browser/")]
    if not chromium:
        cure = (
            "there is no Chromium: install it (`sudo apt install chromium`, or Chrome from its "
            "makers), or set WORKBOOK_CHROMIUM to the path of one"
        )
        return [Step("browser", "browser tests", missing=cure)]
    return [Step("browser", "browser tests", (*PYTHON, "pytest", "tests/browser"))]


PARTS = ("lint", "types", "unit", "notebooks", "browser")
"""The parts, in their order."""


def choose(wanted: str) -> list[str]:
    """The parts to run.

    Args:
        wanted: Names with commas or spaces between; empty for all.

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
    return [part for part in PARTS if part in names or not names]


def steps(
    parts: Sequence[str], root: Path, sources: Sequence[Path], copies: Sequence[Path], workers: int
) -> list[Step]:
    """All steps of the chosen parts.

    Args:
        parts: Their names.
        root: The repository.
        sources: The notebooks.
        copies: Copies of them, for running.
        workers: Processes for the unit tests.

    Returns:
        The steps, in order.
    """
    makers: dict[str, Callable[[], list[Step]]] = {
        "lint": lambda: lint(root, sources),
        "types": lambda: types(root, sources),
        "unit": lambda: unit(root, sources, workers),
        "notebooks": lambda: [*answers(root, copies), *nbval(root, copies)],
        "browser": lambda: browser(root, sources, os.environ.get("WORKBOOK_CHROMIUM")),
    }
    return [step for part in parts for step in makers[part]()]


def run_step(
    step: Step, env: Mapping[str, str], cwd: Path, timeout: float | None = None
) -> Outcome:
    """Runs a step in sight, and ends what it started when interrupted.

    Args:
        step: The step.
        env: Environment variables.
        cwd: The folder it runs in.
        timeout: Seconds after which it counts as failed; None to wait.

    Returns:
        What became of it.
    """
    start = time.monotonic()
    if step.missing:
        print(step.missing, flush=True)
        return Outcome(step, False, 0)
    process = subprocess.Popen(step.command, env=dict(env), cwd=cwd, stdin=subprocess.DEVNULL)
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
    return Outcome(step, code == 0, time.monotonic() - start)


def summary(outcomes: Sequence[Outcome]) -> str:
    """The closing words.

    Args:
        outcomes: What became of each step.

    Returns:
        A line for each step, and a last line ``Steps: N passed, N failed``.
    """
    lines = [
        f"  {'passed' if outcome.passed else 'FAILED'}  {clock(outcome.seconds):>6}  "
        f"{outcome.step.name}"
        + (f": {outcome.step.missing}" if outcome.step.missing else "")
        + ("" if outcome.passed else f"  (alone: make test PART={outcome.step.part})")
        for outcome in outcomes
    ]
    failed = sum(not outcome.passed for outcome in outcomes)
    total = clock(sum(outcome.seconds for outcome in outcomes))
    stack = f"TFX {paths.stack()}, Python {sys.version.split()[0]}"
    return "\n".join(
        [
            "",
            f"Summary ({stack}, {total}):",
            *lines,
            f"Steps: {len(outcomes) - failed} passed, {failed} failed",
        ]
    )


@contextlib.contextmanager
def own_store(build: Path) -> Iterator[Path]:
    """A new store for one run of the tests, deleted at its end.

    Args:
        build: The build folder.

    Yields:
        Its folder.
    """
    build.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="test-store-", dir=build))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(argv: list[str]) -> int:
    """Runs the command line.

    Args:
        argv: ``[--part PARTS] [--jobs N] [--chapter CHAPTER]``.

    Returns:
        0; 1 if a step failed or a name is unknown; 130 if interrupted.
    """
    parser = argparse.ArgumentParser(prog="make test", description="Runs the checks.")
    parser.add_argument("--part", default="", help=f"only these: {', '.join(PARTS)}")
    parser.add_argument("--chapter", default="", help="only this chapter's notebook")
    parser.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="processes for the unit tests"
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
        with (
            own_store(paths.build()) as store,
            scratch_tree(paths.build(), sources, "test-notebooks-") as copies,
        ):
            env = {**os.environ, "WORKBOOK_STORE": str(store), "PYTHONUNBUFFERED": "1"}
            every = steps(
                parts, paths.ROOT, sources, sorted(copies.glob("*.ipynb")), arguments.jobs
            )
            for number, step in enumerate(every, start=1):
                print(f"\n=== [{number}/{len(every)}] {step.name}", flush=True)
                outcome = run_step(step, env, paths.ROOT)
                outcomes.append(outcome)
                print(
                    f"--- {step.name}: {'passed' if outcome.passed else 'FAILED'}, "
                    f"{clock(outcome.seconds)}",
                    flush=True,
                )
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(summary(outcomes) + "\nInterrupted: the steps that are not listed did not run.")
        return 130
    print(summary(outcomes))
    return 1 if any(not outcome.passed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
