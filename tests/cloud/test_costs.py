from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from utils.cloud import costs, teardown, terraform
from utils.cloud.errors import CloudError
from utils.cloud.terraform import Configuration

POOL = "google_container_node_pool"


def test_the_table_says_where_and_when() -> None:
    table = costs.prices()
    assert table["noted"]
    assert "not compared with the price lists" in table["about"]
    assert all(address.startswith("https://") for *_, address in costs.price_table())
    assert all(dollars > 0 for _, dollars, _ in costs.price_table())


def test_a_machine_is_its_processors_and_its_memory() -> None:
    family = costs.prices()["machine_families"]["e2"]
    assert costs.machine_hour("e2-standard-4") == pytest.approx(
        4 * family["vcpu_hour"] + 16 * family["gib_hour"]
    )
    assert costs.machine_hour("e2-standard-8") == pytest.approx(
        2 * costs.machine_hour("e2-standard-4")
    )
    assert costs.machine_hour("e2-standard-4", spot=True) < costs.machine_hour("e2-standard-4") / 2
    for unknown in ("e9-standard-4", "e2-standard", "e2"):
        with pytest.raises(CloudError, match="does not know the machine"):
            costs.machine_hour(unknown)


def test_hours_nodes_and_zones_multiply(made: Configuration) -> None:
    usage = costs.Usage(hours=100, busy_hours={"spot": 10, "gpu": 1000})
    bill = costs.estimate(made, usage)
    twice = costs.estimate(made.given(cpu_nodes=4), usage)
    assert twice.of(f"{POOL}.cpu") == pytest.approx(2 * bill.of(f"{POOL}.cpu"))
    region = costs.estimate(made.given(location="us-central1"), usage)
    assert region.of(POOL) == pytest.approx(3 * bill.of(POOL))
    assert region.of("google_container_cluster") == bill.of("google_container_cluster")
    whole = costs.estimate(made, costs.Usage(hours=200, busy_hours={"spot": 20, "gpu": 1000}))
    assert whole.total == pytest.approx(2 * bill.total)
    spot = costs.pool(made, made.find(f"{POOL}.spot"))
    assert (spot.fewest, spot.most, spot.node_hours(usage)) == (0, 4, 40)
    gpu = costs.pool(made, made.find(f"{POOL}.gpu"))
    assert gpu.node_hours(usage) == 100, "nobody is busy for longer than the cluster exists"
    assert gpu.node_hour > costs.machine_hour("n1-standard-4") + 0.35


def test_what_is_switched_on_is_billed(made: Configuration) -> None:
    before, after = (costs.estimate(one) for one in (made, made.given(shared_folder=True)))
    month = 1024 * costs.price("filestore_gib_month", "BASIC_HDD")
    assert after.total - before.total == pytest.approx(month)
    usage = costs.Usage(load_balancers=2, claims_gib={"pd-ssd": 10}, bucket_gib=100, image_gib=1)
    more = costs.estimate(made, usage).total - before.total
    assert more == pytest.approx(2 * 0.025 * costs.MONTH + 1.7 + 2 + 0.1)


POOLS = """
variable "zones" {
  default = ["us-central1-a", "us-central1-b"]
}

resource "google_container_node_pool" "one" {
  location   = "us-central1-a"
  node_count = 1
}

resource "google_container_node_pool" "one_more" {
  count      = 3
  location   = "us-central1-a"
  node_count = 1
}

resource "google_container_node_pool" "named" {
  for_each       = toset(["a", "b"])
  location       = "us-central1"
  node_locations = var.zones
  node_count     = 1
}

resource "google_container_node_pool" "none" {
  for_each = toset([])
}

resource "google_storage_bucket" "kept" {
  count = 2
}

resource "google_storage_bucket" "dropped" {
  count = 0
}

resource "google_artifact_registry_repository" "images" {
  for_each = { a = 1, b = 2 }
}
"""


def test_copies_are_billed_each(tmp_path: Path) -> None:
    (tmp_path / "pools.tf").write_text(POOLS)
    made = terraform.read(tmp_path)
    bill = costs.estimate(made, costs.Usage(bucket_gib=10, image_gib=10))
    one = bill.of(f"{POOL}.one")
    assert bill.of(f"{POOL}.one_more") == pytest.approx(3 * one), "of one is not of one_more"
    assert bill.of(f"{POOL}.named") == pytest.approx(2 * 2 * one), "two copies in two zones"
    assert bill.of(POOL) == pytest.approx(8 * one)
    assert bill.of("google_storage_bucket") == pytest.approx(
        10 * costs.prices()["bucket_gib_month"]
    )
    assert bill.of("google_artifact_registry_repository") == pytest.approx(
        10 * costs.prices()["image_gib_month"]
    )
    (told,) = [one.what for one in bill.items if one.address == f"{POOL}.one_more"]
    assert told.startswith("3 times 1 e2-medium")
    steps = {one.address: one.dollars for one in teardown.steps(made)}
    assert steps[f"{POOL}.one"] == pytest.approx(one)
    assert f"{POOL}.none" not in steps
    block = made.find(f"{POOL}.one_more")
    unknown = dataclasses.replace(block, body={"count": "${google_x.y.id}"})
    with pytest.raises(CloudError, match=r"one_more has .* where a number is needed"):
        costs.estimate(Configuration((unknown,)))


def test_a_number_or_price_that_nobody_knows_is_told(made: Configuration, tmp_path: Path) -> None:
    with pytest.raises(
        CloudError, match=r"cpu has '\(known after apply\)' where a number is needed"
    ):
        blocks = [one for one in made.blocks if one.address != "var.cpu_nodes"]
        costs.estimate(Configuration(tuple(blocks), {}))
    with pytest.raises(CloudError, match=r"does not have 'nvidia-tesla-t5'.*\n.*nvidia-tesla-t4"):
        costs.price("accelerator_hour", "nvidia-tesla-t5")


def test_autopilot_bills_what_pods_ask_for() -> None:
    one = costs.autopilot([costs.Pods("a", 1, 4, hours=10)], hours=10)
    assert one.of("a") == pytest.approx(10 * (0.0445 + 4 * 0.0049225))
    spot = costs.autopilot([costs.Pods("a", 1, 4, hours=10, count=2, spot=True)], hours=10)
    assert spot.of("a") == pytest.approx(2 * costs.prices()["spot_share"] * one.of("a"))


def test_dataflow_bills_workers() -> None:
    assert costs.dataflow(4, "n1-standard-4", 2) == pytest.approx(
        8 * costs.dataflow(1, "n1-standard-4", 1)
    )
    with pytest.raises(CloudError, match="does not know the machine"):
        costs.dataflow(1, "large", 1)
