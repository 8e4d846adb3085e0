"""The rows that a model is judged on: raw complaints with their label, and a model's score for each.

A table of scored rows is a pandas ``DataFrame`` with the raw columns as text (a missing value is None), the label as
0 or 1 under its own name and the score, between 0 and 1, under :data:`SCORE`. All other modules of this package take
such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from utils.complaints.schema import KEY, LABEL
from utils.errors import WorkbookError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from utils.pipeline.config import Group

SCORE = "score"
"""The column with the model's score."""

_BATCH = 4_096
"""Rows scored at once: large enough to be fast, small enough for memory."""


class Model(Protocol):
    """Whatever answers as :class:`utils.pipeline.predict.ExportedModel` does."""

    def predict(self, complaints: Sequence[Mapping[str, str | None]]) -> np.ndarray:
        """The probability of a dispute for each complaint."""


class RowsError(WorkbookError, ValueError):
    """Rows that cannot be judged; the message names the cure."""


def read_examples(examples: Any, split: str = "eval") -> pd.DataFrame:
    """Reads the raw rows of a split, as ExampleGen wrote them.

    Args:
        examples: ExampleGen's output channel, its artifact, or the artifact's folder.
        split: The split's name.

    Returns:
        One row an example in the order of the complaints' ids: text columns, and the label as 0 or 1.

    Raises:
        RowsError: The folder has no such split, or holds transformed examples.
    """
    import pandas as pd
    import tensorflow as tf

    rows = [_values(tf.train.Example.FromString(record)) for record in records(examples, split)]
    if not any(KEY in row for row in rows):
        raise RowsError(
            "These examples have no complaint_id, so they are transformed ones: give the output of ExampleGen. "
            "The exported model transforms by itself."
        )
    frame = pd.DataFrame(rows).sort_values(KEY, ignore_index=True)
    return frame.astype(object).where(frame.notna(), None).infer_objects()


def records(examples: Any, split: str = "eval") -> list[bytes]:
    """The serialized examples of a split as they lie on disk, raw or transformed.

    Args:
        examples: ExampleGen's or Transform's output channel, its artifact, or the artifact's folder.
        split: The split's name.

    Returns:
        One serialized ``tf.Example`` a row.

    Raises:
        RowsError: The folder has no such split.
    """
    import tensorflow as tf

    folder = _folder(examples)
    files = sorted(str(path) for path in (folder / f"Split-{split}").glob("*"))
    if not files:
        splits = sorted(path.name.removeprefix("Split-") for path in folder.glob("Split-*"))
        raise RowsError(f"There is no split {split!r} here: use one of {', '.join(splits)}.")
    return list(tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator())


def read_complaints(file: str | Path, groups: Iterable[Group] = ()) -> pd.DataFrame:
    """Reads complaints from a CSV file as rows that can be scored.

    Args:
        file: A file with the columns of the complaints.
        groups: Groups to add as columns, as ExampleGen does it; ``config.groups`` has the pipeline's.

    Returns:
        As :func:`read_examples`, in the order of the file.

    Raises:
        RowsError: Not every row has a label.
    """
    import pandas as pd

    frame = pd.read_csv(file, dtype=str)
    if LABEL not in frame or not frame[LABEL].isin(["0", "1"]).all():
        raise RowsError(
            f"Not every complaint in {Path(file).name} has a label, so no model can be judged by them: "
            "use a labelled span, S1 to S4."
        )
    frame = frame.astype(object).where(frame.notna(), None)
    frame[LABEL] = frame[LABEL].astype(int)
    for group in groups:
        frame[group.name] = [
            None if value is None else group.inside if value in group.values else group.outside
            for value in frame[group.column]
        ]
    return frame


def complaints(rows: pd.DataFrame) -> list[dict[str, str | None]]:
    """The rows as a model is asked: column name to text, without label and scores.

    Args:
        rows: A table of rows.

    Returns:
        One dictionary a row.
    """
    text = [name for name in rows.columns if rows[name].dtype == object and name != LABEL]
    return rows[text].to_dict("records")


def score(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """Asks a model for the probability that each complaint is disputed.

    Args:
        model: An exported model.
        rows: A table of rows.

    Returns:
        float32 ``[rows]``.
    """
    import numpy as np

    asked = complaints(rows)
    parts = [model.predict(asked[at : at + _BATCH]) for at in range(0, len(asked), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0, "float32")


def scored(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """A copy of the rows with a model's score for each.

    Args:
        model: An exported model.
        rows: A table of rows.

    Returns:
        The rows, and :data:`SCORE`.
    """
    return rows.assign(**{SCORE: score(model, rows)})


def labels_and_scores(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The two columns that every metric is made of.

    Args:
        rows: A table of scored rows.

    Returns:
        Labels, bool ``[rows]``, and scores, float64 ``[rows]``.

    Raises:
        RowsError: There are no rows, one of the two columns is missing, or a score is no number.
    """
    import numpy as np

    for name, cure in ((LABEL, "use a labelled span"), (SCORE, "make the table with scored(...)")):
        if name not in rows:
            raise RowsError(f"The rows have no column {name!r}: {cure}.")
    if not len(rows):
        raise RowsError("There is no row to count: the slice is empty, look at its value.")
    try:
        scores = rows[SCORE].to_numpy("float64")
    except (TypeError, ValueError):
        raise RowsError(
            f"The column {SCORE!r} holds something other than numbers.",
            "Make the table with scored(...).",
        ) from None
    odd = int((~np.isfinite(scores)).sum())
    if odd:
        raise RowsError(
            f"The score of {odd:,} of {len(rows):,} rows is NaN or infinite, so no metric can be computed of it.",
            "Look for NaN among the model's inputs and weights and score the rows again, or leave these rows out.",
        )
    return rows[LABEL].to_numpy() == 1, scores


def same_rows(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Checks that two tables hold the same complaints in the same order.

    Args:
        one: A table of rows.
        other: Another.

    Raises:
        RowsError: They do not, so that a difference of metrics would compare rows and not models.
    """
    if list(one[KEY]) != list(other[KEY]):
        raise RowsError(
            f"The two tables hold different complaints ({len(one):,} and {len(other):,} rows): "
            "score both models on the same rows."
        )


def _folder(examples: Any) -> Path:
    if hasattr(examples, "get"):
        (examples,) = examples.get()
    return Path(getattr(examples, "uri", examples))


def _values(example: Any) -> Mapping[str, Any]:
    row: dict[str, Any] = {}
    for name, feature in example.features.feature.items():
        if feature.bytes_list.value:
            row[name] = feature.bytes_list.value[0].decode()
        elif feature.int64_list.value:
            row[name] = feature.int64_list.value[0]
    return row
