"""Background services: start a server, wait until it is ready, and never leave it behind.

A service is a process with its descendants, started here and ended with this process, even where this process is killed
(``kill -9``): a small program between the two, :mod:`utils.services.watcher`, holds one end of a pipe whose other end
only this process has. When that end closes, for whatever reason, the watcher ends the service. This works on Linux and
macOS.

Example::

    def command(service):
        return ["prometheus", f"--web.listen-address={services.HOST}:{service.ports['web']}"]

    with services.start("Prometheus", command, ports=["web"], ready=services.answers("web", "/-/ready")) as prometheus:
        ...
"""

from __future__ import annotations

import atexit
import collections
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias, TypeVar

from utils import progress, side_environments
from utils.services.errors import ServiceError
from utils.services.ready import HOST, Check, answers, connects, listening, logs, open_url
from utils.services.service import Service

__all__ = [
    "HOST", "Check", "Service", "ServiceError", "answers", "free_ports", "listening", "logs", "open_url",
    "start", "stop_all",
]  # fmt: skip

ATTEMPTS = 5
"""How often a service is started while other programs take the ports that were free before."""

Command: TypeAlias = "Sequence[str | os.PathLike[str]]"
"""A program and its arguments."""

_Value = TypeVar("_Value")

_LOCK = threading.Lock()
_STARTED: set[Service] = set()
_BY_KEY: dict[Hashable, Service] = {}
_KEY_LOCKS: dict[Hashable, threading.Lock] = collections.defaultdict(threading.Lock)


def start(
    name: str,
    command: Command | Callable[[Service], Command],
    *,
    ready: Check | None = None,
    ports: Iterable[str] = (),
    env: Mapping[str, str] | Callable[[Service], Mapping[str, str]] | None = None,
    cwd: Path | None = None,
    side_environment: str | None = None,
    key: Hashable = None,
    seconds: float = 60,
    stop_signal: int = signal.SIGTERM,
    stop_seconds: float = 10,
) -> Service:
    """Start a service on this machine and wait until it is ready.

    The program must stay in the foreground, and listen on :data:`HOST` only. It is started again, with other ports,
    where somebody else takes one of its ports before it does.

    Args:
        name: What to call it, for example ``"TensorBoard"``.
        command: The program and its arguments; or a function that makes them from the service, whose ``ports`` and
            ``folder`` are there already. It may write the program's settings into the folder.
        ready: The check that tells when it is ready: :func:`listening`, :func:`answers`, :func:`logs`, or any function
            of the service that returns a truth value, where an ``OSError`` counts as not yet. By default all its ports
            must take connections.
        ports: Names for the TCP ports that it needs, each of which gets a free one.
        env: Environment variables to add to those of this process, or a function that makes them from the service.
        cwd: The folder that it runs in; by default a folder of its own.
        side_environment: The side environment that the program comes from, which is installed where needed.
        key: What makes it the same service: where one with this name and key runs already, that one is returned.
            By default each call starts another.
        seconds: How long it may take to become ready.
        stop_signal: What asks it to end; PostgreSQL, for one, wants ``signal.SIGINT``.
        stop_seconds: How long it then has before it is killed, with all its child processes.

    Returns:
        The running service; a context manager that stops it.

    Raises:
        ServiceError: If the program cannot be run, ends early, or is not ready in time; the message quotes its log.
        ValueError: If there is no such side environment, or nothing tells when the service is ready.
        utils.environments.decisions.SetupError: If the side environment cannot be installed.
    """
    ports = tuple(ports)
    if ready is None and not ports:
        raise ValueError(f"Nothing tells when {name} is ready: name its ports, or give `ready`.")
    check = ready or listening()

    def launch(service: Service) -> None:
        line = [os.fspath(part) for part in _of(command, service)]
        variables = dict(_of(env or {}, service))
        variables.setdefault("PYTHONUNBUFFERED", "1")  # a log is read while it is written
        if side_environment is None:
            variables = {**os.environ, **variables}
        else:
            line, variables = side_environments.invocation(side_environment, line, variables)
        service.launch(line, variables, cwd or service.folder, stop_signal, stop_seconds)

    if side_environment is not None:
        side_environments.ensure(side_environment)  # takes its time, which is not the service's
    with ExitStack() as stack:
        if key is not None:
            with _LOCK:
                mine = _KEY_LOCKS[name, key]
            stack.enter_context(mine)
            running = _BY_KEY.get((name, key))
            if running is not None and running.alive():
                return running
            if running is not None:
                running.stop()  # its children may still be ending
        stack.enter_context(progress.working(f"Starting {name}"))
        service = _start(name, ports, launch, check, seconds)
        if key is not None:
            _BY_KEY[name, key] = service
        return service


def _start(
    name: str,
    ports: Sequence[str],
    launch: Callable[[Service], None],
    check: Check,
    seconds: float,
) -> Service:
    attempt = 0
    while True:
        attempt += 1
        service = Service(name, dict(zip(ports, free_ports(len(ports)), strict=True)))
        with _LOCK:
            _STARTED.difference_update({old for old in _STARTED if old.code is not None})
            _STARTED.add(service)
        try:
            launch(service)
            failure = _failure(service, check, seconds)
        except BaseException:
            service.stop()
            raise
        if failure is None:
            return service
        service.stop()
        if attempt == ATTEMPTS or not _lost_a_port(service):
            raise failure


def _failure(service: Service, check: Check, seconds: float) -> ServiceError | None:
    """Wait until a service is ready; return what is wrong where it never will be."""
    deadline, pause = time.monotonic() + seconds, 0.02
    while True:
        alive = service.alive()  # asked first: one that is ready now may have died since
        try:
            is_ready = alive and check(service)
        except OSError:
            is_ready = False
        if not service.alive():
            service.stop()
            what = f"{service.name} ended with exit code {service.code} before it was ready."
            cure = "Mend what the log complains about, and start it again."
        elif is_ready:
            return None
        elif time.monotonic() > deadline:
            what = f"{service.name} was not ready after {seconds:g} s."
            cure = "Mend what the log complains about, or give it more time by `seconds=`."
        else:
            time.sleep(pause)
            pause = min(1.2 * pause, 0.5)
            continue
        said = service.tail()
        quoted = f"Its log ends with:\n{said}" if said else "Its log is empty."
        return ServiceError(f"{what} {quoted}", f"{cure} The whole log is {service.log}.")


def _lost_a_port(service: Service) -> bool:
    """Return whether somebody else holds one of an ended service's ports, or its log says so."""
    taken = any(connects(port) for port in service.ports.values())
    return taken or (bool(service.ports) and "already in use" in service.tail(lines=200).lower())


def free_ports(count: int) -> list[int]:
    """Find TCP ports on this machine's loopback address that are free at the moment.

    Args:
        count: How many; they are all different.
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in sockets]


def stop_all() -> None:
    """Stop all services of this process, at the same time; it is called when this process ends."""
    with _LOCK:
        services = list(_STARTED)
        _STARTED.clear()
    for service in services:
        service.let_go()
    for service in services:
        service.stop()


def _of(given: _Value | Callable[[Service], _Value], service: Service) -> _Value:
    return given(service) if callable(given) else given


def _forget() -> None:
    """Leave the services to the parent, in a process that was forked from it."""
    global _LOCK
    _LOCK = threading.Lock()
    for service in _STARTED:
        service.forget()
    _STARTED.clear()
    _BY_KEY.clear()
    _KEY_LOCKS.clear()


atexit.register(stop_all)
os.register_at_fork(after_in_child=_forget)
