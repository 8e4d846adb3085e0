"""The packages that an exported project needs, pinned with hashes: a part of the workbook's own list.

What a package needs in its turn, its metadata says, which is installed with it.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from utils import paths, side_environments
from utils.exporting.errors import ExportError

NEEDS = ("tfx", "fairness-indicators", "dill", "kfp", "setuptools", "tensorboard")
"""What the pipeline itself needs. TFX 1.16 does not import without dill, TensorFlow Hub wants a setuptools that still
has pkg_resources, and Keras's callback for TensorBoard wants tensorboard."""

TOOLS = ("mypy", "pytest", "ruff")
"""What checks it."""

EXACT = ("tfx", "kfp")
"""What a project pins in its own list of needs; for others any version will do that fits them."""

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>\S+)")


def needs(names: Iterable[str]) -> list[str]:
    """Return what ``pyproject.toml`` says of packages.

    Args:
        names: The packages.

    Returns:
        A requirement each.
    """
    told = {name: f"{name}=={metadata.version(name)}" for name in EXACT} | {
        "setuptools": "setuptools<81"
    }
    return [told.get(name, name) for name in names]


def pinned_for_airflow() -> tuple[str, str]:
    """Return the packages that run a project under Airflow, pinned: the workbook's own environment for it.

    Returns:
        The Python that they are for, this one or the newest that Airflow has a release for, such as ``"3.12"``; and a
        hashed pin for each package, in alphabetical order.
    """
    newest = min(sys.version_info[:2], side_environments.NEWEST_PYTHON["airflow"])
    python = "{}.{}".format(*newest)
    pins = _pins(side_environments.requirements("airflow"), python)
    return python, "".join(pin for _, pin in pins)


def pinned(file: Path = paths.ROOT / "requirements.txt") -> str:
    """Return the pins of all packages that a project needs, for this Python on this system.

    Args:
        file: The workbook's list, for all Pythons and systems.

    Returns:
        A hashed pin for each package, in alphabetical order.

    Raises:
        ExportError: If a package is not in the list, or not installed here.
    """
    listed = dict(_pins(file))
    wanted = sorted(closure((*NEEDS, *TOOLS)))
    missing = [name for name in wanted if name not in listed]
    if missing:
        raise ExportError(
            f"{file.name} has no pin for {', '.join(missing)} on this Python.",
            "Write the list again by `make lock`.",
        )
    return "".join(listed[name] for name in wanted)


@cache
def closure(names: tuple[str, ...]) -> frozenset[str]:
    """Return packages with all that they need here, directly or through others.

    Args:
        names: The packages.

    Returns:
        Their normalised names.

    Raises:
        ExportError: If one of them is not installed here.
    """
    waiting = [(canonicalize_name(name), "") for name in names]
    found: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        name, extra = one
        try:
            told = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            raise ExportError(
                f"The package {name} is needed and not installed in this environment.",
                "Run `make setup`, and use the environment that it makes.",
            ) from None
        for need in map(Requirement, told):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(need.name), mine) for mine in ("", *need.extras)]
    return frozenset(name for name, _ in found)


def _pins(file: Path, python: str = platform.python_version()) -> Iterator[tuple[str, str]]:
    """Yield name and pin of each package of the list that is meant for a Python on this system, without its marker."""
    here = {"python_full_version": python, "python_version": ".".join(python.split(".")[:2])}
    for block in re.findall(r"^[^\s#].*\n(?:[ \t].*\n)*", file.read_text("utf-8"), re.M):
        head, *hashes = block.replace("\\\n", "\n").splitlines()
        need = Requirement(head)
        pin = _PIN.match(head)
        if pin and (need.marker is None or need.marker.evaluate(here)):
            lines = [f"{pin['name']}=={pin['version']}", *(line.strip() for line in hashes)]
            yield canonicalize_name(pin["name"]), " \\\n    ".join(lines) + "\n"
