"""What a configuration costs: list prices from ``prices.json``, hours, and what is used with Terraform's resources."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from utils.cloud.errors import CloudError
from utils.cloud.terraform import Block, Configuration
from utils.errors import did_you_mean

MONTH = 730
"""Hours of a month, as Google Cloud's price lists count them."""

ZONES = 3
"""The zones in which a regional cluster keeps each node pool, unless it is told otherwise."""

DEFAULT_MACHINE, DEFAULT_DISK, DEFAULT_DISK_GIB = "e2-medium", "pd-balanced", 100
"""What a node has when nothing is said."""

_SHARED_CORES = {"e2-medium": (1.0, 4.0), "e2-small": (0.5, 2.0), "e2-micro": (0.25, 1.0)}
"""What the smallest machines are billed as: vCPUs and GiB."""


@cache
def prices() -> Mapping[str, Any]:
    """Return the price table, with where and when it was noted."""
    return json.loads((Path(__file__).parent / "prices.json").read_text("utf-8"))


@dataclass(frozen=True)
class Usage:
    """How much of everything is used in a month.

    Attributes:
        hours: How long the cluster and all that is billed by the hour exist.
        busy_hours: By name of an autoscaled node pool, the hours in which it has its most nodes; in the others it has
            its fewest.
        bucket_gib: What lies in the buckets, on average.
        image_gib: What lies in Artifact Registry.
        load_balancers: Services of type LoadBalancer, which Kubernetes asks for by itself.
        claims_gib: Disks that Kubernetes has made for volume claims, in GiB by type of disk.
    """

    hours: float = MONTH
    busy_hours: Mapping[str, float] = field(default_factory=dict)
    bucket_gib: float = 0.0
    image_gib: float = 0.0
    load_balancers: int = 0
    claims_gib: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One line of an estimate.

    Attributes:
        address: What is billed: a resource's address, or a name for what Kubernetes has made.
        what: What it is, with amounts.
        dollars: What it costs in the time that was asked for.
    """

    address: str
    what: str
    dollars: float


@dataclass(frozen=True)
class Estimate:
    """What everything costs in a month, or in the hours of it that it exists.

    Attributes:
        items: The lines.
        usage: What was assumed.
    """

    items: tuple[Item, ...]
    usage: Usage

    @property
    def total(self) -> float:
        """US dollars."""
        return sum(one.dollars for one in self.items)

    def of(self, *addresses: str) -> float:
        """Return what some addresses cost together.

        Args:
            *addresses: Addresses, or types of resources, such as ``"google_container_node_pool"``.

        Returns:
            US dollars.
        """
        beginnings = tuple(f"{one}." for one in addresses)
        return sum(one.dollars for one in self.items if f"{one.address}.".startswith(beginnings))


def machine_hour(machine: str, *, spot: bool = False) -> float:
    """Return what a machine costs in an hour.

    Args:
        machine: Its type, for example ``"e2-standard-4"``.
        spot: Whether it is a spot machine.

    Returns:
        US dollars.

    Raises:
        CloudError: If the price table does not know it.
    """
    families = prices()["machine_families"]
    family, _, rest = machine.partition("-")
    shape, _, number = rest.partition("-")
    known = families.get(family)
    if machine in _SHARED_CORES:
        vcpus, gib = _SHARED_CORES[machine]
    elif known and shape in known["gib_per_vcpu"] and number.isdigit():
        vcpus, gib = int(number), int(number) * known["gib_per_vcpu"][shape]
    else:
        raise CloudError(
            f"The price table does not know the machine {machine!r}.",
            f"It knows the families {', '.join(families)}, for example e2-standard-4; add others to prices.json.",
        )
    whole = vcpus * known["vcpu_hour"] + gib * known["gib_hour"]
    return whole * (prices()["spot_share"] if spot else 1)


def price(table: str, name: str) -> float:
    """Return one price.

    Args:
        table: For example ``"disk_gib_month"``.
        name: For example ``"pd-ssd"``.

    Returns:
        US dollars.

    Raises:
        CloudError: If the table does not have it.
    """
    known = prices()[table]
    if name not in known:
        raise CloudError(
            f"The price table {table} does not have {name!r}.", did_you_mean(name, known)
        )
    return known[name]


def is_regional(location: object) -> bool:
    """Tell a region (``us-central1``) from a zone (``us-central1-a``).

    Args:
        location: The location.
    """
    return re.fullmatch(r"[a-z]+-[a-z]+\d+", str(location)) is not None


def zones(made: Configuration, pool: Block) -> int:
    """Return in how many zones each node of a pool is made.

    Args:
        made: The configuration.
        pool: The node pool, whose location counts, or that of its cluster.
    """
    locations = made.value(pool.body.get("node_locations"))
    if isinstance(locations, list) and locations:
        return len(locations)
    location = made.value(pool.body.get("location", ""))
    if not location:
        clusters = made.of("google_container_cluster")
        location = made.value(clusters[0].body.get("location", "")) if clusters else ""
    return ZONES if is_regional(location) else 1


@dataclass(frozen=True)
class Pool:
    """A node pool, worked out.

    Attributes:
        name: Its name.
        machine: The type of its machines.
        spot: Whether they are spot machines.
        fewest: Nodes when nothing is to do, over all zones.
        most: Nodes when everything is to do, over all zones.
        accelerators: GPUs of a node, by type.
        disk: The type of a node's disk, and its GiB.
    """

    name: str
    machine: str
    spot: bool
    fewest: int
    most: int
    accelerators: Mapping[str, int]
    disk: tuple[str, float]

    @property
    def node_hour(self) -> float:
        """What a node costs in an hour, with its GPUs and its disk, in US dollars."""
        share = prices()["spot_share"] if self.spot else 1
        gpus = sum(
            number * price("accelerator_hour", kind) for kind, number in self.accelerators.items()
        )
        kind, gib = self.disk
        disk = gib * price("disk_gib_month", kind) / MONTH
        return machine_hour(self.machine, spot=self.spot) + share * gpus + disk

    def node_hours(self, usage: Usage) -> float:
        """Return how many hours of nodes are billed.

        Args:
            usage: How long it exists, and how long it is busy.
        """
        busy = min(usage.busy_hours.get(self.name, 0.0), usage.hours)
        return self.fewest * (usage.hours - busy) + self.most * busy

    @property
    def said(self) -> str:
        """The pool in words."""
        nodes = str(self.fewest) if self.fewest == self.most else f"{self.fewest} to {self.most}"
        gpus = "".join(f" with {number} {kind}" for kind, number in self.accelerators.items())
        return f"{nodes} {self.machine}{gpus}{' (spot)' if self.spot else ''}"


def pool(made: Configuration, block: Block) -> Pool:
    """Work out a node pool.

    Args:
        made: The configuration.
        block: The ``google_container_node_pool``.

    Returns:
        The pool.

    Raises:
        CloudError: If a number cannot be known without the cloud.
    """
    config = (block.inner("node_config") or [{}])[0]
    scaling = (block.inner("autoscaling") or [{}])[0]
    each = zones(made, block)
    if scaling:
        fewest = _number(made, scaling.get("min_node_count", 0), block)
        most = _number(made, scaling.get("max_node_count", fewest), block)
    else:
        fewest = most = _number(
            made, block.body.get("node_count", block.body.get("initial_node_count", 1)), block
        )
    accelerators = {
        str(made.value(one.get("type"))): int(_number(made, one.get("count", 1), block))
        for one in config.get("guest_accelerator", [])
    }
    return Pool(
        str(made.value(block.body.get("name", block.address))),
        str(made.value(config.get("machine_type", DEFAULT_MACHINE))),
        made.value(config.get("spot", False)) is True,
        int(fewest) * each,
        int(most) * each,
        {kind: number for kind, number in accelerators.items() if number},
        (
            str(made.value(config.get("disk_type", DEFAULT_DISK))),
            _number(made, config.get("disk_size_gb", DEFAULT_DISK_GIB), block),
        ),
    )


def _number(made: Configuration, of: Any, block: Block) -> float:
    value = made.value(of)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise CloudError(
        f"{block.address} has {value!r} where a number is needed.",
        "Give the variable a default, or a value by `given(...)`.",
    )


def copies(made: Configuration, block: Block) -> int:
    """Return how often a resource is made.

    Args:
        made: The configuration.
        block: The resource.

    Returns:
        Its ``count``, or how many entries its ``for_each`` has; 1 where neither is given.

    Raises:
        CloudError: If that cannot be known without the cloud.
    """
    each = made.value(block.body.get("for_each", 1))
    if isinstance(each, (list, Mapping)):
        return len(each)
    return int(_number(made, block.body.get("count", each), block))


def estimate(made: Configuration, usage: Usage | None = None) -> Estimate:
    """Work out what a configuration costs.

    Args:
        made: The configuration.
        usage: How much is used; a whole month of everything where None.

    Returns:
        The estimate, in US dollars at list prices.

    Raises:
        CloudError: If a price or a number is not known.
    """
    usage = usage or Usage()
    share = usage.hours / MONTH
    items: list[Item] = []
    for block in made.of("resource"):
        for one in _of_resource(made, block, usage) if made.exists(block) else []:
            if (number := copies(made, block)) != 1:
                one = replace(one, what=f"{number} times {one.what}", dollars=number * one.dollars)
            items.append(one)
    if usage.load_balancers:
        dollars = usage.load_balancers * prices()["load_balancer_hour"] * usage.hours
        items.append(Item("load balancers", f"{usage.load_balancers}, made by Services", dollars))
    for kind, gib in usage.claims_gib.items():
        dollars = gib * price("disk_gib_month", kind) * share
        items.append(Item("volume claims", f"{gib:g} GiB of {kind}, made by claims", dollars))
    return Estimate(tuple(items), usage)


def _of_its_type(made: Configuration, block: Block) -> int:
    """Return how many resources of a block's type there are, which share what lies in them."""
    return sum(copies(made, one) for one in made.of(block.type))


