"""What a cluster computes: quantities, pods on nodes, and the steps of an update."""

from __future__ import annotations

import copy
import shutil
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from utils.containers import cluster, kustomize, quantities, rolling, scheduling, views
from utils.containers.errors import ContainerError

OBJECTS = """\
kind: Deployment
metadata: {name: server}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: server}}
    spec:
      initContainers:
        - {name: fetch, resources: {requests: {memory: 2Gi}}}
      containers:
        - {name: one, resources: {requests: {cpu: 500m}, limits: {memory: 1Gi}}}
        - {name: two, resources: {requests: {cpu: 250m, memory: 512Mi}, limits: {memory: 4Gi}}}
---
kind: Service
metadata: {name: server}
spec: {selector: {app: server}}
---
kind: Pod
metadata: {name: alone}
spec: {containers: [{name: one}]}
---
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: one}]}}}}}
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500m", "0.5"),
        (2, "2"),
        ("1Gi", 2**30),
        ("1.5Gi", 3 * 2**29),
        ("1G", 10**9),
        ("1e3", 1000),
        (".5", "0.5"),
    ],
)
def test_a_quantity(text, value):
    assert quantities.parse(text) == Decimal(value)


@pytest.mark.parametrize("text", ["one", "1GB", "1 Gi", "", "-1", None, "1mi"])
def test_no_quantity(text):
    with pytest.raises(ContainerError, match="is no quantity"):
        quantities.parse(text)


def test_quantities_are_written_as_they_are_read():
    assert [quantities.cores(Decimal(one)) for one in ("0.5", "2", "1.25")] == [
        "500m",
        "2",
        "1250m",
    ]
    written = [quantities.memory(quantities.parse(one)) for one in ("1536Mi", "10Gi", "100Mi")]
    assert written == ["1.5Gi", "10Gi", "100Mi"]


def test_pods_of_all_kinds(tmp_path):
    file = tmp_path / "all.yaml"
    file.write_text(OBJECTS)
    objects = cluster.read(file)
    found = {pod.name: pod for pod in cluster.pods(objects)}
    assert {name: pod.replicas for name, pod in found.items()} == {
        "server": 2,
        "alone": 1,
        "nightly": 1,
    }
    assert found["server"].request("memory") == quantities.parse("2Gi"), "the init container's"
    assert found["server"].request("cpu") == Decimal("0.75")
    assert [pod.name for pod in scheduling.pods(objects)][:2] == ["server-1", "server-2"]


def test_pods_go_where_there_is_room():
    gibi = Decimal(2**30)
    nodes = [scheduling.Node("a", 2, "3Gi"), scheduling.Node("b", "1", "2Gi")]
    waiting = [scheduling.Pod(f"pod-{at}", Decimal("0.5"), gibi) for at in range(4)]
    large = scheduling.Pod("large", Decimal(4), 2 * gibi)
    found = scheduling.place([*waiting, large], nodes)
    assert sum(map(len, found.placed.values())) == 4
    assert found.pending == (
        (large, "0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory."),
    )
    assert all(
        found.used(node, one) <= node.room(one) for node in nodes for one in ("cpu", "memory")
    )
    shown = views.placement(found)
    assert shown.data["state"].str.startswith("Pending").sum() == 1
    assert shown.picture.count("<title>") == 8, "two blocks for each pod that has a node"
    assert [pod.owner for pod in found.pods] == [*4 * ["pod"], "large"]
    assert shown.picture.count("workbook-mark-0") == 9, "the blocks of one owner, and the legend"


SHARES = st.one_of(st.integers(0, 12), st.integers(0, 100).map("{}%".format))


@given(replicas=st.integers(1, 12), surge=SHARES, unavailable=SHARES)
def test_an_update_keeps_to_its_bounds(replicas, surge, unavailable):
    try:
        kept = rolling.bounds(replicas, surge, unavailable)
    except ContainerError as error:
        assert "may not both be 0" in error.what
        assert {surge, unavailable} <= {0, "0%"}
        return
    steps = rolling.steps(replicas, kept)
    assert min(one.available for one in steps) >= kept.least
    assert max(one.total for one in steps) == kept.most
    assert (steps[-1].old, steps[-1].new, steps[-1].starting) == (0, replicas, 0)


def test_shares_are_rounded_as_kubernetes_rounds_them():
    assert rolling.bounds(10, "25%", "25%") == rolling.Bounds(3, 2, 13, 8)
    assert rolling.bounds(3, "0%", "25%").unavailable == 1, "an update has to go on"
    assert rolling.bounds(3, 10**30, 0).most == 6, "there are no more new pods than replicas"
    shown = views.rollout(rolling.steps(3, rolling.bounds(3)), rolling.bounds(3)).data
    assert shown["answering"].min() == 3
    for wrong in ("many", "1", True, 1.5):
        with pytest.raises(ContainerError, match="neither a number"):
            rolling.bounds(3, wrong, 0)


def test_kustomize_renders_a_folder_or_says_why_not(tmp_path, monkeypatch):
    if shutil.which(kustomize.PROGRAM) is None:
        pytest.skip("needs kubectl")
    objects = [copy.deepcopy(one) for one in yaml.safe_load_all(OBJECTS)]
    objects[1]["apiVersion"] = "v1"
    (tmp_path / "service.yaml").write_text(yaml.safe_dump(objects[1]))
    file = tmp_path / "kustomization.yaml"
    file.write_text("resources: [service.yaml]\nnamePrefix: trial-\n")
    assert yaml.safe_load(kustomize.render(tmp_path))["metadata"]["name"] == "trial-server"
    file.write_text("resources: [nothing.yaml]\n")
    with pytest.raises(ContainerError, match=r"(?s)refuses .*nothing\.yaml"):
        kustomize.render(tmp_path)


def test_without_kubectl_a_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContainerError, match="kubectl is not on this machine"):
        kustomize.render(tmp_path)
