"""Lineage back and forward."""

from __future__ import annotations

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
