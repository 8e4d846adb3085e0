"""Why this score? The nearest counterfactual, and the importance of a column.

Both ask the exported model only, as a server would be asked, and so work for every model.

Source: book, chapter 7, "Model Explainability".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from utils.analysis.rows import Model, score
from utils.complaints.schema import LABEL
from utils.errors import WorkbookError
from utils.intervals import SEED, auc
from utils.labels import as_labels

if TYPE_CHECKING:
    import pandas as pd

Complaint = Mapping[str, str | None]


class ExplanationError(WorkbookError, ValueError):
    """What cannot be explained; the message names the cure."""


def nearest_counterfactual(
    complaint: Complaint,
    score: float,
    others: Sequence[Complaint],
    scores: Sequence[float],
    threshold: float,
    columns: Sequence[str],
) -> tuple[int, list[str]]:
    """Return the most similar complaint that gets the other answer, as the What-If Tool finds it.

    Args:
        complaint: The complaint.
        score: Its score.
        others: The complaints to look through.
        scores: Their scores.
        threshold: Above it the answer is yes.
        columns: The columns that are compared; each that differs counts the same.

    Returns:
        The place of the nearest one in ``others``, and the columns in which it differs.

    Raises:
        ExplanationError: All others get the same answer.
    """
    answer = score > threshold
    best: tuple[int, list[str]] | None = None
    for place, (other, its) in enumerate(zip(others, scores, strict=True)):
        if (its > threshold) == answer:
            continue
        differs = [name for name in columns if complaint.get(name) != other.get(name)]
        if best is None or len(differs) < len(best[1]):
            best = (place, differs)
    if best is None:
        raise ExplanationError(
            f"All {len(others):,} complaints get the same answer at {threshold}: choose another threshold."
        )
    return best


def importance(model: Model, rows: pd.DataFrame, columns: Sequence[str]) -> dict[str, float]:
    """Return how much of a model's AUC hangs on each column: what is lost when the column's values are shuffled.

    Args:
        model: The model.
        rows: A table of rows with labels.
        columns: The columns to shuffle, one at a time.

    Returns:
        Column to loss of AUC, the largest first.

    Raises:
        ExplanationError: A column is not in the table.
    """
    import numpy as np

    labels = as_labels(rows[LABEL])
    whole = auc(labels, score(model, rows))
    random = np.random.RandomState(SEED)
    lost = {}
    for name in columns:
        if name not in rows:
            raise ExplanationError(
                f"The rows have no column {name!r}: use the model's own, config.features.columns."
            )
        shuffled = rows.assign(**{name: rows[name].to_numpy()[random.permutation(len(rows))]})
        lost[name] = whole - auc(labels, score(model, shuffled))
    return dict(sorted(lost.items(), key=lambda item: -item[1]))
