"""Dockerfiles, read instruction by instruction.

Source: Docker's reference of the Dockerfile (continued lines, comments, stages).
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from utils.containers.errors import ContainerError


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        line: Number of its first line, from 1.
        name: Its name in capitals, for example ``"COPY"``.
        rest: What follows the name, on one line.
    """

    line: int
    name: str
    rest: str

    def __str__(self) -> str:
        return f"{self.name} {self.rest}"

    @property
    def flags(self) -> dict[str, str]:
        """The options at its beginning, for example ``{"from": "packages"}``."""
        return dict(re.findall(r"--([\w-]+)=(\S+)", self._split()[0]))

    @property
    def words(self) -> list[str]:
        """Its words without options, of a JSON list or of plain text."""
        plain = self._split()[1]
        try:
            listed = json.loads(plain)
        except ValueError:
            listed = None
        if isinstance(listed, list):
            return [str(word) for word in listed]
        try:
            return shlex.split(plain)
        except ValueError:
            return plain.split()

    def _split(self) -> tuple[str, str]:
        found = re.match(r"((?:--[\w-]+=\S+\s+)*)(.*)", self.rest, re.DOTALL)
        return (found[1], found[2].strip()) if found else ("", self.rest)


@dataclass(frozen=True)
class Stage:
    """One stage of a build: a ``FROM`` and what follows it.

    Attributes:
        base: The image or the earlier stage that it starts from.
        alias: Its own name; empty for none.
        instructions: All its instructions, ``FROM`` first.
    """

    base: str
    alias: str
    instructions: tuple[Instruction, ...]


def read(text: str) -> list[Instruction]:
    """Read a Dockerfile.

    Args:
        text: The file.

    Returns:
        Its instructions, in order.

    Raises:
        ContainerError: A line is no instruction.
    """
    made: list[Instruction] = []
    begun = 0
    parts: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        begun = begun if parts else number
        parts.append(stripped.removesuffix("\\").strip())
        if stripped.endswith("\\"):
            continue
        made.append(_instruction(begun, " ".join(parts)))
        parts = []
    if parts:
        made.append(_instruction(begun, " ".join(parts)))
    return made


def _instruction(line: int, text: str) -> Instruction:
    found = re.fullmatch(r"([A-Za-z]+)\s+(.+)", text, re.DOTALL)
    if found is None:
        raise ContainerError(
            f"line {line} is no instruction: {text}",
            "An instruction is a name, such as COPY, and what it is about.",
        )
    return Instruction(line, found[1].upper(), found[2])


def stages(instructions: list[Instruction]) -> list[Stage]:
    """Split instructions into stages.

    Args:
        instructions: What :func:`read` returned.

    Returns:
        The stages, in order; the last one is the image.

    Raises:
        ContainerError: The first instruction is not ``FROM``.
    """
    found: list[list[Instruction]] = []
    for one in instructions:
        if one.name == "FROM":
            found.append([one])
        elif found:
            found[-1].append(one)
        elif one.name != "ARG":
            raise ContainerError(
                f"line {one.line} is {one.name}, and nothing comes before FROM but ARG.",
                "Begin with the image to start from.",
            )
    if not found:
        raise ContainerError("There is no FROM in it.", "Begin with the image to start from.")
    return [_stage(part) for part in found]


def _stage(part: list[Instruction]) -> Stage:
    words = part[0].words
    named = len(words) == 3 and words[1].upper() == "AS"
    return Stage(words[0], words[2] if named else "", tuple(part))


def copied(instructions: list[Instruction]) -> list[str]:
    """Return what instructions copy out of the build context, by path or pattern.

    Args:
        instructions: What :func:`read` returned.
    """
    return [
        source.removeprefix("./").removesuffix("/") or "."
        for one in instructions
        if one.name in ("COPY", "ADD") and "from" not in one.flags
        for source in one.words[:-1]
    ]
