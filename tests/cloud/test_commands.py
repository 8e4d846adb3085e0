from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from utils.cloud import commands, costs
from utils.cloud.errors import CloudError
from utils.cloud.terraform import Configuration

RESIZE = "gcloud container clusters resize complaints --node-pool=cpu --num-nodes=3"


def test_a_command_is_taken_apart() -> None:
    line = commands.parse("gcloud compute disks create data --size 2TB --type='pd-ssd' --quiet")
    assert line.words == ("gcloud", "compute", "disks", "create", "data")
    assert line.flags == {"--size": "2TB", "--type": "pd-ssd", "--quiet": ""}
    assert line.number("--size", 0) == 2048


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("gcloud 'projects", "This is no command: No closing quotation"),
        ("", "is not one plain command"),
        ("gcloud auth list | sh", "is not one plain command"),
        ("gcloud auth list; rm -r x", "is not one plain command"),
        ("rm -r x", "The dry view does not know 'rm x'.*\nIt knows gcloud"),
        ("gcloud compute disk create x", "Did you mean 'gcloud compute disks create'"),
        ("gcloud compute disks create x --size=big", "--size is 'big'"),
    ],
)
def test_what_cannot_be_told_is_refused(command: str, reason: str) -> None:
    with pytest.raises(CloudError, match=reason.replace("(", r"\(")):
        commands.dry(command)


def test_flags_change_the_price(made: Configuration) -> None:
    pool = "gcloud container node-pools create p --machine-type=e2-standard-4 --num-nodes=2"
    plain, spot, region = (
        float(commands.dry(f"{pool} {flag}").hourly or 0) for flag in ("", "--spot", "--region=r")
    )
    assert plain > 2 * costs.machine_hour("e2-standard-4")
    assert spot < plain / 2
    assert region == pytest.approx(3 * plain)
    cpu = costs.pool(made, made.find("google_container_node_pool.cpu"))
    assert commands.dry(RESIZE, made).hourly == pytest.approx(cpu.node_hour)
    assert commands.dry(RESIZE).hourly is None
    apply, destroy = (
        commands.dry(f"terraform {one}", made).monthly for one in ("apply", "destroy")
    )
    assert apply == pytest.approx(costs.estimate(made).total)
    assert apply == -float(destroy or 0)


