"""The rows of a split with their labels, and what a model says of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.training.errors import TrainingError, output

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LABEL = "consumer_disputed"


def rows(examples: Any, split: str = "eval") -> pd.DataFrame:
    """Reads the examples of a split back into a table.

    Args:
        examples: An ExampleGen that has run, or its output ``examples``.
        split: The split's name.

    Returns:
        One row an example, in the order of the complaint's id: the columns as text (None where a value is missing), the
        label ``consumer_disputed`` as 0 or 1.

    Raises:
        TrainingError: Where ExampleGen has not run, or there is no such split.
    """
    import pandas as pd
    import tensorflow as tf

    folder = Path(output(examples, "examples"))
    files = sorted(str(file) for file in (folder / f"Split-{split}").glob("*.gz"))
    if not files:
        there = sorted(path.name.removeprefix("Split-") for path in folder.glob("Split-*"))
        raise TrainingError(
            f"The examples have no split {split!r}.", f"Use one of {', '.join(there)}."
        )
    records = tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator()
    table = pd.DataFrame([_columns(tf.train.Example.FromString(record)) for record in records])
    return table.sort_values("complaint_id", ignore_index=True)


def scores(model: Any, table: pd.DataFrame) -> np.ndarray:
    """Asks an exported model about each row.

    Args:
        model: A Trainer that has run, its output ``model``, or the folder of a model.
        table: Complaints, as :func:`rows` reads them.

    Returns:
        The probability of a dispute, float32 ``[rows]``.

    Raises:
        TrainingError: Where the Trainer has not run.
    """
    from utils.pipeline.predict import ExportedModel

    folder = model if isinstance(model, (str, Path)) else output(model, "model")
    texts = table.drop(columns=LABEL, errors="ignore").to_dict("records")
    return ExportedModel(folder).predict(texts)


def _columns(example: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, feature in example.features.feature.items():
        texts, numbers = feature.bytes_list.value, feature.int64_list.value
        values[name] = texts[0].decode() if texts else numbers[0] if numbers else None
    return values
