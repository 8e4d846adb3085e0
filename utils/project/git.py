"""Switching on the notebook filter in this checkout's own git configuration."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from utils.environments.console import quiet, say

FILTER = "filter.workbook-notebook.clean"
"""The setting that ``.gitattributes`` refers to."""


def filter_command(python: str) -> str:
    """Return the shell command of the filter.

    Args:
        python: Path of an interpreter; should it go away, the PATH's ``python3`` takes over.
    """
    quoted = "'" + python.replace("'", "'\\''") + "'"
    script = "-I -S utils/project/notebook_filter.py"
    return f"if [ -x {quoted} ]; then exec {quoted} {script}; else exec python3 {script}; fi"


def still_good(command: str) -> bool:
    """Return whether a configured filter is of the present form and its interpreter still there.

    Args:
        command: What git's configuration holds.
    """
    named = re.match(r"if \[ -x '([^']+)' \]", command)
    return (
        named is not None
        and command == filter_command(named.group(1))
        and Path(named.group(1)).exists()
    )


def configure_filter(root: Path) -> bool:
    """Make git strip notebooks' outputs when it compares or commits, in this checkout only.

    Args:
        root: The repository.

    Returns:
        Whether the setting was changed. Nothing is done where ``root`` is not a checkout.
    """
    if not (root / ".git").exists():
        return False
    git = ["git", "-C", str(root), "config", "--local"]
    try:
        present = quiet([*git, "--get", FILTER])
    except FileNotFoundError:
        return False
    if present.returncode == 0 and still_good(present.stdout.strip()):
        return False
    done = quiet([*git, FILTER, filter_command(_python())])
    if done.returncode:
        say(f"git could not be told to leave outputs out of commits: {done.stdout.strip()}")
        return False
    say("git now leaves notebook outputs out of commits in this checkout; your files keep them.")
    return True


def refresh(root: Path, notebooks: Sequence[str] = ("*.ipynb",)) -> list[str]:
    """Tell git that notebooks which differ by their outputs only have not changed.

    ``git status`` takes a file of another size for a changed one, without asking the filter. Where
    the filtered notebook is the one that git knows, git is made to note the new size; nothing that
    a reader has edited is touched or staged.

    Args:
        root: The repository.
        notebooks: Paths or patterns, as git understands them.

    Returns:
        The notebooks about which git was told.
    """
    git = ["git", "-C", str(root)]
    try:
        listed = quiet(
            [*git, "diff-files", "--name-only", "-z", "--diff-filter=M", "--", *notebooks]
        )
    except FileNotFoundError:
        return []
    names = [name for name in listed.stdout.split("\0") if name] if listed.returncode == 0 else []
    return [name for name in names if _same(git, name) and _note(git, name)]


def _same(git: list[str], name: str) -> bool:
    known = quiet([*git, "rev-parse", "--quiet", "--verify", f":0:{name}"])
    found = quiet([*git, "hash-object", "--", name])
    return known.returncode == found.returncode == 0 and known.stdout == found.stdout


def _note(git: list[str], name: str) -> bool:
    return quiet([*git, "update-index", "--", name]).returncode == 0


def _python() -> str:
    return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())
