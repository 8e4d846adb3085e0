"""The four tables of a store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lineage import stores
from utils.lineage import cache, experiments, provenance, records, snapshots, views


def test_artifacts_by_id_with_type_state_and_place():
    store = stores.empty()
    made = stores.pipeline(store)
    table = records.artifacts(store)
    assert table.loc[made["schema"]].tolist() == ["Schema", "live", "/store/Schema"]
    assert list(table.index) == sorted(made.values())
    assert records.artifacts(store, "/store").loc[made["schema"], "uri"] == "Schema"
    assert records.artifacts(store, "/elsewhere").equals(table)


def test_executions_name_their_component_however_it_is_written():
    store = stores.empty()
    interactive, _ = stores.step(store, "Trainer", {}, {"model": "Model"})
    by_runner, _ = stores.step(store, "Trainer", {}, {}, context="node", state=stores.CACHED)
    table = records.executions(store)
    assert table.loc[interactive, "component"] == table.loc[by_runner, "component"] == "Trainer"
    assert table["state"].tolist() == ["complete", "cached"]
    assert (table["seconds"] >= 0).all()


def test_events_read_as_sentences():
    store = stores.empty()
    made = stores.pipeline(store)
    table = records.events(store)
    trainer = table[table["component"] == "Trainer"]
    assert trainer["direction"].tolist() == ["input", "input", "output"]
    assert set(trainer["name"]) == {"examples", "schema", "model"}
    assert trainer.iloc[-1][["type", "artifact"]].tolist() == ["Model", made["model"]]


def test_contexts_count_what_belongs_to_them():
    store = stores.empty()
    stores.pipeline(store)
    stores.step(store, "Trainer", {}, {"model": "Model"})
    table = records.contexts(store).set_index("name")
    assert table.loc["complaints.Trainer", "executions"] == 2
    assert set(table["type"]) == {"component_run"}


@pytest.mark.parametrize(
    "read",
    [
        records.artifacts,
        records.executions,
        records.events,
        records.contexts,
        experiments.experiments,
        lambda store: snapshots.take(store).tables,
        lambda store: cache.explain(store, 1),
        lambda store: provenance.made_from(store, 1),
        lambda store: provenance.used_for(store, 1),
        lambda store: views.lineage(store, 1),
        views.states,
    ],
)
def test_another_notebook_may_write_meanwhile(read: Callable[[Any], Any]):
    store = stores.empty()
    stores.pipeline(store)
    assert read(stores.Busy(store)) is not None


def test_an_empty_store_has_empty_tables():
    store = stores.empty()
    for table in (records.artifacts, records.executions, records.events, records.contexts):
        assert len(table(store)) == 0
