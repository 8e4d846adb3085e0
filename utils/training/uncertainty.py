"""How far a model's AUC or accuracy, or its difference from another model's, would move with other rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from utils import intervals
from utils.complaints.schema import LABEL
from utils.intervals import Interval, auc
from utils.labels import as_labels, as_scores
from utils.training.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ROUNDS = 1_000
"""How often rows are drawn anew."""


def auc_interval(labels: Any, scores: Any, *, seed: int = 0) -> Interval:
    """Compute the area under the ROC curve with its interval.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        scores: A number for each row, higher for 1.
        seed: The seed of the draws.

    Returns:
        The interval.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        TrainingError: If all labels are the same.
    """
    return intervals.auc_interval(_both(labels), scores, ROUNDS, seed)


def auc_difference(labels: Any, before: Any, after: Any, *, seed: int = 0) -> Interval:
    """Compute how much better one model ranks than another, on the same rows.

    Both are measured on each draw, so that rows which are hard for both cancel out.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        before: The scores of the model to compare with.
        after: The scores of the other model.
        seed: The seed of the draws.

    Returns:
        The interval of AUC after minus AUC before.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        TrainingError: If all labels are the same.
    """
    return intervals.auc_difference(_both(labels), before, after, ROUNDS, seed)


def accuracy_gain(labels: Any, scores: Any, threshold: float = 0.5, *, seed: int = 0) -> Interval:
    """Compute how many more answers are right than with always answering the majority.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        scores: A probability for each row.
        threshold: From which score on the answer is 1.
        seed: The seed of the draws.

    Returns:
        The interval of the accuracy minus the share of the majority.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        TrainingError: If all labels are the same.
    """
    import numpy as np

    positive = _both(labels)
    right = (as_scores(scores, positive) >= threshold) == positive
    majority = positive == (positive.mean() >= 0.5)
    gained = right.astype(float) - majority
    return intervals.bootstrap(np.mean, gained, ROUNDS, seed, signed=True)


def by_slice(
    table: pd.DataFrame, column: str, before: Any, after: Any, *, least: int = 25, seed: int = 0
) -> pd.DataFrame:
    """Compute the difference of two models' AUC in each slice.

    Args:
        table: Rows with the label ``consumer_disputed``, as :func:`.scores.rows` reads them.
        column: The column to slice by.
        before: The scores of the model to compare with, ``[rows]``.
        after: The scores of the other model.
        least: How many rows of each class a slice must have.
        seed: The seed of the draws.

    Returns:
        One row for each slice, the largest first: ``slice``, ``rows``, ``before`` and ``after`` (AUC), ``difference``,
        ``low``, ``high``, and ``beyond_chance``. The first row, ``all``, is about all rows.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        TrainingError: If the table has no such column.
    """
    import numpy as np
    import pandas as pd

    if column not in table:
        raise TrainingError(
            f"The rows have no column {column!r}.", f"Use one of {', '.join(table.columns)}."
        )
    labels = as_labels(table[LABEL])
    before, after = (as_scores(scores, labels) for scores in (before, after))
    found = []
    values = table[column].value_counts().index
    for name, mine in [("all", np.ones(len(table), bool))] + [
        (str(value), (table[column] == value).to_numpy()) for value in values
    ]:
        if min(labels[mine].sum(), (~labels[mine]).sum()) < least:
            continue
        change = auc_difference(labels[mine], before[mine], after[mine], seed=seed)
        old = auc(labels[mine], before[mine])
        found.append((name, int(mine.sum()), old, old + change.value, *_columns(change)))
    columns = ["slice", "rows", "before", "after", "difference", "low", "high", "beyond_chance"]
    return pd.DataFrame(found, columns=columns)


def by_run(labels: Any, before: Any, after: Mapping[str, Any], *, seed: int = 0) -> pd.DataFrame:
    """Compute the difference of several models' AUC from that of one, on the same rows.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        before: The scores of the model to compare with.
        after: The scores of each other model, by a name of the reader's.
        seed: The seed of the draws.

    Returns:
        One row for each model: ``run``, ``rows``, ``difference``, ``low``, ``high`` and ``beyond_chance``.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        TrainingError: If all labels are the same.
    """
    import pandas as pd

    found = [
        (name, len(labels), *_columns(auc_difference(labels, before, scores, seed=seed)))
        for name, scores in after.items()
    ]
    columns = ["run", "rows", "difference", "low", "high", "beyond_chance"]
    return pd.DataFrame(found, columns=columns)


def _columns(change: Interval) -> tuple[float, float, float, bool]:
    return change.value, change.low, change.high, change.excludes_zero


def _both(labels: Any) -> np.ndarray:
    """Return labels as truth values; they must not all be the same."""
    positive = as_labels(labels)
    if positive.all() or not positive.any():
        raise TrainingError(
            "All labels are the same, so nothing can be ranked.",
            "Give rows of both classes: a larger slice, or the whole split.",
        )
    return positive
