"""Checks that tell when a service is ready; any function of a service that returns a truth value is one as well."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from utils.services.service import Service

HOST = "127.0.0.1"
"""Where services listen: this machine only."""

Check: TypeAlias = "Callable[[Service], object]"
"""Returns something true once the service is ready; an ``OSError`` counts as not yet."""


def connects(port: int) -> bool:
    """Return whether somebody on this machine takes connections on a TCP port."""
    try:
        with socket.create_connection((HOST, port), timeout=2):
            return True
    except OSError:
        return False


def open_url(request: str | urllib.request.Request, seconds: float) -> http.client.HTTPResponse:
    """Open an address of this machine, past any proxy that this process is told to use.

    Args:
        request: The address, or a request to it.
        seconds: How long the answer may take.

    Returns:
        The answer, a context manager.

    Raises:
        OSError: If nobody answers, or with an error.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return direct.open(request, timeout=seconds)


def listening(*names: str) -> Check:
    """Make a check that is true once the service takes connections.

    Args:
        *names: Which of its ports; all of them by default.

    Returns:
        The check. A port that another program listens on does not count.
    """
    return lambda service: all(service.listens(name) for name in names or service.ports)


def answers(name: str, path: str = "/") -> Check:
    """Make a check that is true once the service answers an HTTP request with a status below 400.

    Args:
        name: Which of its ports.
        path: The path to ask for, for example ``"/-/ready"``.

    Returns:
        The check.
    """

    def check(service: Service) -> bool:
        if not service.listens(name):
            return False
        connection = http.client.HTTPConnection(HOST, service.ports[name], timeout=5)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path)
                return connection.getresponse().status < 400
            except http.client.HTTPException:
                return False

    return check


def logs(pattern: str) -> Check:
    """Make a check that is true once a line of the service's log matches.

    Args:
        pattern: A regular expression, searched for in each line.

    Returns:
        The check.
    """
    compiled = re.compile(pattern)

    def check(service: Service) -> bool:
        with service.log.open(encoding="utf-8", errors="replace") as lines:
            return any(compiled.search(line) for line in lines)

    return check
