"""What a blessed model stands on, by a small store that holds two runs and a failed one."""

from __future__ import annotations

import pytest
from ml_metadata import metadata_store
from ml_metadata.proto import metadata_store_pb2 as mlmd

from utils.files import size
from utils.operating import disk, records
from utils.operating.errors import OperatingError


class Store:
    """A store with artifacts that have files, made by executions."""

    def __init__(self, folder):
        self.folder = folder
        config = mlmd.ConnectionConfig()
        config.sqlite.filename_uri = str(folder / "metadata.db")
        config.sqlite.connection_mode = config.sqlite.READWRITE_OPENCREATE
        self.store = metadata_store.MetadataStore(config)
        self.pipeline = self._context("pipeline", "p")
        self.run = ""

    def _context(self, kind, name):
        number = self.store.put_context_type(mlmd.ContextType(name=kind), can_add_fields=True)
        found = self.store.get_context_by_type_and_name(kind, name)
        context = mlmd.Context(type_id=number, name=name)
        return found.id if found else self.store.put_contexts([context])[0]

    def execute(self, component, inputs, outputs, state=mlmd.Execution.COMPLETE, **properties):
        kind = self.store.put_execution_type(mlmd.ExecutionType(name=f"tfx.{component}"))
        (number,) = self.store.put_executions(
            [mlmd.Execution(type_id=kind, last_known_state=state)]
        )
        events = [
            mlmd.Event(artifact_id=one, execution_id=number, type=mlmd.Event.INPUT)
            for one in inputs
        ]
        made = []
        for name in outputs:
            kind = self.store.put_artifact_type(mlmd.ArtifactType(name=name))
            uri = f"root/{component}/{name}/{number}"
            (self.folder / uri).mkdir(parents=True)
            (self.folder / uri / "data").write_bytes(b"x" * 10 * number)
            artifact = mlmd.Artifact(type_id=kind, uri=uri)
            for key, value in properties.items():
                artifact.custom_properties[key].int_value = value
            made += self.store.put_artifacts([artifact])
            events.append(
                mlmd.Event(artifact_id=made[-1], execution_id=number, type=mlmd.Event.OUTPUT)
            )
        self.store.put_events(events)
        contexts = [
            self.pipeline,
            self._context("pipeline_run", self.run),
            self._context("node", f"p.{component}"),
        ]
        self.store.put_attributions_and_associations(
            [], [mlmd.Association(execution_id=number, context_id=one) for one in contexts]
        )
        return made

    def whole_run(self, name, blessed):
        self.run = name
        examples = self.execute("Gen", [], ["Examples"])
        model = self.execute("Trainer", examples, ["Model", "ModelRun"])
        blessing = self.execute(
            "Evaluator",
            [*examples, model[0]],
            ["ModelBlessing"],
            blessed=blessed,
            current_model_id=model[0],
        )
        pushed = self.execute("Pusher", [model[0], *blessing], ["PushedModel"]) if blessed else []
        return examples + model + blessing + pushed


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_what_the_last_blessed_model_does_not_stand_on_may_go(store, tmp_path):
    store.whole_run("1", blessed=1)
    kept = store.whole_run("2", blessed=1)
    refused = store.whole_run("3", blessed=0)
    items = disk.usage(store.store, tmp_path)
    assert {one.id for one in items if one.needed} == set(kept)
    assert set(refused) <= {one.id for one in items if not one.needed}
    assert all(one.bytes == size(one.folder) > 0 for one in items)


def test_nothing_goes_unless_asked_for_and_nothing_outside(store, tmp_path):
    store.whole_run("1", blessed=1)
    store.whole_run("2", blessed=1)
    items = disk.usage(store.store, tmp_path)
    with pytest.raises(OperatingError, match="nothing was deleted"):
        disk.clean(items, root=tmp_path / "root/Gen/Examples", really=True)
    named = disk.clean(items, root=tmp_path / "root")
    assert len(named) == 5
    assert all(folder.is_dir() for folder in named)
    assert disk.clean(items, root=tmp_path / "root", really=True) == named
    assert not any(folder.exists() for folder in named)
    assert all(one.needed for one in disk.usage(store.store, tmp_path))


def test_an_artifact_that_is_a_file_goes_too(tmp_path):
    value, folder = tmp_path / "root/value", tmp_path / "root/folder"
    folder.mkdir(parents=True)
    value.write_text("7")
    items = [
        disk.Item(number, "Integer", place, 1, False)
        for number, place in enumerate((value, folder))
    ]
    assert disk.clean(items, tmp_path / "root", really=True) == [value, folder]
    assert not value.exists() and not folder.exists()


def test_without_a_blessed_model_everything_is_kept(store, tmp_path):
    store.whole_run("1", blessed=0)
    assert disk.last_blessed(store.store) is None
    assert all(one.needed for one in disk.usage(store.store, tmp_path))


def test_runs_are_read_with_what_was_not_reached(store, tmp_path):
    store.whole_run("1", blessed=1)
    store.run = "2"
    store.execute("Gen", [], [], state=mlmd.Execution.CACHED)
    store.execute("Trainer", [], [], state=mlmd.Execution.FAILED)
    found = records.executions(records.open_store(tmp_path / "metadata.db"))
    table = records.table(found)
    assert table["run 1"].tolist() == ["complete"] * 4
    assert table["run 2"].tolist() == ["cached", "failed", "", ""]
    with pytest.raises(OperatingError, match="There is no ML Metadata"):
        records.open_store(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
