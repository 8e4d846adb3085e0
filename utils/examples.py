"""Examples as TFX keeps them, read back: serialized, parsed, or as a table.

What is asked about is a channel that has run, such as ``example_gen.outputs["examples"]``, its artifact, or the
artifact's folder.

Source: https://www.tensorflow.org/tfx/guide/examplegen; https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.errors import WorkbookError

if TYPE_CHECKING:
    import pandas as pd
    import tensorflow as tf


_FRAME = 16
"""Bytes that a TFRecord file adds to each record: its length, and two sums."""

_BLOCK = 1 << 20


class ExamplesError(WorkbookError, ValueError):
    """Examples that are not there, or that cannot be read as rows."""


def split_names(examples: Any) -> list[str]:
    """Return the names of the splits, in the order in which they were configured.

    Args:
        examples: A channel that has run, its artifact, or the artifact's folder.
    """
    artifact = _artifact(examples)
    packed = getattr(artifact, "split_names", None)
    if packed:
        from tfx.types import artifact_utils

        return artifact_utils.decode_split_names(packed)
    return sorted(path.name.removeprefix("Split-") for path in _folder(artifact).glob("Split-*"))


def records(examples: Any, split: str) -> Iterator[bytes]:
    """Read the serialized examples of a split, in the order of its files.

    Args:
        examples: A channel that has run, its artifact, or the artifact's folder.
        split: The split's name.

    Returns:
        One serialized example for each row. Files may be compressed by gzip or not at all.

    Raises:
        ExamplesError: If there is no such split, or its files are gone, are not TFRecord files, or are torn.
    """
    artifact = _artifact(examples)
    names = split_names(artifact)
    if split not in names:
        raise ExamplesError(
            f"There is no split {split!r}.", f"Use one of {', '.join(names) or 'none'}."
        )
    folder = _folder(artifact) / f"Split-{split}"
    files = sorted(path for path in folder.glob("*") if path.is_file() and path.name[0] not in "._")
    if not files:
        raise ExamplesError(
            f"The split {split!r} has no file in {folder}.",
            "Its files were deleted, or its component has not finished: run that component again.",
        )
    return _read(files)


def parsed(examples: Any, split: str) -> Iterator[tf.train.Example]:
    """Read the examples of a split, in the order of its files.

    Args:
        examples: A channel that has run, its artifact, or the artifact's folder.
        split: The split's name.

    Yields:
        One example for each row.

    Raises:
        ExamplesError: As for :func:`records`, and if the rows are not ``tf.Example`` s.
    """
    import tensorflow as tf
    from google.protobuf.message import DecodeError

    _check_payload(_artifact(examples))
    for number, record in enumerate(records(examples, split), 1):
        try:
            example = tf.train.Example.FromString(record)
        except DecodeError as error:
            raise ExamplesError(
                f"Record {number:,} of the split {split!r} is no tf.Example.",
                "Run the component that wrote it again; utils.examples.records gives the serialized rows.",
            ) from error
        yield example


def table(examples: Any, split: str | None = None, rows: int | None = None) -> pd.DataFrame:
    """Read examples as a table.

    Args:
        examples: A channel that has run, its artifact, or the artifact's folder.
        split: The split's name; None for all splits, which adds a column ``split``.
        rows: How many rows of a split to read at the most; None for all.

    Returns:
        One row for each example and one column for each feature, with values as :func:`value_of` gives them. A column
        is int64 or float64 where each row has one number, and of Python's own objects elsewhere.

    Raises:
        ExamplesError: As for :func:`parsed`.
    """
    import pandas as pd

    found = []
    for name in split_names(examples) if split is None else [split]:
        for example in islice(parsed(examples, name), rows):
            row = {key: value_of(feature) for key, feature in example.features.feature.items()}
            found.append(row if split is not None else {**row, "split": name})
    columns = dict.fromkeys(name for row in found for name in row)
    return pd.DataFrame({name: _column([row.get(name) for row in found]) for name in columns})


def value_of(feature: tf.train.Feature) -> Any:
    """Return the Python value of a feature.

    Args:
        feature: A feature with one value, several, or none.

    Returns:
        None for none, a list for several; bytes as text where they are UTF-8, and as bytes elsewhere.
    """
    kind = feature.WhichOneof("kind")
    values = [_text(one) for one in getattr(feature, kind).value] if kind else []
    return values[0] if len(values) == 1 else values or None


def _column(values: list[Any]) -> pd.Series:
    import pandas as pd

    kinds = {type(value) for value in values}
    dtype = {int: "int64", float: "float64"}.get(kinds.pop()) if len(kinds) == 1 else None
    return pd.Series(values, dtype=dtype or object)


def _text(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _read(files: list[Path]) -> Iterator[bytes]:
    import tensorflow as tf

    for path in files:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        dataset = tf.data.TFRecordDataset(str(path), compression_type="GZIP" if packed else "")
        size = 0
        try:
            for record in dataset.as_numpy_iterator():
                size += _FRAME + len(record)
                yield record
        except tf.errors.DataLossError as error:
            raise _torn(path) from error
        if packed:
            _check_whole(path, size)


def _check_whole(path: Path, size: int) -> None:
    """Refuse a gzip file that ends before its end, which TensorFlow takes for the end of the rows.

    Its last four bytes tell how long it is unpacked. A file of several parts tells it of the last one alone, so that
    only unpacking it can say.
    """
    with path.open("rb") as file:
        file.seek(-min(4, path.stat().st_size), os.SEEK_END)
        if int.from_bytes(file.read(), "little") == size % 2**32:
            return
    try:
        with gzip.open(path) as unpacked:
            while unpacked.read(_BLOCK):
                pass
    except (EOFError, OSError, zlib.error) as error:
        raise _torn(path) from error


def _torn(path: Path) -> ExamplesError:
    return ExamplesError(
        f"{path} is not a TFRecord file, or is torn.",
        "Run the component that wrote it again; examples in another format cannot be read as rows.",
    )


def _check_payload(artifact: Any) -> None:
    """Refuse rows that are not ``tf.Example`` s; a bare folder does not say what it holds."""
    if not hasattr(artifact, "has_custom_property"):
        return
    from tfx.components.util import examples_utils
    from tfx.proto import example_gen_pb2

    payload = examples_utils.get_payload_format(artifact)
    if payload != example_gen_pb2.FORMAT_TF_EXAMPLE:
        name = example_gen_pb2.PayloadFormat.Name(payload)
        raise ExamplesError(
            f"These rows are in {name}, and not tf.Examples.",
            "Read their files with the library of that format; utils.examples.records gives the serialized rows.",
        )


def _artifact(examples: Any) -> Any:
    """Return the one artifact of a channel; an artifact or a folder is handed back."""
    if not hasattr(examples, "get"):
        return examples
    artifacts = list(examples.get())
    if not artifacts:
        raise ExamplesError(
            "This output holds no examples: its component has not run, or it failed.",
            "Run the cell with `context.run(...)` for it first.",
        )
    if len(artifacts) > 1:
        raise ExamplesError(
            f"This output holds {len(artifacts)} artifacts.",
            "Pass one of them, for example `channel.get()[0]`.",
        )
    return artifacts[0]


def _folder(artifact: Any) -> Path:
    return Path(getattr(artifact, "uri", artifact))
