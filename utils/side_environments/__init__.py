"""Side environments: tools that conflict with TFX's packages, each in an environment of its own.

A tool ``name`` has two files here: ``name.in`` (what it needs) and ``name.txt`` (everything, pinned and with hashes,
made by ``make lock``). It is installed when it is first used, into ``side/`` in the build folder, and kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from utils import paths, progress
from utils.environments import environment, interpreters, machine, uv
from utils.environments.console import install_system_packages, say
from utils.environments.decisions import SetupError
from utils.errors import WorkbookError

FOLDER = Path(__file__).resolve().parent
"""Where the requirements files are."""


NEWEST_PYTHON = {"airflow": (3, 12), "tensorflow_privacy": (3, 11)}
"""The newest Python of environments whose packages have no release for the workbook's own."""


class InstallError(WorkbookError, RuntimeError):
    """A side environment cannot be installed."""


def names() -> list[str]:
    """Return the names of all side environments."""
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def requirements(name: str) -> Path:
    """Return the requirements file of a side environment.

    Args:
        name: Its name, such as ``"dvc"``.

    Returns:
        The file.

    Raises:
        ValueError: If there is no such environment.
    """
    file = FOLDER / f"{name}.txt"
    if name not in names():
        raise ValueError(f"There is no side environment {name!r}; there are: {', '.join(names())}.")
    return file


def place(name: str) -> Path:
    """Return the folder of a side environment; other packages or another Python, another folder.

    Args:
        name: Its name.

    Returns:
        The folder.

    Raises:
        ValueError: If there is no such environment.
    """
    made_of = [environment.digest(requirements(name)), sys.version.split()[0], sys.platform]
    digest = hashlib.sha256("\n".join(made_of).encode()).hexdigest()
    return paths.build() / "side" / f"{name}-{digest[:12]}"


def install(name: str, tool: str, size: str, error: type[WorkbookError] = InstallError) -> Path:
    """Install a side environment unless it is there already, for a cell: all that shows is that work goes on.

    Args:
        name: Its name.
        tool: What it holds, as a reader knows it, for example ``"Apache Flink"``.
        size: How much of the disk it takes, for example ``"230 MB"``.
        error: What to raise where it cannot be installed: a capability's own error.

    Returns:
        Its folder; its programs are in ``bin``.

    Raises:
        ValueError: If there is no such environment.
        WorkbookError: ``error``, if it cannot be installed, as without a network the first time.
    """
    try:
        with progress.working(f"Installing {tool}"), contextlib.redirect_stderr(io.StringIO()):
            return ensure(name)
    except (SetupError, OSError) as problem:
        raise error(
            f"{tool} could not be installed: {problem}",
            f"Connect to a network and run this cell again; it takes {size} of the disk, and stays installed.",
        ) from problem


def ensure(name: str) -> Path:
    """Install a side environment unless it is there already.

    Args:
        name: Its name.

    Returns:
        Its folder; its programs are in ``bin``.

    Raises:
        ValueError: If there is no such environment.
        utils.environments.decisions.SetupError: If it cannot be installed, as without a network the
        first time.
    """
    file = requirements(name)
    folder = place(name)
    here = machine.look(paths.build())
    platform = f"{here.system}-{here.architecture}"
    if environment.status(folder, file, platform) == "ready":
        return folder
    with environment.locked(
        folder.parent / f".{name}.lock", f"Somebody else is installing {name}: waiting …"
    ):
        if environment.status(folder, file, platform) == "ready":
            return folder
        say(f"Installing {name} into an environment of its own (once) …")
        installer = uv.ensure(here, paths.build())
        variables = uv.variables(paths.build())
        environment.create(installer, _base(name, here, installer), folder, variables)
        environment.install(installer, folder / "bin" / "python", file, variables)
        python = os.path.realpath(folder / "bin" / "python")
        stamp = environment.Stamp(environment.digest(file), str(folder), python, platform)
        environment.write_stamp(folder, stamp)
    return folder


def _base(name: str, here: machine.Machine, installer: Path) -> str:
    """Return the Python that an environment is made with: this one, or an older one where it must be."""
    newest = NEWEST_PYTHON.get(name)
    if newest is None or sys.version_info[:2] <= newest:
        return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    wanted = ".".join(map(str, newest))
    found = interpreters.find(here, [wanted], name, installer, paths.build())
    if here.apt:
        install_system_packages(environment.system_packages(here, found))
    return found.path


def invocation(
    name: str, line: Sequence[str], env: Mapping[str, str] | None = None
) -> tuple[list[str], dict[str, str]]:
    """Return how to call a program of a side environment, installing that first where needed.

    Args:
        name: The environment's name.
        line: The program and its arguments, such as ``["dvc", "add", "data.csv"]``.
        env: Environment variables to add.

    Returns:
        The program's path and its arguments, and all its environment variables.

    Raises:
        ValueError: If there is no such environment.
        utils.environments.decisions.SetupError: If the environment cannot be installed.
    """
    folder = ensure(name)
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    variables.update(env or {}, VIRTUAL_ENV=str(folder), PYTHONNOUSERSITE="1")
    variables["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = folder / "bin" / line[0]
    return [str(program) if program.exists() else line[0], *line[1:]], variables


def run(
    name: str, command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of a side environment, installing that first where needed.

    Args:
        name: The environment's name.
        command: The program and its arguments, such as ``["dvc", "add", "data.csv"]``.
        cwd: The folder to run it in.
        env: Environment variables to add.

    Returns:
        The finished process, with its output as text in ``stdout`` and ``stderr``.

    Raises:
        ValueError: If there is no such environment.
        RuntimeError: If the program fails; the message holds its last words.
        utils.environments.decisions.SetupError: If the environment cannot be installed.
    """
    line, variables = invocation(name, command, env)
    done = subprocess.run(
        line,
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing")[-2000:]
        raise RuntimeError(
            f"`{' '.join(command)}` failed in {cwd} (exit code {done.returncode}). It said: {said}"
        )
    return done
