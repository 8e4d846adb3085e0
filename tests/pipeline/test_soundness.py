"""A file of an artifact that cannot be read is named, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import tensorflow as tf
from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2, statistics_pb2

from utils.pipeline import soundness

GARBAGE = b"\xff\xfe garbage " * 20


def records(place: Path) -> Path:
    file = place / "Split-train" / "data_tfrecord-00000-of-00001.gz"
    file.parent.mkdir()
    with tf.io.TFRecordWriter(str(file), "GZIP") as writer:
        for number in range(100):
            writer.write(f"row {number}".encode())
    return file


def statistics(place: Path) -> Path:
    found = statistics_pb2.DatasetFeatureStatisticsList()
    found.datasets.add(num_examples=7)
    file = place / "Split-eval" / "FeatureStats.pb"
    file.parent.mkdir()
    file.write_bytes(found.SerializeToString())
    return file


def anomalies(place: Path) -> Path:
    file = place / "SchemaDiff.pb"
    file.write_bytes(anomalies_pb2.Anomalies(data_missing=True).SerializeToString())
    return file


def schema(place: Path) -> Path:
    file = place / "schema.pbtxt"
    file.write_text(str(schema_pb2.Schema(feature=[schema_pb2.Feature(name="product")])))
    return file


def saved(place: Path) -> Path:
    module = tf.Module()
    module.weights = tf.Variable(tf.random.normal([500]))
    tf.saved_model.save(module, str(place))
    return place


def model(place: Path) -> Path:
    return saved(place) / "saved_model.pb"


def weights(place: Path) -> Path:
    return saved(place) / "variables" / "variables.data-00000-of-00001"


KINDS: list[Callable[[Path], Path]] = [
    *(records, statistics, anomalies, schema, model, weights),
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_overwritten_is_found(tmp_path: Path, kind: Callable[[Path], Path]) -> None:
    file = kind(tmp_path)
    (tmp_path / "a note.txt").write_bytes(GARBAGE)
    assert soundness.fault(tmp_path) == ""
    whole = file.read_bytes()
    file.write_bytes((GARBAGE * (len(whole) // len(GARBAGE) + 1))[: len(whole)])
    wrong = soundness.fault(tmp_path)
    named = file.with_name("variables.index") if kind is weights else file
    assert wrong.startswith(f"{named.relative_to(tmp_path)} cannot be read (")
    assert str(tmp_path) not in wrong and "\n" not in wrong and len(wrong) < 250


def test_the_end_of_records_is_missing(tmp_path: Path) -> None:
    file = records(tmp_path)
    file.write_bytes(file.read_bytes()[:-30])
    assert "data_tfrecord-00000-of-00001.gz cannot be read" in soundness.fault(tmp_path)


def test_a_file_alone_and_nothing_at_all(tmp_path: Path) -> None:
    file = schema(tmp_path)
    assert soundness.fault(file) == soundness.fault(tmp_path / "gone") == ""
    file.write_text("feature {")
    assert soundness.fault(file).startswith("schema.pbtxt cannot be read (")
