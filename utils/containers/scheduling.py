"""Which pod fits on which node, by what pods request.

The scheduler of Kubernetes filters the nodes that have room, gives points to each, and takes the best. Here the filter
is the same for processor and memory; the points are those of its rule ``LeastAllocated`` alone, so that a real cluster
may choose another node of those that fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from utils.containers import cluster, quantities

RESOURCES = ("cpu", "memory")


@dataclass(frozen=True)
class Node:
    """A machine of a cluster.

    Attributes:
        name: Its name.
        cpu: Cores that pods may ask for, as a quantity.
        memory: Bytes that pods may ask for, as a quantity.
    """

    name: str
    cpu: str | int
    memory: str | int

    def room(self, resource: str) -> Decimal:
        """Return what pods may ask for, in cores or bytes."""
        return quantities.parse(getattr(self, resource))


@dataclass(frozen=True)
class Pod:
    """A pod: its name, and what it requests in cores and bytes."""

    name: str
    cpu: Decimal
    memory: Decimal

    @property
    def owner(self) -> str:
        """The Deployment or Job that it belongs to, by its name without the number."""
        return self.name.rpartition("-")[0] or self.name


@dataclass(frozen=True)
class Placement:
    """Where pods came to lie.

    Attributes:
        nodes: The nodes.
        placed: The pods of each node, by its name.
        pending: The pods that found no node, each with the reason.
    """

    nodes: tuple[Node, ...]
    placed: dict[str, tuple[Pod, ...]]
    pending: tuple[tuple[Pod, str], ...]

    @property
    def pods(self) -> tuple[Pod, ...]:
        """All pods, those without a node last."""
        lying = (pod for node in self.nodes for pod in self.placed[node.name])
        return (*lying, *(pod for pod, _ in self.pending))

    def used(self, node: Node, resource: str) -> Decimal:
        """Return what the pods of a node request together."""
        return sum((getattr(pod, resource) for pod in self.placed[node.name]), Decimal(0))


def pods(described: Iterable[dict[str, Any]]) -> list[Pod]:
    """Return all pods that objects ask for, one by one.

    Args:
        described: Objects, as :func:`utils.containers.cluster.read` returns them.
    """
    return [
        Pod(f"{one.name}-{number}", one.request("cpu"), one.request("memory"))
        for one in cluster.pods(described)
        for number in range(1, one.replicas + 1)
    ]


def place(waiting: Iterable[Pod], nodes: Iterable[Node]) -> Placement:
    """Give each pod a node, in order.

    Args:
        waiting: The pods.
        nodes: The nodes.

    Returns:
        What came where, and what found no place.
    """
    every = tuple(nodes)
    placed: dict[str, list[Pod]] = {node.name: [] for node in every}
    pending = []
    for pod in waiting:
        short = Counter[str]()
        best: tuple[Decimal, str] | None = None
        for node in every:
            free = {
                one: node.room(one)
                - sum((getattr(other, one) for other in placed[node.name]), Decimal(0))
                - getattr(pod, one)
                for one in RESOURCES
            }
            missing = [one for one in RESOURCES if free[one] < 0]
            short.update(missing)
            if not missing:
                points = sum((free[one] / node.room(one) for one in RESOURCES), Decimal(0))
                best = max(best or (points, node.name), (points, node.name), key=lambda it: it[0])
        if best is None:
            why = ", ".join(f"{count} Insufficient {one}" for one, count in sorted(short.items()))
            pending.append((pod, f"0/{len(every)} nodes are available: {why}."))
        else:
            placed[best[1]].append(pod)
    return Placement(every, {name: tuple(mine) for name, mine in placed.items()}, tuple(pending))
