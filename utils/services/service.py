"""One background service: its process, ports, folder and log."""

from __future__ import annotations

import abc
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import psutil

from utils import paths
from utils.errors import without_colours
from utils.services import ready, watcher
from utils.services.errors import ServiceError

_Stoppable = TypeVar("_Stoppable", bound="Stoppable")

_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of writing."""

_MARGIN_SECONDS = 10.0
"""How long the watcher may take beyond the time that it gives to the service."""


class Stoppable(abc.ABC):
    """What is stopped at the end of a ``with`` block."""

    @abc.abstractmethod
    def stop(self) -> None:
        """End it, and wait until it is gone."""

    def __enter__(self: _Stoppable) -> _Stoppable:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class Service(Stoppable):
    """A server in a process of its own, started by :func:`utils.services.start`; it ends with this process.

    Attributes:
        name: What it is called in messages and in its folder's name.
        ports: Its TCP ports on 127.0.0.1, by the names that the caller gave.
        folder: A folder of its own, for its settings; it is deleted some time after this process has ended.
        log: The file with all that it prints.
        pid: Its process id, which is also that of its process group; 0 before it is started.
        code: Its exit code once it has been stopped, negative for a signal; None before, or where nobody saw it.
    """

    def __init__(self, name: str, ports: Mapping[str, int]) -> None:
        self.name = name
        self.ports = dict(ports)
        self.folder = _own_folder(name)
        self.log = self.folder / "log.txt"
        self.pid = 0
        self.code: int | None = None
        self._process: psutil.Process | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._leash: int | None = None
        self._patience = 0.0
        self._lock = threading.RLock()

    def launch(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        stop_signal: int,
        patience: float,
    ) -> None:
        """Start the process; :func:`utils.services.start` calls this.

        Args:
            command: The program and its arguments.
            env: All its environment variables.
            cwd: The folder that it runs in.
            stop_signal: What asks it to end.
            patience: Seconds that it then has before it is killed.

        Raises:
            ServiceError: If the program cannot be run.
        """
        orders = {
            "command": list(command),
            "env": dict(env),
            "cwd": str(cwd),
            "signal": int(stop_signal),
            "seconds": patience,
            "parent": os.getpid(),
        }
        self._patience = patience
        # Programs that this process runs do not inherit the leash: only its own end, or `stop`, lets go of it.
        end, self._leash = os.pipe()
        with self.log.open("wb") as log:
            self._watcher = subprocess.Popen(
                [sys.executable, "-I", watcher.__file__],
                stdin=end,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        os.close(end)
        with contextlib.suppress(BrokenPipeError), open(self._leash, "wb", closefd=False) as leash:
            leash.write(json.dumps(orders).encode() + b"\n")
        answer = self._answer()
        if "pid" not in answer:
            self.stop()
            raise ServiceError(
                f"{self.name} could not be started: {answer.get('error') or self.tail()}.",
                f"Look whether {command[0]!r} is installed and {cwd} is there.",
            )
        self.pid = answer["pid"]
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process = psutil.Process(self.pid)

    def alive(self) -> bool:
        """Return whether it runs."""
        process, watched_by = self._process, self._watcher
        if process is None or watched_by is None:
            return False
        return watched_by.poll() is None and not watcher.ended(process)

    def listens(self, name: str) -> bool:
        """Return whether it, or one of its child processes, listens on one of its ports.

        Args:
            name: The port's name.
        """
        port, process = self.ports[name], self._process
        if process is None:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            try:
                family = [process, *process.children(recursive=True)]
                if any(_listens_on(port, held) for one in family for held in _connections(one)):
                    return True
            except psutil.AccessDenied:
                return ready.connects(port)  # it runs as another user, so that nobody can look
            try:
                others = any(_listens_on(port, held) for held in psutil.net_connections("tcp"))
            except psutil.AccessDenied:
                return False
            return not others and ready.connects(port)  # some sandboxes show no sockets
        return False

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of its log, without anything that would steer a terminal.

        Args:
            lines: How many, at most.
        """
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 400 * lines))
            text = log.read().decode("utf-8", errors="replace").replace("\r\n", "\n")
        return "\n".join(without_colours(_DIRECTION.sub("", text)).strip().splitlines()[-lines:])

    def stop(self) -> None:
        """End it and all its child processes, and wait until they are gone; a second time does nothing."""
        with self._lock:
            self.let_go()
            if self._watcher is None:
                return
            try:
                self._watcher.wait(self._patience + _MARGIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._watcher.kill()
                self._watcher.wait()
            if self.code is None and (code := self._answer().get("code")) is not None:
                self.code = code
            elif self.code is None and self._process is not None:
                self._kill()  # the watcher was killed, and could not do it
            if self._watcher.stdout is not None:
                self._watcher.stdout.close()
            self._process = self._watcher = None

    def let_go(self) -> None:
        """Make it end, without waiting for that."""
        with self._lock:
            leash, self._leash = self._leash, None
            if leash is not None:
                os.close(leash)

    def forget(self) -> None:
        """Give up the leash in a fork of this process, which does not own the service."""
        self._lock = threading.RLock()
        self.let_go()
        if self._watcher is not None:
            self._watcher.returncode = (
                0  # it is no child of the fork, which has nothing to wait for
            )
        self._process = self._watcher = None

    def _answer(self) -> dict[str, int]:
        """Return the watcher's next line, empty where it has ended without one."""
        assert self._watcher is not None
        assert self._watcher.stdout is not None
        line = self._watcher.stdout.readline()
        return json.loads(line) if line.endswith(b"\n") else {}

    def _kill(self) -> None:
        assert self._process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            family = self._process.children(recursive=True)
            if self._process.is_running():
                watcher.send(self.pid, signal.SIGKILL)
            for process in family:
                with contextlib.suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs([self._process, *family], timeout=_MARGIN_SECONDS)

    def __repr__(self) -> str:
        where = ", ".join(f"{name} on {ready.HOST}:{port}" for name, port in self.ports.items())
        state = f"process {self.pid}" if self.alive() else "ended"
        return f"<{self.name}, {state}{': ' if where else ''}{where}>"


def _connections(process: psutil.Process) -> list[Any]:
    try:
        return process.net_connections("tcp")
    except psutil.NoSuchProcess:
        return []


def _listens_on(port: int, held: Any) -> bool:
    return held.status == psutil.CONN_LISTEN and held.laddr.port == port


def _own_folder(name: str) -> Path:
    """Make a folder for a service, and delete those of processes that are gone."""
    base = paths.build() / "services"
    plain = re.sub(r"[^\w.-]+", "-", name)
    try:
        base.mkdir(parents=True, exist_ok=True)
        for old in base.iterdir():
            owner = old.name.partition("-")[0]
            if owner.isdecimal() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-{plain}-", dir=base))
    except OSError as error:
        raise ServiceError(
            f"{name} cannot have a folder: {error}.",
            "Set WORKBOOK_BUILD to a folder that can be written to, with space on its disk.",
        ) from error