def _of_resource(made: Configuration, block: Block, usage: Usage) -> list[Item]:
    hours, share = usage.hours, usage.hours / MONTH
    if block.type == "google_container_cluster":
        where = made.value(block.body.get("location", ""))
        kind = "regional" if is_regional(where) else "zonal"
        fee = prices()["cluster_hour"] * hours
        return [Item(block.address, f"management of a {kind} cluster, {hours:g} h", fee)]
    if block.type == "google_container_node_pool":
        worked_out = pool(made, block)
        node_hours = worked_out.node_hours(usage)
        said = f"{worked_out.said}, {node_hours:g} node hours"
        return [Item(block.address, said, node_hours * worked_out.node_hour)]
    if block.type == "google_compute_disk":
        kind = str(made.value(block.body.get("type", "pd-standard")))
        gib = _number(made, block.body.get("size", 0), block)
        dollars = gib * price("disk_gib_month", kind) * share
        return [Item(block.address, f"{gib:g} GiB of {kind}", dollars)]
    if block.type == "google_filestore_instance":
        kind = str(made.value(block.body.get("tier")))
        gib = sum(_number(made, one["capacity_gb"], block) for one in block.inner("file_shares"))
        dollars = gib * price("filestore_gib_month", kind) * share
        return [Item(block.address, f"{gib:g} GiB of Filestore {kind}", dollars)]
    if block.type == "google_storage_bucket":
        gib = usage.bucket_gib / _of_its_type(made, block)
        dollars = gib * prices()["bucket_gib_month"] * share
        return [Item(block.address, f"{gib:.2f} GiB in the bucket", dollars)]
    if block.type == "google_artifact_registry_repository":
        gib = usage.image_gib / _of_its_type(made, block)
        dollars = gib * prices()["image_gib_month"] * share
        return [Item(block.address, f"{gib:g} GiB of images", dollars)]
    return []


