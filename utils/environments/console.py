"""What set-up says, and how it runs commands and keeps their last words for a message."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Sequence

from utils.environments.decisions import explain_failure


def say(text: str) -> None:
    """Print one line of progress, to standard error: the other belongs to what runs later."""
    print(f"[workbook] {text}", file=sys.stderr, flush=True)


def seconds(elapsed: float) -> str:
    """Return a duration for people: ``"4 s"`` or ``"3 min 07 s"``.

    Args:
        elapsed: Seconds.
    """
    minutes, rest = divmod(round(elapsed), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def quiet(
    command: Sequence[str], env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command, keeping its output (both streams in one) instead of showing it."""
    return subprocess.run(
        list(command),
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def run_in_sight(
    command: Sequence[str], env: dict[str, str], shown_until: bytes
) -> tuple[int, str]:
    """Run a command in sight of the reader, progress bars included, keeping what it says.

    Args:
        command: The command.
        env: Its environment variables.
        shown_until: Words with which the interesting part ends; what comes after their line is kept, but not shown.

    Returns:
        Its exit code and its output.
    """
    import fcntl
    import pty
    import termios

    terminal = sys.stderr.isatty()
    reading, writing = pty.openpty() if terminal else os.pipe()
    if terminal:
        width, height = shutil.get_terminal_size()
        fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    process = subprocess.Popen(
        list(command), env=env, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing
    )
    os.close(writing)
    said = shown = b""
    while True:
        try:
            piece = os.read(reading, 65536)
        except OSError:  # how a terminal says that nobody writes to it any more
            piece = b""
        if not piece:
            break
        said += piece
        upto = visible(said, shown_until)
        _pass_on(upto[len(shown) :])
        shown = upto
    os.close(reading)
    return process.wait(), said.decode("utf-8", "replace")


def _pass_on(piece: bytes) -> None:
    """Show a piece of output as it is; a notebook's standard error takes text only."""
    raw = getattr(sys.stderr, "buffer", None)
    if raw is None:
        sys.stderr.write(piece.decode("utf-8", "replace"))
    else:
        raw.write(piece)
    sys.stderr.flush()


def visible(said: bytes, last: bytes) -> bytes:
    """Return the part of an output up to the end of the first line that holds certain words.

    Args:
        said: The output so far.
        last: The words.

    Returns:
        That part; all of it where the words have not come, or their line has not ended.
    """
    at = said.find(last)
    end = said.find(b"\n", at) if at >= 0 else -1
    return said if end < 0 else said[: end + 1]


def run_or_fail(command: Sequence[str], doing: str, env: dict[str, str] | None = None) -> str:
    """Run a command that has to succeed, out of sight, with a line before and its time after.

    Args:
        command: The command.
        doing: What it does, as in ``"installing g++"``.
        env: Its environment variables; None for this process's own.

    Returns:
        Its output.

    Raises:
        SetupError: If it fails.
    """
    say(f"{doing} …")
    start = time.monotonic()
    try:
        done = quiet(command, env)
    except FileNotFoundError:
        raise explain_failure(doing, f"{command[0]} is not installed") from None
    if done.returncode:
        raise explain_failure(doing, done.stdout)
    say(f"{doing}: {seconds(time.monotonic() - start)}")
    return done.stdout


def install_system_packages(packages: list[str], env: dict[str, str] | None = None) -> None:
    """Install packages of Debian or Ubuntu, as root, saying so.

    Args:
        packages: Their names; nothing happens when there are none.
        env: Environment variables of this process to start from; None for its own.

    Raises:
        SetupError: If apt fails.
    """
    if not packages:
        return
    names = ", ".join(packages)
    say(f"Missing on this system: {names}. As root, set-up installs them with apt.")
    quiet(["apt-get", "-q", "update"], env)
    run_or_fail(
        [
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "install",
            "-y",
            "--no-install-recommends",
            *packages,
        ],
        f"installing {names}",
        env,
    )
