"""The objects that manifests describe, and the pods that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from utils.containers import quantities


@dataclass(frozen=True)
class PodTemplate:
    """Pods that an object asks for.

    Attributes:
        kind: The kind of the object, for example ``"Deployment"``.
        name: Its name.
        replicas: How many pods.
        labels: Their labels.
        spec: What is in them.
    """

    kind: str
    name: str
    replicas: int
    labels: Mapping[str, str]
    spec: Mapping[str, Any]

    def request(self, resource: str) -> Decimal:
        """Return what one pod is promised, in cores or bytes.

        Args:
            resource: ``"cpu"`` or ``"memory"``. A limit without a request counts as one, as in a cluster.
        """
        return max(
            sum((_asked(one, resource) for one in self.spec.get("containers", [])), Decimal(0)),
            *(_asked(one, resource) for one in self.spec.get("initContainers", [])),
            Decimal(0),
        )


def read(*files: Path) -> list[dict[str, Any]]:
    """Read all objects of manifests.

    Args:
        *files: The files.

    Returns:
        The objects, in order.
    """
    return [
        one for file in files for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one
    ]


def pods(objects: Iterable[Mapping[str, Any]]) -> list[PodTemplate]:
    """Return the pods that objects ask for.

    Args:
        objects: Objects of any kind; those that make no pods are passed over.
    """
    found = []
    for one in objects:
        kind, name, spec = one.get("kind", ""), one["metadata"]["name"], one.get("spec") or {}
        if kind == "Pod":
            found.append(PodTemplate(kind, name, 1, one["metadata"].get("labels") or {}, spec))
            continue
        if kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if "template" in spec:
            template = spec["template"]
            labels = (template.get("metadata") or {}).get("labels") or {}
            replicas = spec.get("replicas", spec.get("parallelism", 1))
            found.append(PodTemplate(kind, name, replicas, labels, template["spec"]))
    return found


def _asked(container: Mapping[str, Any], resource: str) -> Decimal:
    resources = container.get("resources") or {}
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    return quantities.parse(requests.get(resource, limits.get(resource, 0)))
