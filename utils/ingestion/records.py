"""Examples and TFRecord files: writing them by hand, and reading what an ExampleGen made.

Source: book, chapter 3, "Converting your data to TFRecord"; https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.ingestion.errors import IngestionError
from utils.ingestion.keeping import unless_equal

if TYPE_CHECKING:
    import pandas as pd
    import tensorflow as tf


def to_example(row: Mapping[str, Any]) -> tf.train.Example:
    """Makes an example, each feature of the kind that the Python value has.

    Args:
        row: Value by feature name: text or bytes, whole number, or float; None and NaN stand for a missing value.
            Zero is a value.

    Returns:
        The example; a missing value is a feature without a kind.

    Raises:
        IngestionError: For a value of another type.
    """
    import tensorflow as tf

    example = tf.train.Example()
    for name, value in row.items():
        feature = example.features.feature[name]
        value = value.item() if hasattr(value, "item") else value
        if value is None or value != value:
            feature.SetInParent()
        elif isinstance(value, str):
            feature.bytes_list.value.append(value.encode())
        elif isinstance(value, bytes):
            feature.bytes_list.value.append(value)
        elif isinstance(value, int):
            feature.int64_list.value.append(value)
        elif isinstance(value, float):
            feature.float_list.value.append(value)
        else:
            raise IngestionError(
                f"{name} is {value!r}, a {type(value).__name__}, which an example cannot hold.",
                "Turn it into text, bytes, a whole number or a float first.",
            )
    return example


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Writes rows as a TFRecord file of examples.

    Args:
        path: The file; its folder is made if absent.
        rows: See :func:`to_example`.

    Returns:
        The number of examples written.
    """
    import tensorflow as tf

    count = 0
    with unless_equal(path) as part, tf.io.TFRecordWriter(str(part)) as writer:
        for row in rows:
            writer.write(to_example(row).SerializeToString())
            count += 1
    return count


def split_names(examples: Any) -> list[str]:
    """The splits of an ExampleGen's output.

    Args:
        examples: A channel that has run, such as ``example_gen.outputs["examples"]``, or its artifact.

    Returns:
        Their names, in the order in which they were configured.
    """
    from tfx.types import artifact_utils

    return artifact_utils.decode_split_names(_artifact(examples).split_names)


def examples_of(examples: Any, split: str | None = None) -> Iterator[tf.train.Example]:
    """Reads the examples of an ExampleGen's output.

    Args:
        examples: A channel that has run, or its artifact.
        split: The split; None for all.

    Yields:
        One example a row, in the order of the files.

    Raises:
        IngestionError: If there is no such split.
    """
    import tensorflow as tf
    from tfx.types import artifact_utils

    artifact = _artifact(examples)
    names = split_names(artifact)
    if split is not None and split not in names:
        raise IngestionError(
            f"There is no split {split!r}.", f"The examples have the splits {', '.join(names)}."
        )
    for name in names if split is None else [split]:
        folder = Path(artifact_utils.get_split_uri([artifact], name))
        files = sorted(map(str, folder.glob("*.gz")))
        if not files:
            continue
        for record in tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator():
            yield tf.train.Example.FromString(record)


def table(examples: Any, split: str | None = None) -> pd.DataFrame:
    """Reads the examples of an ExampleGen's output as a table.

    Args:
        examples: A channel that has run, or its artifact.
        split: The split; None for all, which adds a column ``split``.

    Returns:
        One row an example. Bytes that are UTF-8 are text, missing values None.

    Raises:
        IngestionError: If there is no such split.
    """
    import pandas as pd

    rows = []
    for name in split_names(examples) if split is None else [split]:
        for example in examples_of(examples, name):
            row = {key: value_of(feature) for key, feature in example.features.feature.items()}
            rows.append(row if split is not None else {**row, "split": name})
    columns = list(dict.fromkeys(key for row in rows for key in row))
    data = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in columns}
    return pd.DataFrame(data)


def kinds(examples: Any) -> pd.DataFrame:
    """Lists the features of an ExampleGen's output and what they hold.

    Args:
        examples: A channel that has run, or its artifact.

    Returns:
        One row a feature, in alphabetical order: its ``kind`` (``bytes``, ``int64``, ``float``, several joined by
        ``+``, or ``none``), and the share of examples in which it is ``filled``.
    """
    import pandas as pd

    found: dict[str, dict[str, int]] = {}
    count = 0
    for example in examples_of(examples):
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
    """How many examples each split of an ExampleGen's output holds.

    Args:
        examples: A channel that has run, or its artifact.

    Returns:
        Number of examples by split.
    """
    return {name: sum(1 for _ in examples_of(examples, name)) for name in split_names(examples)}


def value_of(feature: tf.train.Feature) -> Any:
    """The Python value of a feature.

    Args:
        feature: A feature with one value, several, or none.

    Returns:
        None for none, a list for several; bytes that are UTF-8 as text.
    """
    kind = feature.WhichOneof("kind")
    values = [_text(one) for one in getattr(feature, kind).value] if kind else []
    return values[0] if len(values) == 1 else values or None


def _text(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _artifact(examples: Any) -> Any:
    """The one artifact of a channel; an artifact is handed back."""
    if not hasattr(examples, "get"):
        return examples
    artifacts = list(examples.get())
    if not artifacts:
        raise IngestionError(
            "This output holds no examples: its component has not run, or it failed.",
            "Run the cell with `context.run(...)` for it first.",
        )
    if len(artifacts) > 1:
        raise IngestionError(
            f"This output holds {len(artifacts)} artifacts.",
            "Pass one of them, for example `channel.get()[0]`.",
        )
    return artifacts[0]
