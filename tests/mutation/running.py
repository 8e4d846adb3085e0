"""A module is mutated in a copy of the tracked files below the build folder, and its tests run on each mutant."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import mutants
from tests.mutation.modules import DRAWN, MODULES, SEED, SENTENCES, SLOW
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


def _call(line: list[str], folder: Path) -> str:
    """Run a program of the side environment on this environment's packages, and return what it says."""
    # Hypothesis draws the same examples each time where CI is set: a verdict is no matter of luck.
    own = {"PYTHONPATH": sysconfig.get_path("purelib"), "CI": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command, variables = side_environments.invocation("mutation", line, own)
    variables.pop("WORKBOOK_BUILD", None)
    variables.pop("WORKBOOK_STORE", None)
    log = folder / f"{line[0]}.log"
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command, cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT
        )  # fmt: skip
    said = log.read_text("utf-8", errors="replace")
    if done.returncode:
        raise MutationError(
            f"`{line[0]}` failed in {folder}: {said[-1500:].strip()}",
            "Run the module's tests by themselves first; they must pass without a mutant.",
        )
    return said


def test(module: str, folder: Path) -> Outcome:
    """Mutate one module, and run its tests on each mutant that is drawn.

    Args:
        module: The module's file.
        folder: A folder for the copy.

    Returns:
        What became of them.

    Raises:
        MutationError: If the tests fail by themselves.
    """
    copy(folder)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings(module, MODULES[module], folder))
    _call(["python", os.fspath(Path(__file__).with_name("generate.py"))], folder)
    dotted = module.removesuffix(".py").replace("/", ".")
    mutated = folder / "mutants" / module
    made = mutants.read(mutated, dotted, SENTENCES.get(module, ()))
    drawn = mutants.draw(made, SLOW.get(module, DRAWN), f"{SEED} {module}")
    _call(["mutmut", "run", "--max-children", "1", *(one.name for one in drawn)], folder)
    noted = json.loads(mutated.with_name(f"{mutated.name}.meta").read_text("utf-8"))
    codes = noted["exit_code_by_key"]
    unknown = [one.name for one in drawn if codes.get(one.name) is None]
    if unknown:
        raise MutationError(
            f"mutmut has no verdict on {unknown[0]}.", f"Read mutmut.log in {folder}."
        )
    return Outcome(
        module,
        sum(not one.wording for one in made),
        tuple(one for one in drawn if codes[one.name] not in SURVIVED),
        tuple(one for one in drawn if codes[one.name] in SURVIVED),
        tuple(one for one in drawn if codes[one.name] not in (*SURVIVED, *FAILED)),
    )
