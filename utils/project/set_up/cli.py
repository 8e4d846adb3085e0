"""The command: set up the right environment, then run something in it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from utils import paths
from utils.environments import environment, machine
from utils.environments.console import install_system_packages, say
from utils.environments.decisions import (
    SetupError,
    choose,
    explain_failure,
    missing_packages,
)
from utils.project import git

INSIDE = "WORKBOOK_USERLAND"
"""The environment variable that says that this is the inside of a userland already."""


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    described = argparse.ArgumentParser(
        prog="python3 -m utils.project.set_up",
        description="Finds or makes the workbook's environment, then runs a command in it.",
    )
    described.add_argument(
        "--stack", default="", help="1.16 or 1.21; the newest that the machine can run by default"
    )
    described.add_argument(
        "--browser", action="store_true", help="make sure of Chromium too, for the browser tests"
    )
    described.add_argument(
        "command", nargs=argparse.REMAINDER, help="what to run, after `--`; nothing to set up only"
    )
    return described


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: Arguments without the program's name.

    Returns:
        0 after a set-up without a command; 1 or 130 with one clear message if it could not be made.
        A command to run replaces this process, so its exit code is its own.
    """
    arguments = parser().parse_args(argv)
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    try:
        return _run(arguments.stack, arguments.browser, command)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except OSError as error:  # a disk that is full, or a folder that belongs to somebody else
        print(f"\n{explain_failure('writing its files', str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Call make again to go on.", file=sys.stderr)
        return 130


def _run(stack: str, browser: bool, command: list[str]) -> int:
    build = paths.build()
    here = machine.look(build)
    choice = choose(here, stack)
    inside = bool(os.environ.get(INSIDE))
    if not inside:
        git.configure_filter(paths.ROOT)
        git.refresh(paths.ROOT)
    if choice.userland:
        from utils.project import userland

        say(f"TFX {choice.stack}: {choice.reason}.")
        flags = ["--browser"] if browser else []
        userland.enter(
            here,
            build,
            [
                "python3",
                "-m",
                "utils.project.set_up",
                "--stack",
                choice.stack,
                *flags,
                "--",
                *command,
            ],
        )
    folder = build / f"env-{choice.stack}"
    say(f"TFX {choice.stack} in {_relative(folder)}" + ("." if inside else f": {choice.reason}."))
    environment.set_up(here, choice.stack, folder, paths.ROOT / "requirements.txt", build)
    environment.write_defaults(folder)
    found = _browser(here) if browser else here.browser
    if command:
        _replace(folder, build, command, found)
    return 0


def _browser(here: machine.Machine) -> str | None:
    if not here.browser and here.apt:
        install_system_packages(
            [name for name in missing_packages(here, None, browser=True) if name == "chromium"]
        )
    return machine.browser()


def _replace(folder: Path, build: Path, command: list[str], browser: str | None) -> NoReturn:
    env = environment.child_variables(folder, build, dict(os.environ))
    if browser:
        env["WORKBOOK_CHROMIUM"] = browser
    os.chdir(str(paths.ROOT))
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvpe(command[0], command, env)


def _relative(folder: Path) -> str:
    try:
        return str(folder.relative_to(paths.ROOT))
    except ValueError:
        return str(folder)
