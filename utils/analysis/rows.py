"""The rows that a model is judged on: raw complaints with their label, and a model's score for each.

A table of scored rows is a pandas ``DataFrame`` with the raw columns as text (a missing value is None), the label as
0 or 1 under its own name and the score, between 0 and 1, under :data:`SCORE`. All other modules of this package take
such a table.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from utils import examples as stored
from utils.complaints.csvio import read_table
from utils.complaints.schema import COLUMNS, KEY, LABEL
from utils.errors import WorkbookError
from utils.labels import as_labels, as_scores

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from utils.pipeline.config import Group
    from utils.pipeline.predict import ExportedModel

SCORE = "score"
"""The column with the model's score."""

_BATCH = 1_024
"""Rows scored at once: large enough to be fast, small enough for memory."""


class Model(Protocol):
    """Whatever answers as :class:`utils.pipeline.predict.ExportedModel` does."""

    def predict(self, complaints: Sequence[Mapping[str, str | None]]) -> np.ndarray:
        """Return the probability of a dispute for each complaint."""


class RowsError(WorkbookError, ValueError):
    """Rows that cannot be judged; the message names the cure."""


def read_examples(examples: Any, split: str = "eval") -> pd.DataFrame:
    """Read the raw rows of a split, as ExampleGen wrote them.

    Args:
        examples: ExampleGen's output channel, its artifact, or the artifact's folder.
        split: The split's name.

    Returns:
        One row for each example in the order of the complaints' ids: text columns, the label as 0 or 1, and None where
        a value is missing. A complaint without a label is pending; no metric counts it.

    Raises:
        RowsError: If the split has no row, or holds transformed examples.
        ExamplesError: If there is no such split, or it cannot be read.
    """
    frame = stored.table(examples, split)
    if not len(frame):
        raise RowsError(f"The split {split!r} has no row: look at what ExampleGen read.")
    if KEY not in frame:
        raise RowsError(
            "These examples have no complaint_id, so they are transformed ones: give the output of ExampleGen. "
            "The exported model transforms by itself."
        )
    return frame.sort_values(KEY, ignore_index=True)


def records(examples: Any, split: str = "eval") -> list[bytes]:
    """Return the serialized examples of a split as they lie on disk, raw or transformed.

    Args:
        examples: ExampleGen's or Transform's output channel, its artifact, or the artifact's folder.
        split: The split's name.

    Returns:
        One serialized ``tf.Example`` a row.

    Raises:
        ExamplesError: If there is no such split, or it cannot be read.
    """
    return list(stored.records(examples, split))


def read_complaints(file: str | Path, groups: Iterable[Group] = ()) -> pd.DataFrame:
    """Read complaints from a CSV file as rows that can be scored.

    Args:
        file: A file with the columns of the complaints.
        groups: Groups to add as columns, as ExampleGen does it; ``config.groups`` has the pipeline's.

    Returns:
        As :func:`read_examples`, in the order of the file.

    Raises:
        RowsError: Not every row has a label.
    """
    frame = read_table(Path(file))
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
    """Return the rows as a model is asked: column name to text, without label and scores.

    Args:
        rows: A table of rows. A column of floats that is none of the complaints' is taken for another model's scores.

    Returns:
        One dictionary per row; a missing value is None.

    Raises:
        RowsError: A column holds something other than text, so a model would take it for missing.
    """
    from pandas.api.types import infer_dtype, is_float_dtype

    names = [
        name
        for name in rows.columns
        if name not in (LABEL, SCORE) and (name in COLUMNS or not is_float_dtype(rows[name]))
    ]
    asked = rows[names].astype(object)
    asked = asked.where(asked.notna(), None)
    for name in names:
        if infer_dtype(asked[name]) not in ("string", "empty"):
            value = next(one for one in asked[name] if not isinstance(one, (str, type(None))))
            raise RowsError(
                f"The column {name!r} has the value {reprlib.repr(value)}, of the type {type(value).__name__}, and a "
                "model is asked in text.",
                "Read the column as text in UTF-8, which keeps the zeros of a ZIP code too, or leave it out: "
                f"rows.drop(columns=[{name!r}]).",
            )
    return asked.to_dict("records")


def score(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """Ask a model for the probability that each complaint is disputed.

    Args:
        model: An exported model.
        rows: A table of rows.

    Returns:
        float32 ``[rows]``.

    Raises:
        RowsError: As for :func:`complaints`.
    """
    import numpy as np

    asked = complaints(rows)
    parts = [model.predict(asked[at : at + _BATCH]) for at in range(0, len(asked), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0, "float32")


def scored(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a copy of the rows with a model's score for each.

    Args:
        model: An exported model.
        rows: A table of rows.

    Returns:
        The rows, and :data:`SCORE`.
    """
    return rows.assign(**{SCORE: score(model, rows)})


def scored_by(models: Mapping[str, ExportedModel], rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Let several models score the same rows, which are written as examples only once.

    Args:
        models: Exported models, by name.
        rows: A table of rows.

    Returns:
        By the model's name, the rows with its scores, as :func:`scored` returns them.
    """
    import numpy as np

    from utils.pipeline.predict import serialize

    scores: dict[str, list[np.ndarray]] = {name: [np.zeros(0, "float32")] for name in models}
    with ThreadPoolExecutor() as pool:  # TensorFlow computes outside of Python's lock
        for at in range(0, len(rows), _BATCH):
            examples = serialize(complaints(rows.iloc[at : at + _BATCH]))
            answers = pool.map(methodcaller("answer", examples), models.values())
            for name, answer in zip(models, answers, strict=True):
                scores[name].append(answer)
    return {name: rows.assign(**{SCORE: np.concatenate(parts)}) for name, parts in scores.items()}


def labels_and_scores(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the two columns that every metric is made of.

    Args:
        rows: A table of scored rows.

    Returns:
        Labels, bool ``[rows]``, and scores, float64 ``[rows]``.

    Raises:
        RowsError: If there are no rows, or one of the two columns is missing.
        LabelError: If a label is missing or is not 0 or 1, or a score is not a finite number.
    """
    for name, cure in ((LABEL, "use a labelled span"), (SCORE, "make the table with scored(...)")):
        if name not in rows:
            raise RowsError(f"The rows have no column {name!r}: {cure}.")
    if not len(rows):
        raise RowsError("There is no row to count: the slice is empty, look at its value.")
    labels = as_labels(rows[LABEL])
    return labels, as_scores(rows[SCORE], labels)


def same_rows(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Check that two tables hold the same complaints in the same order.

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