@dataclass(frozen=True)
class Pods:
    """Pods that ask for the same; Autopilot bills what they ask for.

    Attributes:
        name: What they are.
        vcpus: vCPUs that one asks for.
        gib: GiB of memory that one asks for.
        hours: Hours of a month in which one runs.
        count: How many there are.
        spot: Whether they may be stopped at any time.
    """

    name: str
    vcpus: float
    gib: float
    hours: float = MONTH
    count: int = 1
    spot: bool = False


def autopilot(pods: Sequence[Pods], hours: float = MONTH) -> Estimate:
    """Work out what pods cost in an Autopilot cluster.

    Args:
        pods: The pods.
        hours: How long the cluster exists.

    Returns:
        The estimate; its items are the pods' names.
    """
    known = prices()["autopilot"]
    items = [
        Item("cluster", f"management, {hours:g} h", prices()["cluster_hour"] * hours),
        *(
            Item(
                one.name,
                f"{one.count} with {one.vcpus:g} vCPU, {one.gib:g} GiB, {one.hours:g} h"
                f"{' (spot)' if one.spot else ''}",
                (one.vcpus * known["vcpu_hour"] + one.gib * known["gib_hour"])
                * one.hours
                * one.count
                * (prices()["spot_share"] if one.spot else 1),
            )
            for one in pods
        ),
    ]
    return Estimate(tuple(items), Usage(hours=hours))


