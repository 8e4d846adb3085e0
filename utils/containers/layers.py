"""Which layers of an image the builder's cache answers, computed by the rule of Docker's documentation.

A layer is looked up by the layer below it, its own instruction, and the contents of the files that it copies. This is
a model of that rule, for files in a context: what a ``RUN`` would fetch from a network is no part of a layer's key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from utils.containers import contexts, dockerfiles
from utils.containers.dockerfiles import Instruction
from utils.containers.errors import ContainerError


@dataclass(frozen=True)
class Layer:
    """One step of a build.

    Attributes:
        instruction: The instruction that makes it.
        key: What the cache looks it up by.
    """

    instruction: Instruction
    key: str


def keys(text: str, digests: Mapping[str, str]) -> list[Layer]:
    """Compute what the cache looks each step up by.

    Args:
        text: A Dockerfile.
        digests: A digest of each file of the context, by path.

    Returns:
        The steps, in order.

    Raises:
        ContainerError: A file that is copied is not in the context, or a stage is named that is not there.
    """
    made: list[Layer] = []
    finished: dict[str, str] = {}
    for number, stage in enumerate(dockerfiles.stages(dockerfiles.read(text))):
        key = finished.get(stage.base, "")
        for one in stage.instructions:
            key = _digest(key, str(one), *_contents(one, digests, finished))
            made.append(Layer(one, key))
        finished[str(number)] = key
        if stage.alias:
            finished[stage.alias] = key
    return made


def kept(before: list[Layer], after: list[Layer]) -> list[bool]:
    """Tell which steps of a build the cache answers.

    Args:
        before: The steps that were built.
        after: The steps that are to be built.

    Returns:
        For each step of ``after`` whether a step that was built has the same key.
    """
    known = {layer.key for layer in before}
    return [layer.key in known for layer in after]


def _contents(
    one: Instruction, digests: Mapping[str, str], finished: Mapping[str, str]
) -> list[str]:
    if one.name not in ("COPY", "ADD"):
        return []
    stage = one.flags.get("from")
    if stage is not None:
        if stage not in finished:
            raise ContainerError(
                f"line {one.line} copies from the stage {stage!r}, and no stage before it is called so.",
                "Name a stage by `FROM … AS name`.",
            )
        return [finished[stage]]
    found = []
    for source in one.words[:-1]:
        taken = contexts.matching(source, sorted(digests))
        if not taken:
            raise ContainerError(
                f"line {one.line} copies {source}, which is not in the build context.",
                "Look at the spelling, and at .dockerignore.",
            )
        found += [f"{path}={digests[path]}" for path in taken]
    return found


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
