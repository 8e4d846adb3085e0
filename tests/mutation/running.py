"""A module is mutated in a copy of the tracked files below the build folder, and its tests run on each mutant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import mutants
from tests.mutation.modules import APART, DRAWN, MODULES, SEED, SENTENCES
from tests.mutation.mutants import Mutant
from utils import paths, side_environments
from utils.errors import WorkbookError
from utils.files import fresh_folder

SURVIVED = (0, 5, 33)
"""What mutmut notes of a mutant on which no test failed, or that no test reaches. All else is noticed: a test failed,
hung, or Python itself gave up."""

SETTINGS = """
[tool.mutmut]
source_paths = ["utils"]
only_mutate = [{module}]
also_copy = [{others}]
pytest_add_cli_args_test_selection = [{tests}]
process_isolation = "forkserver"
use_git_change_detection = false
timeout_constant = 1.0
timeout_multiplier = 8.0
"""

FAILED = (1, 3)
"""What it notes where a test failed."""

HUNG = 36
"""What it notes where the tests did not end in time."""

CURE = "Run the module's tests by themselves first; they must pass without a mutant."


class MutationError(WorkbookError, RuntimeError):
    """A module cannot be mutated, or its tests fail by themselves."""


@dataclass(frozen=True)
class Outcome:
    """What became of a module's mutants.

    Attributes:
        module: The module's file.
        made: How many mutants there are, without those that change nothing but an error's wording.
        noticed: Those that a test noticed.
        hung: Those of them on which no test failed: the tests did not end, or Python itself gave up.
        survived: Those that none noticed.
    """

    module: str
    made: int
    noticed: tuple[Mutant, ...]
    survived: tuple[Mutant, ...]
    hung: tuple[Mutant, ...] = ()


def copy(folder: Path) -> None:
    """Copy the tracked files as they are on the disk, so that nothing here is ever mutated in place.

    Args:
        folder: Where to; it is emptied first.
    """
    fresh_folder(folder)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=paths.ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    for name in filter(None, listed.split("\0")):
        source = paths.ROOT / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)


def settings(module: str, tests: tuple[str, ...], folder: Path) -> str:
    """Return mutmut's settings for one module.

    Args:
        module: The module's file.
        tests: Its tests.
        folder: The copy, whose other files are handed on to the mutants.

    Returns:
        Lines for ``pyproject.toml``.
    """
    others = sorted(one.name for one in folder.iterdir() if one.name not in ("utils", "tests"))
    return SETTINGS.format(
        module=json.dumps(module),
        others=", ".join(map(json.dumps, others)),
        tests=", ".join(map(json.dumps, tests)),
    )


def _invocation(line: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return how to call a program of the side environment on this environment's packages."""
    # Hypothesis draws the same examples each time where CI is set: a verdict is no matter of luck.
    own = {"PYTHONPATH": sysconfig.get_path("purelib"), "CI": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command, variables = side_environments.invocation("mutation", line, own)
    variables.pop("WORKBOOK_BUILD", None)
    variables.pop("WORKBOOK_STORE", None)
    return command, variables


def _call(line: list[str], folder: Path) -> None:
    """Run a program of the side environment; what it says is left in a file."""
    command, variables = _invocation(line)
    log = folder / f"{line[0]}.log"
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )  # fmt: skip
    if done.returncode:
        said = log.read_text("utf-8", errors="replace")[-1500:].strip()
        raise MutationError(f"`{line[0]}` failed in {folder}: {said}", CURE)


def _by_mutmut(drawn: Sequence[Mutant], mutated: Path, folder: Path) -> dict[str, int]:
    """Run mutmut, and return what it notes of each mutant."""
    _call(["mutmut", "run", "--max-children", "1", *(one.name for one in drawn)], folder)
    noted = json.loads(mutated.with_name(f"{mutated.name}.meta").read_text("utf-8"))
    codes = noted["exit_code_by_key"]
    for one in drawn:
        if codes.get(one.name) is None:
            raise MutationError(f"mutmut has no verdict on {one.name}.", f"Read {folder}.")
    return codes


def _apart(drawn: Sequence[Mutant], tests: Sequence[str], folder: Path) -> dict[str, int]:
    """Run the tests on each mutant in a process of its own, and return how each has ended, as mutmut notes it."""
    command, variables = _invocation(
        ["python", "-m", "pytest", "-x", "-q", "-p", "no:randomly", *tests]
    )
    codes: dict[str, int] = {}
    limit = None
    for name in ("", *(one.name for one in drawn)):
        started = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=folder / "mutants", env={**variables, "MUTANT_UNDER_TEST": name},
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit,
            )  # fmt: skip
            codes[name] = done.returncode
        except subprocess.TimeoutExpired:
            codes[name] = HUNG
        if limit is None:
            if codes[name]:
                raise MutationError(f"The tests fail in {folder}: {done.stdout[-1500:]}", CURE)
            limit = 3 * (time.monotonic() - started) + 10
    return codes


def test(module: str, folder: Path) -> Outcome:
    """Mutate one module, and run its tests on each mutant that is drawn.

    Args:
        module: The module's file.
        folder: A folder for the copy.

    Returns:
        What became of them.

    Raises:
        MutationError: If the tests fail by themselves, or hang where they are forked.
    """
    copy(folder)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings(module, MODULES[module], folder))
    _call(["python", os.fspath(Path(__file__).with_name("generate.py"))], folder)
    dotted = module.removesuffix(".py").replace("/", ".")
    mutated = folder / "mutants" / module
    made = mutants.read(mutated, dotted, SENTENCES.get(module, ()))
    drawn = mutants.draw(made, APART.get(module, DRAWN), f"{SEED} {module}")
    codes = (
        _apart(drawn, MODULES[module], folder)
        if module in APART
        else _by_mutmut(drawn, mutated, folder)
    )
    hung = tuple(one for one in drawn if codes[one.name] not in (*SURVIVED, *FAILED))
    if module not in APART and len(hung) > max(2, len(drawn) / 10):
        raise MutationError(
            f"The tests of {module} did not end on {len(hung)} of {len(drawn)} mutants.",
            "They may not bear to be forked: put the module into APART in tests/mutation/modules.py.",
        )
    return Outcome(
        module,
        sum(not one.wording for one in made),
        tuple(one for one in drawn if codes[one.name] not in SURVIVED),
        tuple(one for one in drawn if codes[one.name] in SURVIVED),
        hung,
    )
