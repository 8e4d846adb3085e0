from __future__ import annotations

from pathlib import Path

import pytest

from utils.cloud import checks, commands, costs, keys, teardown, views
from utils.cloud.terraform import Configuration


def test_the_graph_has_every_resource_and_no_needless_arrow(made: Configuration) -> None:
    view = views.resources(made)
    assert len(view.data) == len(made.needs())
    needs = dict(view.data[["resource", "needs"]].itertuples(index=False))
    assert needs["google_container_node_pool.cpu"] == (
        "google_container_cluster.this, google_service_account.nodes"
    )
    assert "google_filestore_instance.shared (switched off)" in needs
    direct = views._direct([("a", "b"), ("b", "c"), ("a", "c")])
    assert direct == [("a", "b"), ("b", "c")]
    for place in ("project", "bucket", "repository"):
        assert f">iam: {place}<" in view.picture, "boxes of the same name are told apart"


def test_amounts_are_data_and_words(made: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = costs.Usage(load_balancers=1)
    bill = costs.estimate(made, usage)
    view = views.cost({"a month": bill})
    assert view.data["dollars"].sum() == pytest.approx(bill.total)
    assert f"{bill.total:,.2f}" in view.text()
    claims = costs.Usage(claims_gib={"pd-ssd": 1000, "pd-balanced": 3000})
    disks = costs.Estimate(costs.estimate(made, claims).items[-2:], claims)
    drawn = {}
    monkeypatch.setattr(views, "_bars", lambda bars, title: drawn.update(bars))
    views.cost({"a month": disks})
    monkeypatch.undo()
    assert drawn == {"volume claims": pytest.approx(disks.total)}, "two lines of one name"
    steps = teardown.steps(made, usage)
    assert views.order(steps).data.iloc[0, 1] == "load balancers"
    told = views.commands(["terraform plan", commands.dry("terraform apply", made)], made)
    assert told.data["monthly"].tolist() == [0, pytest.approx(costs.estimate(made).total)]
    assert "nothing" in told.text()
    shown = [views._dollars(amount) for amount in (None, 0, 0.001, 1234.5, -2)]
    assert shown == ["depends", "nothing", "under $0.01", "$1,234.50", "-$2.00"]
    assert "container_node_pool.cpu<" in view.picture and "google_" not in view.picture
    assert len(views.price_table().data) == len(costs.price_table())


def test_nothing_found_is_said(made: Configuration, tmp_path: Path) -> None:
    assert f"all {len(checks.RULES)} rules are kept" in views.findings([]).text()
    assert "<table" not in views.findings([]).html() and views.findings([]).data.empty
    assert "None was found." in views.keys(keys.find(tmp_path)).text()
