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
from utils.examples import ExamplesError, split_names, table

ROWS = 5
"""Examples that are shown of each split."""

FILES = 40
"""Files that are listed of an artifact."""


def properties(artifact: Any) -> Table:
    """List what ML Metadata knows of an artifact.

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
    """List the files of an artifact.

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
    """Show an artifact of any type.

    Args:
        artifact: A TFX artifact.

    Returns:
        Its properties and files.
    """
    return [View(artifact.type_name, [properties(artifact), files(artifact.uri)])]


def value(artifact: Any) -> list[object]:
    """Show the value of a value artifact: a string, number, boolean or JSON.

    Args:
        artifact: A TFX ``ValueArtifact``.

    Returns:
        Its value and properties.
    """
    shown = Table(["Value"], [[artifact.read()]], artifact.type_name)
    return [View(artifact.type_name, [shown, properties(artifact)])]


def examples(artifact: Any) -> list[object]:
    """Show the first examples of each split.

    Args:
        artifact: An ``Examples`` artifact.

    Returns:
        A table for each split, with a row for each example and a column for each feature. Where they cannot be read as
        rows, the artifact's properties and files, and why.
    """
    try:
        tables = [_rows(artifact, split) for split in split_names(artifact)]
    except ExamplesError as error:
        known = [properties(artifact), files(artifact.uri)]
        return [View("Examples", known, note=str(error))]
    return [View("Examples", [*tables, properties(artifact)])]


def _rows(artifact: Any, split: str) -> Table:
    found = table(artifact, split, ROWS)
    columns = sorted(found.columns)
    rows = [
        [number, *map(_shown, row)]
        for number, row in enumerate(found[columns].itertuples(index=False, name=None), start=1)
    ]
    return Table(["Row", *columns], rows, f"First examples of {split!r}")


def _shown(value: Any) -> object:
    """Several values in one cell; of what is not text, such as a picture, only its size."""
    if isinstance(value, list):
        return ", ".join(str(_shown(one)) for one in value)
    return f"({len(value):,} bytes)" if isinstance(value, bytes) else value


def model(artifact: Any) -> list[object]:
    """Show what a saved model takes and returns.

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
    """Return what this module hooks into: the views of all artifact types without a genuine interface."""
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
