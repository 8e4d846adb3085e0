"""In which order everything goes again: what nothing needs any more first."""

from __future__ import annotations

from dataclasses import dataclass

from utils.cloud import costs
from utils.cloud.terraform import Block, Configuration


@dataclass(frozen=True)
class Step:
    """One step of a teardown.

    Attributes:
        address: What goes.
        command: The command that removes it.
        held: What keeps it from being removed; empty where nothing does.
        dollars: What it costs in a month as long as it is there.
    """

    address: str
    command: str
    held: str
    dollars: float


def order(made: Configuration) -> list[str]:
    """Return resources in an order in which each goes before what it needs.

    Args:
        made: The configuration.

    Returns:
        Addresses; those that ``terraform destroy`` could take at the same time stand as they do in the files.
    """
    needs = {address: set(names) for address, names in made.needs().items()}
    found: list[str] = []
    while needs:
        needed = {name for names in needs.values() for name in names}
        free = [address for address in needs if address not in needed] or list(needs)
        found += free
        for address in free:
            del needs[address]
    return found


def steps(made: Configuration, usage: costs.Usage | None = None) -> list[Step]:
    """List what has to go, in order: what Kubernetes has made itself first, then Terraform's resources.

    Args:
        made: The configuration.
        usage: What is in use; what Terraform does not know stands there.

    Returns:
        The steps.
    """
    estimate = costs.estimate(made, usage)
    first = [
        ("load balancers", "kubectl delete services --all --all-namespaces"),
        ("volume claims", "kubectl delete pvc --all --all-namespaces"),
    ]
    known = {one.address for one in estimate.items}
    found = [Step(name, command, "", estimate.of(name)) for name, command in first if name in known]
    for address in order(made):
        block = made.find(address)
        if block.kind == "resource" and made.exists(block):
            command = f"terraform destroy -target={address}"
            found.append(Step(address, command, held(made, block), estimate.of(address)))
    return found


def held(made: Configuration, block: Block) -> str:
    """Say what keeps a resource from being destroyed.

    Args:
        made: The configuration.
        block: The resource.

    Returns:
        The guard, or an empty text.
    """
    if any(made.value(one.get("prevent_destroy")) is True for one in block.inner("lifecycle")):
        return "prevent_destroy"
    if (
        block.type == "google_container_cluster"
        and made.value(block.body.get("deletion_protection", True)) is not False
    ):
        return "deletion_protection"
    if (
        block.type == "google_storage_bucket"
        and made.value(block.body.get("force_destroy", False)) is not True
    ):
        return "force_destroy = false, unless it is empty"
    if (
        block.type == "google_project"
        and made.value(block.body.get("deletion_policy", "PREVENT")) == "PREVENT"
    ):
        return "deletion_policy"
    return ""
