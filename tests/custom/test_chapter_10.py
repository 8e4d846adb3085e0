"""The components of chapter 10 outside of its notebook: as the files that its cells write, in another orchestrator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx
from tfx.orchestration.metadata import sqlite_metadata_connection_config
from tfx.types.standard_artifacts import Examples

TEXTS = {"train": ["my card", "my loan", "my card"], "eval": ["my card", "my house"]}


@pytest.fixture
def examples(tmp_path) -> Path:
    """A folder of examples in two splits, with a feature ``text``."""
    import tensorflow as tf

    for split, texts in TEXTS.items():
        folder = tmp_path / "examples" / f"Split-{split}"
        folder.mkdir(parents=True)
        with tf.io.TFRecordWriter(str(folder / "rows.gz"), "GZIP") as file:
            for text in texts:
                row = tf.train.Example()
                row.features.feature["text"].bytes_list.value.append(text.encode())
                file.write(row.SerializeToString())
    return tmp_path / "examples"


@pytest.fixture
def run(written, examples, tmp_path):
    """A function that runs the deduplicator once by LocalDagRunner, and returns how many rows have been dropped."""
    letters = tmp_path / "letters.json"
    connection = sqlite_metadata_connection_config(str(tmp_path / "metadata.sqlite"))

    def run(kept: list[str], driver: type | None = None) -> tuple[list[int], list[int]]:
        letters.write_text(json.dumps(kept))
        source = tfx.dsl.Importer(
            str(examples), Examples, properties={"split_names": json.dumps(list(TEXTS))}
        ).with_id("Source")
        component = written("deduplicator").Deduplicator(
            source.outputs["result"], column="text", form_letters=str(letters)
        )
        component.driver_class = driver or component.driver_class
        pipeline = tfx.dsl.Pipeline(
            pipeline_name="deduplicated",
            pipeline_root=str(tmp_path / "root"),
            components=[source, component],
            enable_cache=True,
            metadata_connection_config=connection,
        )
        tfx.orchestration.LocalDagRunner().run(pipeline)
        store = MetadataStore(connection)
        states = [one.last_known_state for one in store.get_executions_by_type(component.type)]
        dropped = store.get_artifacts_by_type("DroppedRows")
        return [one.properties["rows"].int_value for one in dropped], states

    return run


def test_the_driver_works_in_another_orchestrator(run):
    complete, cached = metadata_store_pb2.Execution.COMPLETE, metadata_store_pb2.Execution.CACHED
    assert run([]) == ([2], [complete])
    assert run([]) == ([2], [complete, cached])
    assert run(["my card"]) == ([2, 0], [complete, cached, complete])


def test_a_driver_of_the_older_interface_alone_stops_another_orchestrator(run, written):
    """When this fails, TFX has changed, and so must chapter 10's table of where a driver is allowed."""
    from tfx.dsl.components.base.base_driver import BaseDriver

    module = written("deduplicator")
    module.OldDriver = type("OldDriver", (BaseDriver,), {"__module__": module.__name__})
    with pytest.raises(AttributeError, match="has no attribute 'run'"):
        run([], module.OldDriver)


def test_a_file_of_form_letters_that_is_not_there(written):
    channel = tfx.dsl.Channel(type=Examples)
    with pytest.raises(ValueError, match="form_letters: there is no file nowhere"):
        written("deduplicator").Deduplicator(channel, form_letters="nowhere")
