"""Examples and TFRecord files: writing them by hand, and reading what an ExampleGen made.

Source: book, chapter 3, "Converting your data to TFRecord"; https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.examples import parsed, records, split_names, table, value_of
from utils.files import FULL
from utils.ingestion.errors import IngestionError
from utils.ingestion.keeping import unless_equal

if TYPE_CHECKING:
    import pandas as pd
    import tensorflow as tf

__all__ = ["counts", "kinds", "split_names", "table", "to_example", "value_of", "write"]


def to_example(row: Mapping[str, Any]) -> tf.train.Example:
    """Make an example, each feature of the kind that the Python value has.

    Args:
        row: Value by feature name: text or bytes, whole number, or float; None and NaN stand for a missing value.
            Zero is a value.

    Returns:
        The example; a missing value is a feature without a kind.

    Raises:
        IngestionError: For a value of another type, a whole number of more than 64 bits, or text that is none.
    """
    import tensorflow as tf

    example = tf.train.Example()
    for name, value in row.items():
        feature = example.features.feature[name]
        try:
            value = value.item() if hasattr(value, "item") else value
            _fill(feature, value)
        except (TypeError, ValueError) as error:
            raise IngestionError(
                f"{name!r} is {value!r:.200}, a {type(value).__name__}, which an example cannot hold.",
                "Turn it into text, bytes, a whole number of 64 bits or a float first.",
            ) from error
    return example


def _fill(feature: tf.train.Feature, value: Any) -> None:
    """Put a value into a feature; whatever does not fit raises a ``ValueError`` or ``TypeError``."""
    if value is None or value != value:
        feature.SetInParent()
    elif isinstance(value, str):
        feature.bytes_list.value.append(value.encode())
    elif isinstance(value, bytes):
        feature.bytes_list.value.append(value)
    elif isinstance(value, int):
        feature.int64_list.value.append(int(value))  # newer releases of protobuf refuse a bool
    elif isinstance(value, float):
        feature.float_list.value.append(value)
    else:
        raise ValueError(f"a {type(value).__name__}")


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as a TFRecord file of examples.

    Args:
        path: The file; its folder is made if absent.
        rows: See :func:`to_example`.

    Returns:
        The number of examples written.

    Raises:
        IngestionError: If a row cannot be made an example.
        utils.files.FileError: If the file cannot be written there.
    """
    import tensorflow as tf

    count = 0
    with unless_equal(path) as part:
        try:
            with tf.io.TFRecordWriter(str(part)) as writer:
                for row in rows:
                    writer.write(to_example(row).SerializeToString())
                    count += 1
        except (tf.errors.ResourceExhaustedError, tf.errors.OutOfRangeError) as error:
            # TensorFlow keeps the system's words, and not the number that they stand for.
            for number in FULL:
                if error.message.endswith(os.strerror(number)):
                    raise OSError(number, os.strerror(number)) from error
            raise
    return count


def kinds(examples: Any) -> pd.DataFrame:
    """List the features of an ExampleGen's output and what they hold.

    Args:
        examples: A channel that has run, or its artifact.

    Returns:
        One row per feature, in alphabetical order: its ``kind`` (``bytes``, ``int64``, ``float``, several joined by
        ``+``, or ``none``), and the share of examples in which it is ``filled``.
    """
    import pandas as pd

    found: dict[str, dict[str, int]] = {}
    count = 0
    for example in chain.from_iterable(parsed(examples, one) for one in split_names(examples)):
        count += 1
        for name, feature in example.features.feature.items():
            kind = feature.WhichOneof("kind")
            filled = bool(kind) and len(getattr(feature, kind).value) > 0
            mine = found.setdefault(name, {})
            if filled:
                short = kind.removesuffix("_list")
                mine[short] = mine.get(short, 0) + 1
    rows = {
        name: ("+".join(sorted(mine)) or "none", round(sum(mine.values()) / count, 4))
        for name, mine in sorted(found.items())
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["kind", "filled"]).rename_axis(
        "feature"
    )


def counts(examples: Any) -> dict[str, int]:
    """Return how many examples each split of an ExampleGen's output holds.

    Args:
        examples: A channel that has run, or its artifact.

    Returns:
        Number of examples by split.
    """
    return {name: sum(1 for _ in records(examples, name)) for name in split_names(examples)}
