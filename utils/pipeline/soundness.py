"""What is wrong inside the files of an artifact: records, statistics, schemas and models that cannot be read.

A file that lost its end is found by its size (:mod:`utils.pipeline.manifests`). One that was overwritten may be as
large as before, and reading all of an artifact each time would cost as much as the component that takes it. So this is
asked when something has failed already.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def fault(place: Path) -> str:
    """Read all files of an artifact whose form is known.

    Args:
        place: The artifact's folder, or a file.

    Returns:
        What is wrong with the first file that cannot be read, for example ``"schema.pbtxt cannot be read (1:1 :
        Message type …)"``; empty where all can.
    """
    files = [place] if place.is_file() else sorted(one for one in place.rglob("*") if one.is_file())
    for file in files:
        read = _reader(file)
        if read is None:
            continue
        try:
            read(file)
        except Exception as error:
            words = " ".join(str(error).split()).replace(f"{place}/", "") or type(error).__name__
            name = file.name if file == place else str(file.relative_to(place))
            return f"{name} cannot be read ({words if len(words) <= 120 else words[:119] + '…'})"
    return ""


def _reader(file: Path) -> Callable[[Path], object] | None:
    """Return the function that reads a file of an artifact; None where its form is not known."""
    if any(parent.name.startswith("Split-") for parent in file.parents) and (
        file.suffix == ".gz" or "tfrecord" in file.name
    ):
        return _records
    return {
        "FeatureStats.pb": _statistics,
        "SchemaDiff.pb": _anomalies,
        "schema.pbtxt": _schema,
        "saved_model.pb": _saved_model,
        "variables.index": _variables,
    }.get(file.name)


def _records(file: Path) -> None:
    import tensorflow as tf

    for _ in tf.data.TFRecordDataset(str(file), "GZIP" if file.suffix == ".gz" else None):
        pass


def _statistics(file: Path) -> None:
    from tensorflow_metadata.proto.v0 import statistics_pb2

    statistics_pb2.DatasetFeatureStatisticsList.FromString(file.read_bytes())


def _anomalies(file: Path) -> None:
    from tensorflow_metadata.proto.v0 import anomalies_pb2

    anomalies_pb2.Anomalies.FromString(file.read_bytes())


def _schema(file: Path) -> None:
    from google.protobuf import text_format
    from tensorflow_metadata.proto.v0 import schema_pb2

    text_format.Parse(file.read_text(encoding="utf-8"), schema_pb2.Schema())


def _saved_model(file: Path) -> None:
    from tensorflow.core.protobuf import saved_model_pb2

    saved_model_pb2.SavedModel.FromString(file.read_bytes())


def _variables(file: Path) -> None:
    import tensorflow as tf

    checkpoint = tf.train.load_checkpoint(str(file.with_suffix("")))
    for name in checkpoint.get_variable_to_shape_map():
        checkpoint.get_tensor(name)
