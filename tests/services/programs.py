"""Small servers for the tests, each a program of its own, and waiting for what they do."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

WEB = """
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Page)
print("listening", flush=True)
server.serve_forever()
"""
"""Answers ``/ready``, and nothing else, on the port that it is given."""

SLEEP = "import time; print('up', flush=True); time.sleep(600)"
"""Says "up" and does nothing."""

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
wait = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
same_group = subprocess.Popen([sys.executable, "-c", wait])
own_session = subprocess.Popen([sys.executable, "-c", wait], start_new_session=True)
print("children", same_group.pid, own_session.pid, flush=True)
time.sleep(600)
"""
"""Starts two children, one in a session of its own; none of the three heeds a request to end."""


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs some Python."""
    return [sys.executable, "-c", code, *arguments]


def web(service: object) -> list[str]:
    """The command of the small web server, on the port ``web``."""
    ports: Mapping[str, int] = getattr(service, "ports")  # noqa: B009
    return python(WEB, str(ports["web"]))


def wait_until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait for a condition, and fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what}: not in {seconds} s"
        time.sleep(0.02)
