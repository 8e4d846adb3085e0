"""The stand-in as a program: it reads its flags, and runs until it is asked to end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

from utils.serving.server import flags

FAILED = 255
"""The exit code of a server that could not start, as TensorFlow Serving has it."""


def main(arguments: Sequence[str]) -> int:
    """Run the server.

    Args:
        arguments: The command line, without the program's name.

    Returns:
        The exit code.
    """
    try:
        chosen = flags.parse(arguments)
    except flags.FlagError as error:
        print(f"The stand-in for TensorFlow Serving takes:\n{flags.usage()}\n\n{error}")
        return FAILED
    ended = threading.Event()
    _set_up(ended)
    return _run(chosen, ended)


def _set_up(ended: threading.Event) -> None:
    """Make signals end the server, and standard error its log."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("utils.serving").setLevel(logging.INFO)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _run(chosen: flags.Flags, ended: threading.Event) -> int:
    import tensorflow as tf

    from utils.serving.server import status
    from utils.serving.server.stand_in import StandIn

    if chosen.version:
        print(f"TensorFlow ModelServer: a stand-in\nTensorFlow Library: {tf.__version__}")
        return 0
    try:
        server = StandIn(chosen)
    except status.StatusError as error:
        print(f"Failed to start server. Error: {error}", flush=True)
        return FAILED
    failed: list[status.StatusError] = []

    def start() -> None:
        try:
            server.start()
        except Exception as error:
            failed.append(status.of(error))
            ended.set()

    # Loading may take any time, and a signal ends it at once: so it has a thread of its own.
    starting = threading.Thread(target=start, daemon=True)
    starting.start()
    ended.wait()
    why = list(failed)  # a server that is asked to end while it starts has not failed
    if why:
        print(f"Failed to start server. Error: {why[0]}", flush=True)
    server.close()
    starting.join()
    return FAILED if why else 0
