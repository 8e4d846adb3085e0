"""Programs that need TFX, without the seconds of its import: each is a process of its own, forked from one that has it.

The standard library's fork server does the work. It is started when the first program is, once in each worker of
pytest, and ends with it. A program has its own process number, can be killed, and has what it writes in a file.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import sys
import traceback
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from utils import paths


@functools.cache
def _server() -> ForkServerContext:
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["tests.preloaded"])
    return made


class Program:
    """A program that runs beside the test, with the methods of ``subprocess.Popen`` that tests use.

    Args:
        code: Python; the repository is on its path already.
        log: The file for all that it writes.
        folder: The folder that it runs in.
    """

    def __init__(self, code: str, log: Path, folder: Path = paths.ROOT) -> None:
        arguments = (code, str(log), str(folder), dict(os.environ))
        log.touch()
        self._process = _server().Process(target=_run, args=arguments, daemon=True)
        self._process.start()

    def poll(self) -> int | None:
        """Return how it has ended, None while it runs; the negative number of a signal that has ended it."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended, for some seconds at most, and return as :meth:`poll` does."""
        self._process.join(timeout)
        return self.poll()

    def kill(self) -> None:
        """Kill it, as ``kill -9`` does."""
        self._process.kill()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, while it runs."""
        if self.poll() is None and self._process.pid is not None:
            os.kill(self._process.pid, number)


def said(code: str, log: Path, folder: Path = paths.ROOT) -> str:
    """Run a program to its end.

    Args:
        code: As for :class:`Program`.
        log: As for :class:`Program`.
        folder: As for :class:`Program`.

    Returns:
        All that it has written.

    Raises:
        AssertionError: If it failed, with the end of that.
    """
    program = Program(code, log, folder)
    ended = program.wait(600)
    written = log.read_text(encoding="utf-8")
    assert ended == 0, (ended, written[-2000:])
    return written


def _run(code: str, log: str, folder: str, environment: dict[str, str]) -> None:
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(written, stream)
    # Whatever the server has made of them, a program's own streams write into its file.
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", 1, closefd=False) for stream in (1, 2))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path.insert(0, str(paths.ROOT))
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(code, "<program>", "exec"), names)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
