"""The metrics of a classifier, counted by hand, so that a reader can compare them with any library's.

Source: book, chapter 7, "How to Analyze Your Model", "Classification Metrics".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.labels import as_labels, as_scores

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Confusion:
    """The confusion matrix at one threshold, and the rates that follow from it.

    Attributes:
        threshold: A row is flagged where its score is greater.
        true_positives: Disputed and flagged.
        false_positives: Not disputed, but flagged.
        true_negatives: Not disputed, not flagged.
        false_negatives: Disputed, but not flagged.
    """

    threshold: float
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return (
            self.true_positives + self.false_positives + self.true_negatives + self.false_negatives
        )

    @property
    def accuracy(self) -> float:
        """The share of rows answered rightly."""
        return _share(self.true_positives + self.true_negatives, self.rows)

    @property
    def precision(self) -> float:
        """The share of flagged rows that are disputed."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """The share of disputed rows that are flagged: the true positive rate."""
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def false_positive_rate(self) -> float:
        """The share of undisputed rows that are flagged."""
        return _share(self.false_positives, self.false_positives + self.true_negatives)

    @property
    def flagged(self) -> float:
        """The share of rows that are flagged."""
        return _share(self.true_positives + self.false_positives, self.rows)


def confusion(labels: ArrayLike, scores: ArrayLike, threshold: float) -> Confusion:
    """Count the four cells of the confusion matrix.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        scores: A probability for each row, ``[rows]``.
        threshold: A row is flagged where its score is greater, as TFMA does it.

    Returns:
        The counts.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        ValueError: If the threshold is not between 0 and 1.
    """
    positive = as_labels(labels)
    values = as_scores(scores, positive)
    if not 0 <= threshold <= 1:
        raise ValueError(
            f"threshold is {threshold!r}: scores are probabilities, give a number between 0 and 1, "
            "for example 0.3 for 30 percent."
        )
    flagged = values > threshold
    return Confusion(
        threshold,
        int((positive & flagged).sum()),
        int((~positive & flagged).sum()),
        int((~positive & ~flagged).sum()),
        int((positive & ~flagged).sum()),
    )


def threshold_for(scores: ArrayLike, flagged: float) -> float:
    """Return the threshold above which a given share of the rows lies.

    Args:
        scores: A number a row, ``[rows]``.
        flagged: The share to flag, between 0 and 1.

    Returns:
        The threshold.

    Raises:
        ValueError: The share is not between 0 and 1.
    """
    import numpy as np

    if not 0 <= flagged <= 1:
        raise ValueError(f"flagged is {flagged!r}: it is a share, give a number between 0 and 1.")
    return float(np.quantile(np.asarray(scores, "float64"), 1 - flagged))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
