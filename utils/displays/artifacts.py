"""Static views of TFX artifacts that have no genuine interface of their own.

``context.show`` of upstream shows four types of artifacts and nothing of the others. Here every
type shows something: examples as rows, values as values, models by their signatures, and whatever
else by its properties and files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from utils.displays.fallback import Table
from utils.displays.registry import ANY_TYPE, Hooks
from utils.displays.views.base import View

ROWS = 5
"""Examples that are shown of each split."""

FILES = 40
"""Files that are listed of an artifact."""


def properties(artifact: Any) -> Table:
    """Lists what ML Metadata knows of an artifact.

    Args:
        artifact: A TFX artifact.

    Returns:
        Its properties, custom properties and place.
    """
    known = artifact.mlmd_artifact
    rows: list[list[object]] = [["type", artifact.type_name]]
    for values in (known.properties, known.custom_properties):
        rows += [[name, _value(values[name])] for name in sorted(values)]
    return Table(["Property", "Value"], [*rows, ["uri", artifact.uri]], "Artifact")


def _value(value: Any) -> object:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None


def files(folder: str) -> Table:
    """Lists the files of an artifact.

    Args:
        folder: The artifact's URI.

    Returns:
        Paths relative to the folder, with their sizes in bytes.
    """
    root = Path(folder)
    found = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
    rows = [[str(path.relative_to(root)), path.stat().st_size] for path in found[:FILES]]
    more = f", {len(found) - FILES} more not shown" if len(found) > FILES else ""
    return Table(["File", "Bytes"], rows, f"Files{more}")


def anything(artifact: Any) -> list[object]:
    """Shows an artifact of any type.

    Args:
        artifact: A TFX artifact.

    Returns:
        Its properties and files.
    """
    return [View(artifact.type_name, [properties(artifact), files(artifact.uri)])]


def value(artifact: Any) -> list[object]:
    """Shows the value of a value artifact: a string, number, boolean or JSON.

    Args:
        artifact: A TFX ``ValueArtifact``.

    Returns:
        Its value and properties.
    """
    shown = Table(["Value"], [[artifact.read()]], artifact.type_name)
    return [View(artifact.type_name, [shown, properties(artifact)])]


def examples(artifact: Any) -> list[object]:
    """Shows the first examples of each split.

    Args:
        artifact: An ``Examples`` artifact of TFRecord files.

    Returns:
        One table a split, one row an example, one column a feature.
    """
    from tfx.types import artifact_utils

    splits = artifact_utils.decode_split_names(artifact.split_names)
    tables = [
        _rows(artifact_utils.get_split_uri([artifact], split), f"First examples of {split!r}")
        for split in splits
    ]
    return [View("Examples", [*tables, properties(artifact)])]


def _rows(folder: str, caption: str) -> Table:
    import tensorflow as tf

    paths = sorted(map(str, Path(folder).glob("*.gz")))
    records = tf.data.TFRecordDataset(paths, compression_type="GZIP").take(ROWS) if paths else []
    parsed = [
        {
            name: _feature(feature)
            for name, feature in tf.train.Example.FromString(
                record.numpy()
            ).features.feature.items()
        }
        for record in records
    ]
    columns = sorted({name for row in parsed for name in row})
    rows = [
        [number, *(row.get(name) for name in columns)] for number, row in enumerate(parsed, start=1)
    ]
    return Table(["Row", *columns], rows, caption)


def _feature(feature: Any) -> object:
    kind = feature.WhichOneof("kind")
    values = list(getattr(feature, kind).value) if kind else []
    texts = [_readable(one) if isinstance(one, bytes) else one for one in values]
    return texts[0] if len(texts) == 1 else ", ".join(map(str, texts)) or None


def _readable(value: bytes) -> str:
    """Text as it is; of what is no text, such as a picture, only its size."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"({len(value):,} bytes)"


def model(artifact: Any) -> list[object]:
    """Shows what a saved model takes and returns.

    Args:
        artifact: A ``Model`` or ``PushedModel`` artifact.

    Returns:
        The signatures of each saved model in it, its properties and files.
    """
    found = sorted(Path(artifact.uri).rglob("saved_model.pb"))
    tables = [_signatures(path, path.parent.relative_to(artifact.uri)) for path in found]
    return [View(artifact.type_name, [*tables, properties(artifact), files(artifact.uri)])]


def _signatures(path: Path, folder: Path) -> Table:
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    rows = [
        [signature, direction, tensor, _shape(info)]
        for graph in saved.meta_graphs
        for signature, definition in sorted(graph.signature_def.items())
        if not signature.startswith("__")
        for direction, tensors in (("input", definition.inputs), ("output", definition.outputs))
        for tensor, info in sorted(tensors.items())
    ]
    title = f"Model in {folder}" if folder.parts else "Model"
    return Table(["Signature", "Direction", "Tensor", "Type and shape"], rows, title)


def _shape(info: Any) -> str:
    import tensorflow as tf

    sizes = ", ".join("any" if size.size < 0 else str(size.size) for size in info.tensor_shape.dim)
    return f"{tf.dtypes.as_dtype(info.dtype).name} [{sizes}]"


def hooks() -> Hooks:
    """What this module hooks into: the views of all artifact types without a genuine interface."""
    values = dict.fromkeys(("String", "Integer", "Float", "Boolean", "Bytes", "JsonValue"), value)
    return Hooks(
        artifact_views={
            **values,
            "Examples": examples,
            "Model": model,
            "PushedModel": model,
            ANY_TYPE: anything,
        }
    )
