"""Tables of pandas as tf.Transform takes them and gives them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from utils.preprocessing.errors import PreprocessingError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TEXT, WHOLE, NUMBER = "texts", "whole numbers", "numbers"

_PLACEHOLDERS = (b"49d0cd50-04bb-48c0-bc6f-5b575dce351a", b"-1")
"""What tf.Transform writes into a vocabulary that would be empty: of texts, of numbers."""


def kinds(frame: pd.DataFrame) -> dict[str, str]:
    """Return what each column holds.

    Args:
        frame: A table.

    Returns:
        By column ``"texts"``, ``"whole numbers"`` or ``"numbers"``.

    Raises:
        PreprocessingError: The table has no row, a column mixes texts with other values, or a column's name is no text
            or not its own.
    """
    from pandas.api import types

    if frame.empty:
        raise PreprocessingError(
            "The table has no row or no column.",
            "Give at least one row: nothing can be learnt from none.",
        )
    for name in frame.columns:
        if not isinstance(name, str):
            raise PreprocessingError(
                f"The column name {name!r} is not a text.",
                f"Rename it, for example with frame.rename(columns={{{name!r}: 'name'}}).",
            )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise PreprocessingError(
            f"The table has more than one column named {twice[0]!r}.",
            "Rename or drop all but one: the function gets its columns by name.",
        )
    found = {}
    for name in frame.columns:
        column = frame[name]
        if types.is_bool_dtype(column) or types.is_integer_dtype(column):
            found[name] = WHOLE
        elif types.is_float_dtype(column):
            found[name] = NUMBER
        else:
            found[name] = TEXT
            other = next((one for one in column.dropna() if not isinstance(one, str)), None)
            if other is not None:
                raise PreprocessingError(
                    f"{name!r} mixes texts with {other!r}, a {type(other).__name__}.",
                    "Read the file as text, with pd.read_csv(..., dtype=str), or convert the column.",
                )
    return found


def vocabulary(output: Any, name: str) -> list[str]:
    """Return the values of a vocabulary, in the order of their indices.

    Args:
        output: A ``tft.TFTransformOutput``.
        name: The vocabulary's file name.

    Returns:
        The values; none where every value was too rare.
    """
    from utils.pipeline.modules import terms

    found = list(output.vocabulary_by_name(name))
    empty = [[placeholder] for placeholder in (*_PLACEHOLDERS, terms.NOTHING)]
    return [] if found in empty else [value.decode() for value in found]


def dense_columns(frame: pd.DataFrame) -> frozenset[str]:
    """Return the columns without missing values."""
    return frozenset(name for name in frame.columns if frame[name].notna().all())


def feature_spec(known: Mapping[str, str], dense: Iterable[str]) -> dict[str, Any]:
    """Return the columns as ``tf.io`` describes them.

    Args:
        known: What each column holds, see :func:`kinds`.
        dense: Those without missing values.

    Returns:
        One value per row for a dense column, at most one for another.
    """
    import tensorflow as tf

    types = {TEXT: tf.string, WHOLE: tf.int64, NUMBER: tf.float32}
    dense = frozenset(dense)
    return {
        name: tf.io.FixedLenFeature([], types[kind])
        if name in dense
        else tf.io.VarLenFeature(types[kind])
        for name, kind in known.items()
    }


def to_arrow(frame: pd.DataFrame, known: Mapping[str, str]) -> pa.RecordBatch:
    """Return the whole table as one batch, so that its rows keep their order through Beam.

    Args:
        frame: The table.
        known: What each column holds.
    """
    import pyarrow as pa

    types = {TEXT: pa.large_binary(), WHOLE: pa.int64(), NUMBER: pa.float32()}
    arrays = [
        pa.array(
            [None if value is None else [value] for value in values(frame[name], kind)],
            type=pa.large_list(types[kind]),
        )
        for name, kind in known.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, list(known))


def to_tensors(
    frame: pd.DataFrame, known: Mapping[str, str], dense: Iterable[str]
) -> dict[str, Any]:
    """Return the table as a server would hand it to the graph.

    Args:
        frame: The table.
        known: What each column holds.
        dense: The columns that the graph takes as dense tensors.

    Returns:
        A tensor ``[rows]`` for a dense column, a sparse tensor ``[rows, 1]`` for another.
    """
    import numpy as np
    import tensorflow as tf

    dense = frozenset(dense)
    types = {TEXT: tf.string, WHOLE: tf.int64, NUMBER: tf.float32}
    tensors: dict[str, Any] = {}
    for name, kind in known.items():
        given = values(frame[name], kind)
        if name in dense:
            tensors[name] = tf.constant(given, types[kind])
            continue
        filled = [(row, value) for row, value in enumerate(given) if value is not None]
        places = np.array([[row, 0] for row, _ in filled], np.int64).reshape(-1, 2)
        tensors[name] = tf.SparseTensor(
            places, tf.constant([value for _, value in filled], types[kind]), [len(given), 1]
        )
    return tensors


def values(column: pd.Series, kind: str) -> list[Any]:
    """Return a column's values as Python's own: bytes, int or float, and None where one is missing."""
    writers: dict[str, Callable[[Any], Any]] = {TEXT: str.encode, WHOLE: int, NUMBER: float}
    write = writers[kind]
    return [
        write(value) if there else None for value, there in zip(column, column.notna(), strict=True)
    ]


def from_tensor(tensor: Any) -> list[Any]:
    """Return a feature as one value per row: a number, a text, or a list of them.

    Args:
        tensor: Dense, sparse ``[rows, any]`` or ragged.
    """
    import tensorflow as tf

    if isinstance(tensor, tf.SparseTensor):
        rows: list[list[Any]] = [[] for _ in range(int(tensor.dense_shape[0]))]
        for (row, *_), value in zip(
            tensor.indices.numpy(), tensor.values.numpy().tolist(), strict=True
        ):
            rows[row].append(value)
        return text(rows)
    listed = tensor.to_list() if isinstance(tensor, tf.RaggedTensor) else tensor.numpy().tolist()
    return text(listed)


def from_arrow(batch: pa.RecordBatch, spec: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return features as Beam gives them, as one value per row each.

    Args:
        batch: One list per row and feature.
        spec: The features as ``tf.io`` describes them.

    Returns:
        Values by feature, in the batch's order.
    """
    import numpy as np

    found = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        rows = [row or [] for row in column.to_pylist()]
        shape = getattr(spec[name], "shape", None)
        if shape is not None:
            rows = [np.reshape(np.array(row, object), shape).tolist() for row in rows]
        found[name] = text(rows)
    return found


def text(value: Any) -> Any:
    """Return the same value with bytes as text, at any depth."""
    if isinstance(value, list):
        return [text(one) for one in value]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
