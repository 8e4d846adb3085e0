"""The build context: the files that Docker's client sends to the builder, and so all that an image can copy."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from pathlib import Path

from utils.containers.errors import ContainerError
from utils.environments import environment

DOCKERFILE, IGNORED = "Dockerfile", ".dockerignore"


def files(folder: Path, ignored: str | None = None) -> list[str]:
    """List what is sent, by the function that Docker's own client for Python builds with.

    Args:
        folder: The folder that is built.
        ignored: The text of a ``.dockerignore``; None for the one in the folder, if there is one.

    Returns:
        Paths below the folder, in alphabetical order.

    Raises:
        ContainerError: If a line is no pattern.
    """
    from docker.utils.build import exclude_paths

    if ignored is None:
        file = folder / IGNORED
        ignored = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = (line.strip() for line in ignored.splitlines())
    patterns = [line for line in lines if line and not line.startswith("#")]
    try:
        sent = exclude_paths(str(folder), patterns, DOCKERFILE)
    except re.error as error:
        raise ContainerError(
            f"A pattern in {IGNORED} cannot be read: {error}.",
            "Look at what stands in square brackets: [a-z] goes from the first letter to the last.",
        ) from None
    return sorted(path for path in sent if (folder / path).is_file())


def size(folder: Path, paths: Iterable[str]) -> int:
    """Return how much files weigh together.

    Args:
        folder: The folder that they are in.
        paths: Their paths below it.

    Returns:
        Their bytes.
    """
    return sum((folder / path).stat().st_size for path in paths)


def digests(folder: Path, ignored: str | None = None) -> dict[str, str]:
    """Return a digest of each file that is sent.

    Args:
        folder: The folder that is built.
        ignored: As for :func:`files`.

    Returns:
        The digests by path below the folder.
    """
    return {path: environment.digest(folder / path) for path in files(folder, ignored)}


def matching(source: str, paths: Iterable[str]) -> list[str]:
    """Return what a source of ``COPY`` takes: a file, a folder with all that is in it, or a pattern.

    Args:
        source: A path or a pattern, relative to the context.
        paths: What is in the context.
    """
    name = source.removeprefix("./").strip("/")
    if name in ("", "."):
        return list(paths)
    return [
        path
        for path in paths
        if path == name or path.startswith(f"{name}/") or fnmatch.fnmatchcase(path, name)
    ]
