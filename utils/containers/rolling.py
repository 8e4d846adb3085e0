"""How a Deployment goes from old pods to new ones: the bounds, and the steps.

Source: Kubernetes' documentation of ``strategy.rollingUpdate``: a share of ``maxSurge`` is rounded up, one of
``maxUnavailable`` down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from utils.containers.errors import ContainerError

DEFAULT = "25%"
"""What both are where the manifest does not say."""


@dataclass(frozen=True)
class Bounds:
    """What an update keeps to.

    Attributes:
        surge: Pods that may be there beyond the replicas.
        unavailable: Pods that may be missing from the replicas.
        most: Pods there may be at once: no more than all old and all new ones, whatever the surge allows.
        least: Pods that answer at any time.
    """

    surge: int
    unavailable: int
    most: int
    least: int


@dataclass(frozen=True)
class Step:
    """A moment of an update: old pods that answer, new ones that answer, new ones that are starting."""

    old: int
    new: int
    starting: int

    @property
    def available(self) -> int:
        """Pods that answer."""
        return self.old + self.new

    @property
    def total(self) -> int:
        """Pods that need a place."""
        return self.old + self.new + self.starting


def bounds(
    replicas: int, max_surge: int | str = DEFAULT, max_unavailable: int | str = DEFAULT
) -> Bounds:
    """Compute what an update keeps to.

    Args:
        replicas: The pods that are asked for.
        max_surge: A number of pods, or a share such as ``"25%"``.
        max_unavailable: Likewise.

    Raises:
        ContainerError: Both are zero, or one is neither a number nor a share.
    """
    given = (("maxSurge", max_surge), ("maxUnavailable", max_unavailable))
    wanted = {name: _read(name, value) for name, value in given}
    if not any(amount for amount, _ in wanted.values()):
        raise ContainerError(
            "maxSurge and maxUnavailable may not both be 0: no pod could be added, and none be taken away.",
            "Allow at least one of the two.",
        )
    surge, unavailable = (
        rounded(amount * replicas / 100) if share else int(amount)
        for (amount, share), rounded in zip(wanted.values(), (math.ceil, math.floor), strict=True)
    )
    unavailable = unavailable if surge or unavailable else 1
    most = replicas + min(surge, replicas)
    return Bounds(surge, unavailable, most, max(0, replicas - unavailable))


def steps(replicas: int, kept: Bounds) -> list[Step]:
    """Go through an update, one thing at a time: pods are started, pods are taken away, what was started is ready.

    Args:
        replicas: The pods that are asked for.
        kept: What the update keeps to.

    Returns:
        The steps, from all old to all new.
    """
    made = [Step(replicas, 0, 0)]
    while made[-1] != Step(0, replicas, 0):
        old, new, starting = made[-1].old, made[-1].new, made[-1].starting
        starting += min(kept.most - made[-1].total, replicas - new - starting)
        fewer = old - max(0, min(old, old + new - kept.least))
        for step in (
            Step(old, new, starting),
            Step(fewer, new, starting),
            Step(fewer, new + starting, 0),
        ):
            made += [step] if step != made[-1] else []
    return made


def _read(name: str, value: int | str) -> tuple[int, bool]:
    """Return an amount, and whether it is a share."""
    text = str(value)
    share = text.endswith("%") and isinstance(value, str)
    number = text.removesuffix("%")
    if isinstance(value, bool) or not number.isdecimal() or (isinstance(value, str) and not share):
        raise ContainerError(
            f"{name} is {value!r}, which is neither a number of pods nor a share.",
            'Write 1, or "25%".',
        )
    return int(number), share