def test_a_copy_costs_by_its_size(tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(bytes(2**20))
    told = commands.dry(f"gcloud storage cp -r {tmp_path} gs://bucket/rows")
    assert told.monthly == pytest.approx(costs.prices()["bucket_gib_month"] / 1024)


def test_a_manifest_costs_by_what_it_orders(tmp_path: Path) -> None:
    file = tmp_path / "work.yml"
    claim = {"storageClassName": "premium-rwo", "resources": {"requests": {"storage": "2Ti"}}}
    orders = [
        {"kind": "PersistentVolumeClaim", "spec": claim},
        {"kind": "Service", "spec": {"type": "LoadBalancer"}},
        {"kind": "Service", "spec": {"type": "ClusterIP"}},
    ]
    file.write_text(yaml.safe_dump_all(orders))
    told = commands.dry(f"kubectl apply -f {file}")
    disk, balancer = 2048 * costs.price("disk_gib_month", "pd-ssd"), 0.025 * costs.MONTH
    assert told.monthly == pytest.approx(disk + balancer)
    assert told.undo == f"kubectl delete -f {file}"
    assert commands.dry("kubectl apply -f nothing.yml").hourly is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is no YAML"),
        ("[" * 5000, "is no YAML"),
        ("a: 2026-13-45", "is no YAML"),
        ("a: \x00", "is no YAML"),
        ("- kind: Service", "holds a list where an object of Kubernetes belongs"),
        ("some words", "holds a str where"),
        ("kind: PersistentVolumeClaim\nspec:", "a claim's storage is 'None'"),
        ("kind: PersistentVolumeClaim\nspec: [1]", "a claim's storage is 'None'"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "work.yml"
    file.write_text(text)
    with pytest.raises(CloudError, match=said):
        commands.dry(f"kubectl apply -f {file}")


@pytest.mark.parametrize("text", ["", "kind: Service\nspec:\n", "kind: Service\nspec: [1]\n---\n"])
def test_a_manifest_that_orders_nothing_is_free(tmp_path: Path, text: str) -> None:
    file = tmp_path / "work.yml"
    for encoding in ("utf-8", "utf-16"):
        file.write_text(text, encoding)
        assert commands.dry(f"kubectl apply -f {file}").hourly == 0


def test_a_claim_s_storage_may_be_a_number_and_its_class_anything(tmp_path: Path) -> None:
    file = tmp_path / "work.yml"
    spec = {"storageClassName": ["mine"], "resources": {"requests": {"storage": 10}}}
    file.write_text(yaml.safe_dump({"kind": "PersistentVolumeClaim", "spec": spec}))
    month = commands.dry(f"kubectl apply -f {file}").monthly
    assert month == pytest.approx(10 * costs.price("disk_gib_month", "pd-balanced"))


def test_a_number_of_gpus_is_a_number() -> None:
    line = "gcloud container node-pools create gpu --accelerator=type=nvidia-tesla-t4,count="
    with pytest.raises(CloudError, match=r"--accelerator's count is 'two'\.\nGive a number"):
        commands.dry(f"{line}two")
    assert (commands.dry(f"{line}2").hourly or 0) > (commands.dry(f"{line}1").hourly or 0)


def test_every_known_command_can_be_told(made: Configuration) -> None:
    for name in commands.KNOWN:
        told = commands.dry(f"{name} thing", made)
        assert told.does
        assert "{" not in told.does + told.undo


def gcloud(folder: Path, code: int = 0) -> Path:
    """A stand-in for gcloud that writes down what it was asked; the real one would act."""
    program = folder / "gcloud"
    asked = folder / "asked"
    program.write_text(f'#!/bin/sh\necho "$CLOUDSDK_CORE_PROJECT: $*" >> {asked}\nexit {code}\n')
    program.chmod(0o755)
    return asked


@pytest.mark.parametrize(
    ("really", "variable", "reason"),
    [
        (False, None, "Nothing was run. gcloud would act: it changes the number of nodes"),
        (False, "mine", "Nothing was run. gcloud would act"),
        (True, None, "has to hold the id of the project that may be billed, and it is not set"),
        (True, "other", "and it is 'other'"),
        ("yes", "mine", "Nothing was run. gcloud would act"),
    ],
)
def test_one_switch_is_not_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, really: bool, variable: str | None, reason: str
) -> None:
    asked = gcloud(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(commands.SWITCH, raising=False)
    if variable is not None:
        monkeypatch.setenv(commands.SWITCH, variable)
    with pytest.raises(CloudError, match=reason):
        commands.act(RESIZE, "mine", folder=tmp_path, really=really)
    assert not asked.exists()


def test_an_empty_project_is_no_switch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(commands.SWITCH, "")
    with pytest.raises(CloudError, match="Nothing was run"):
        commands.act(RESIZE, "", folder=tmp_path, really=True)


def test_with_both_switches_it_acts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = gcloud(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(commands.SWITCH, "mine")
    commands.act(RESIZE, "mine", folder=tmp_path, really=True)
    assert asked.read_text() == f"mine: {RESIZE.partition(' ')[2]}\n"
    gcloud(tmp_path, code=3)
    with pytest.raises(CloudError, match=r"failed \(exit code 3\)"):
        commands.act(RESIZE, "mine", folder=tmp_path, really=True)
    with pytest.raises(CloudError, match="kubectl acts on whatever cluster was used last"):
        commands.act("kubectl delete pods x", "mine", folder=tmp_path, really=True)


def test_without_the_program_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(commands.SWITCH, "mine")
    with pytest.raises(CloudError, match="gcloud is not installed on this machine"):
        commands.act(RESIZE, "mine", folder=tmp_path, really=True)
