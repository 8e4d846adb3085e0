"""Before and after."""

from __future__ import annotations

from ml_metadata.proto import metadata_store_pb2 as mlmd

from tests.lineage import stores
from utils.lineage import snapshots


def test_a_run_adds_one_execution_its_artifact_and_their_event():
    store = stores.empty()
    made = stores.pipeline(store)
    before = snapshots.take(store)
    stores.step(store, "Evaluator", {"model": [made["model"]]}, {"blessing": "ModelBlessing"})
    found = snapshots.changes(before, snapshots.take(store))
    assert found.counts == {"artifacts": 1, "executions": 1, "contexts": 1, "events": 2}
    assert "Evaluator: blessing (ModelBlessing)" in found.data["after"].tolist()
    assert set(found.data["before"]) == {""}


def test_what_another_notebook_added_meanwhile_is_left_out():
    store = stores.empty()
    made = stores.pipeline(store)
    before = snapshots.take(store)
    inputs = {"model": [made["model"]]}
    mine, _ = stores.step(store, "Evaluator", inputs, {"blessing": "ModelBlessing"})
    stores.step(store, "Pusher", inputs, {"pushed_model": "PushedModel"})
    found = snapshots.changes(before, snapshots.take(store))
    assert found.counts["executions"] == 2
    only = snapshots.of_execution(found, store, mine)
    assert only.counts == {"artifacts": 1, "executions": 1, "contexts": 1, "events": 2}
    assert not any("Pusher" in row.after for row in only.rows)


def test_a_changed_state_is_not_a_new_record():
    store = stores.empty()
    number, _ = stores.step(store, "Trainer", {}, {}, state=stores.RUNNING)
    before = snapshots.take(store)
    (execution,) = store.get_executions_by_id([number])
    execution.last_known_state = mlmd.Execution.COMPLETE
    store.put_executions([execution])
    found = snapshots.changes(before, snapshots.take(store))
    assert sum(found.counts.values()) == 0
    (row,) = found.rows
    assert (row.before, row.after) == ("Trainer, running", "Trainer, complete")


def test_nothing_happened():
    store = stores.empty()
    stores.pipeline(store)
    now = snapshots.take(store)
    assert snapshots.changes(now, snapshots.take(store)).rows == ()
    assert now.counts["artifacts"] == 6
