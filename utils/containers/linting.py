"""What linters say of a text: hadolint's findings, Kubernetes' own schemas, and texts broken by one edit."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from utils import manifests
from utils.containers.errors import ContainerError


@dataclass(frozen=True)
class Finding:
    """What a linter has against a text.

    Attributes:
        where: The line of a Dockerfile, or the place in a manifest, for example ``"spec.replicas"``.
        code: The rule, for example ``"DL3007"``; for a manifest ``"ERROR"``, or ``"WARN"`` where there is no schema.
        message: The linter's own words.
    """

    where: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Broken:
    """A text with one edit.

    Attributes:
        edit: What was done to it.
        findings: What the linter says of it; nothing where it accepts it.
    """

    edit: str
    findings: tuple[Finding, ...]


def hadolint(text: str) -> list[Finding]:
    """Ask hadolint about a Dockerfile.

    Args:
        text: The file.

    Returns:
        Its findings, in the order of the lines.

    Raises:
        utils.manifests.ManifestError: If hadolint cannot be had.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text(text, encoding="utf-8")
        options = ("--no-fail", "--format", "json")
        said = manifests.check("hadolint", *options, "Dockerfile", folder=Path(folder))
    return [
        Finding(f"line {one['line']}", one["code"], " ".join(one["message"].split()))
        for one in json.loads(said)
    ]


def kubernetes(text: str) -> list[Finding]:
    """Ask kubernetes-validate about manifests, with strict schemas.

    Args:
        text: One manifest or several, as YAML.

    Returns:
        Its findings. A kind that has no schema counts as one, although the program itself only warns.

    Raises:
        utils.manifests.ManifestError: If the program cannot be had, or fails by itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.yaml").write_text(text, encoding="utf-8")
        try:
            said = manifests.check(
                "kubernetes-validate", "--strict", "manifest.yaml", folder=Path(folder)
            )
        except manifests.ManifestError as error:
            _, fault, said = error.what.partition(" found a fault: ")
            if not fault or said.startswith("Traceback "):
                raise
    found = [
        Finding(*_place(match["said"]), match["said"].partition(": ")[2] or match["said"])
        if match["code"] == "ERROR"
        else Finding("", match["code"], match["said"])
        for match in re.finditer(
            r"^(?P<code>ERROR|WARN) manifest\.yaml (?:.* against version [\d.]+: )?(?P<said>.+)$",
            said,
            re.MULTILINE,
        )
    ]
    if not found and " passed for resource " not in said:
        found = [
            Finding("", "ERROR", " ".join(said.replace(" from file manifest.yaml", "").split()))
        ]
    return found


def _place(said: str) -> tuple[str, str]:
    return said.partition(": ")[0], "ERROR"


def edited(text: str, old: str, new: str) -> str:
    """Return a text with one edit.

    Args:
        text: The text.
        old: What is replaced; it has to be there exactly once.
        new: What takes its place.

    Raises:
        ContainerError: ``old`` is not there, or more than once.
    """
    if text.count(old) != 1:
        raise ContainerError(
            f"{old!r} is there {text.count(old)} times.", "Name a piece that is there exactly once."
        )
    return text.replace(old, new)


def break_each(
    text: str, edits: Mapping[str, tuple[str, str]], linter: Callable[[str], list[Finding]]
) -> list[Broken]:
    """Break a text in several ways, one at a time, and ask a linter about each.

    Args:
        text: The text that is right.
        edits: What to replace by what, by a name for the edit.
        linter: :func:`hadolint` or :func:`kubernetes`.

    Returns:
        What came of each edit, in order.

    Raises:
        ContainerError: What an edit replaces is not there exactly once.
    """
    return [
        Broken(name, tuple(linter(edited(text, old, new)))) for name, (old, new) in edits.items()
    ]
