"""Lineage back and forward."""

from __future__ import annotations

from ml_metadata.proto import metadata_store_pb2 as mlmd

from tests.lineage import stores
from utils.lineage import provenance


def test_a_pushed_model_comes_from_everything_but_the_anomalies():
    store = stores.empty()
    made = stores.pipeline(store)
    table = provenance.made_from(store, made["pushed"])
    assert set(table.index) == set(made.values()) - {made["anomalies"]}
    assert table["made by"].tolist()[:2] == ["Pusher", "Trainer"]
    assert table.loc[made["examples"], "steps"] == 2
    assert table["steps"].is_monotonic_increasing


def test_the_examples_were_used_for_everything():
    store = stores.empty()
    made = stores.pipeline(store)
    table = provenance.used_for(store, made["examples"])
    assert set(table.index) == set(made.values())
    assert provenance.used_for(store, made["pushed"]).index.tolist() == [made["pushed"]]


def test_an_answer_from_the_cache_does_not_become_the_maker():
    store = stores.empty()
    first, (examples,) = stores.step(store, "ExampleGen", {}, {"examples": "Examples"})
    stores.step(store, "ExampleGen", {}, {}, state=stores.CACHED, again=(examples,))
    table = provenance.made_from(store, examples)
    assert table.loc[examples, "execution"] == first


def test_the_latest_artifact_of_a_type_with_a_property():
    store = stores.empty()
    _, (old,) = stores.step(store, "Pusher", {}, {"pushed_model": "PushedModel"})
    (artifact,) = store.get_artifacts_by_id([old])
    artifact.custom_properties["pushed"].int_value = 1
    store.put_artifacts([artifact])
    _, (new,) = stores.step(store, "Pusher", {}, {"pushed_model": "PushedModel"})
    assert provenance.latest(store, "PushedModel").id == new
    assert provenance.latest(store, "PushedModel", pushed=1).id == old


def test_an_abandoned_artifact_is_not_the_latest():
    store = stores.empty()
    _, (old,) = stores.step(store, "Trainer", {}, {"model": "Model"})
    _, (new,) = stores.step(store, "Trainer", {}, {"model": "Model"})
    (artifact,) = store.get_artifacts_by_id([new])
    artifact.state = mlmd.Artifact.ABANDONED
    store.put_artifacts([artifact])
    assert provenance.latest(store, "Model").id == old
