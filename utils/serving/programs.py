"""Which server this machine has: TensorFlow Serving as a program, as a Docker image, or only the stand-in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from utils import services

PROGRAM = "tensorflow_model_server"
"""TensorFlow Serving's program."""

IMAGE = "tensorflow/serving"
"""TensorFlow Serving's image for Docker."""

_DOCKER_SECONDS = 10


@dataclass(frozen=True)
class Program:
    """A server that can be started.

    Attributes:
        genuine: Whether it is TensorFlow Serving.
        sentence: Which one it is.
        in_docker: Whether it runs in a container, where its ports are not its own.
        command: Returns how to start it, from its two ports, its flags, and the folders that it reads.
    """

    genuine: bool
    sentence: str
    in_docker: bool
    command: Callable[[int, int, list[str], Iterable[Path]], list[str]]


def find() -> Program | None:
    """Find TensorFlow Serving on this machine; return None where it is not there."""
    program = shutil.which(PROGRAM)
    if program is not None:
        sentence = f"TensorFlow Serving itself answers: {program}."
        return Program(True, sentence, False, lambda *given: _plain([program], *given))
    if shutil.which("docker") and _docker_has_image():
        sentence = f"TensorFlow Serving itself answers, from the Docker image {IMAGE}."
        return Program(True, sentence, True, _container)
    return None


def stand_in(asked: bool = False) -> Program:
    """Return the stand-in, which is always there.

    Args:
        asked: Whether it was asked for, wherever the genuine one is.
    """
    line = [sys.executable, "-m", "utils.serving.server", f"--host={services.HOST}"]
    reason = f"since this machine has no {PROGRAM} and no Docker image {IMAGE}"
    sentence = (
        f"A stand-in answers, {'as was asked for' if asked else reason}.\n"
        "It speaks TensorFlow Serving's gRPC and REST interfaces, and is slower."
    )
    return Program(False, sentence, False, lambda *given: _plain(line, *given))


def _plain(
    line: list[str], grpc: int, rest: int, flags: list[str], folders: Iterable[Path]
) -> list[str]:
    return [*line, f"--port={grpc}", f"--rest_api_port={rest}", *flags]


def _container(grpc: int, rest: int, flags: list[str], folders: Iterable[Path]) -> list[str]:
    mounts = [f"--volume={folder}:{folder}:ro" for folder in folders]
    ports = [f"--publish={services.HOST}:{port}:{port}" for port in (grpc, rest)]
    line = ["docker", "run", "--rm", "--init", *ports, *mounts, f"--entrypoint={PROGRAM}", IMAGE]
    return _plain(line, grpc, rest, flags, ())


def _docker_has_image() -> bool:
    """Return whether a Docker runs that has the image already; nothing is downloaded."""
    try:
        done = subprocess.run(
            ["docker", "image", "inspect", IMAGE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_DOCKER_SECONDS,
            env={**os.environ, "DOCKER_CLI_HINTS": "false"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
