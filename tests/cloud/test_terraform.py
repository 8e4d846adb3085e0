from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cloud import files
from utils.cloud import expressions, teardown, terraform
from utils.cloud.errors import CloudError
from utils.cloud.terraform import Block, Configuration


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("${var.a}", ["var.a"]),
        ("p-${var.a}-${local.b[\"k\"]}", ["var.a", "local.b"]),
        ("$${var.a}", []),
        ("var.a", []),
        ("${[for p in var.many : p.id if p.on]}", ["var.many"]),
        ('${merge(local.a, { x = "${google_x.y.id}" })}', ["google_x.y", "local.a"]),
        ('${"a.b.c"}', []),
        ("${google_x.y[0].id}", ["google_x.y"]),
        ("${data.google_project.p.number}", ["data.google_project.p"]),
        ({"${var.key}": [{"inner": "${each.value}"}]}, ["var.key"]),
    ],
)  # fmt: skip
def test_references(value: object, found: list[str]) -> None:
    assert sorted(expressions.references(value)) == sorted(found)


def test_values_follow_references(made: Configuration) -> None:
    assert made.output("pipeline_root") == "gs://complaints-4711-pipeline/runs"
    assert made.output("account") == "pipeline@complaints-4711.iam.gserviceaccount.com"
    budget = made.find("google_billing_budget.month").inner("budget_filter")[0]
    assert made.value(budget["projects"]) == [f"projects/{expressions.AFTER_APPLY}"]
    shared = made.find("google_filestore_instance.shared")
    assert not made.exists(shared)
    assert made.given(shared_folder=True).exists(shared)
    assert made.value('${var.location == "us-central1-a" ? 1.5 : -2}') == 1.5


def test_what_is_not_there_is_told(made: Configuration, tmp_path: Path) -> None:
    with pytest.raises(CloudError, match=r"no variable 'cpu_node'.*\n.*'cpu_nodes'"):
        made.given(cpu_node=1)
    with pytest.raises(CloudError, match=r"There is no output\.root"):
        made.output("root")
    with pytest.raises(CloudError, match="There is no file to read"):
        terraform.read(tmp_path)


def test_the_teardown_ends_with_the_project(made: Configuration) -> None:
    order = teardown.order(made)
    assert order[-1] == "google_project.this"
    for address, names in made.needs().items():
        assert all(order.index(address) < order.index(name) for name in names)
    held = {one.address: one.held for one in teardown.steps(made) if one.held}
    assert set(held) == {
        *("google_container_cluster.this", "google_storage_bucket.root", "google_project.this"),
    }


@pytest.mark.skipif(shutil.which("terraform") is None, reason="only where terraform is installed")
def test_terraform_s_own_format(tmp_path: Path) -> None:
    files.write(tmp_path)
    assert terraform.unformatted(tmp_path) == ""
    files.write(tmp_path, "pools.tf", "machine_type    =", "machine_type =")
    assert "-    machine_type =" in str(terraform.unformatted(tmp_path))


def test_without_terraform_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert terraform.unformatted(tmp_path) is None


def test_locals_that_wait_for_each_other_end() -> None:
    blocks = (
        Block("local", "local.a", {"value": "${local.b}"}, "a.tf"),
        Block("local", "local.b", {"value": "${local.a}-${google_x.y.id}"}, "a.tf"),
        Block("resource", "google_x.y", {}, "a.tf"),
        Block("resource", "google_x.z", {"name": "${local.a}"}, "a.tf"),
    )
    made = Configuration(blocks)
    assert made.needs() == {"google_x.y": [], "google_x.z": ["google_x.y"]}
    assert made.value("${local.a}") == f"{expressions.AFTER_APPLY}-{expressions.AFTER_APPLY}"