def dataflow(workers: int, machine: str, hours: float) -> float:
    """Return what a batch job on Dataflow costs, without what it shuffles.

    Args:
        workers: How many workers.
        machine: Their type.
        hours: How long they run.

    Returns:
        US dollars.

    Raises:
        CloudError: If the price table does not know the machine.
    """
    machine_hour(machine)  # refuses what is not known
    family, shape, number = machine.split("-") if machine.count("-") == 2 else ("e2", "", "1")
    per_vcpu = prices()["machine_families"][family]["gib_per_vcpu"].get(shape, 4)
    known = prices()["dataflow"]
    vcpus = int(number)
    return workers * hours * vcpus * (known["vcpu_hour"] + per_vcpu * known["gib_hour"])


def price_table() -> list[tuple[str, float, str]]:
    """Return the price table as rows: what, US dollars, where it can be checked."""
    table, at = prices(), prices()["addresses"]
    machines = {
        one: machine_hour(one) for one in ("e2-standard-4", "e2-standard-8", "n1-standard-4")
    }
    by_hour = {**machines, **table["accelerator_hour"]}
    computing = at["machines, disks, GPUs"]
    filestore = table["filestore_gib_month"]
    kinds = {"vcpu_hour": "vCPU", "gib_hour": "GiB"}
    return [
        *((f"{name}, an hour", dollars, computing) for name, dollars in by_hour.items()),
        *(
            (f"{one}, a GiB and month", cost, computing)
            for one, cost in table["disk_gib_month"].items()
        ),
        *(
            (f"Filestore {one}, a GiB and month", cost, at["Filestore"])
            for one, cost in filestore.items()
        ),
        ("a cluster's management, an hour", table["cluster_hour"], at["clusters"]),
        ("a bucket, a GiB and month", table["bucket_gib_month"], at["buckets"]),
        ("images, a GiB and month", table["image_gib_month"], at["images"]),
        ("a load balancer, an hour", table["load_balancer_hour"], at["load balancers"]),
        *(
            (f"Autopilot, a {one} and hour", table["autopilot"][kind], at["clusters"])
            for kind, one in kinds.items()
        ),
        *(
            (f"Dataflow, a {one} and hour", table["dataflow"][kind], at["Dataflow"])
            for kind, one in kinds.items()
        ),
    ]
