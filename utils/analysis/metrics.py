"""The metrics of a classifier, counted by hand, so that a reader can compare them with any library's.

Source: book, chapter 7, "How to Analyze Your Model", "Classification Metrics".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
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
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _share(
            2 * self.true_positives,
            2 * self.true_positives + self.false_positives + self.false_negatives,
        )

    @property
    def flagged(self) -> float:
        """The share of rows that are flagged."""
        return _share(self.true_positives + self.false_positives, self.rows)


def confusion(labels: ArrayLike, scores: ArrayLike, threshold: float) -> Confusion:
    """Counts the four cells of the confusion matrix.

    Args:
        labels: True or false a row, ``[rows]``.
        scores: A probability a row, ``[rows]``.
        threshold: A row is flagged where its score is greater, as TFMA does it.

    Returns:
        The counts.

    Raises:
        ValueError: The threshold is not between 0 and 1, or labels and scores differ in length.
    """
    positive, flagged = _checked(labels, scores, threshold)
    return Confusion(
        threshold,
        int((positive & flagged).sum()),
        int((~positive & flagged).sum()),
        int((~positive & ~flagged).sum()),
        int((positive & ~flagged).sum()),
    )


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """The area under the ROC curve: how often a positive row scores higher than a negative one; ties count half.

    Args:
        labels: True or false a row, ``[rows]``.
        scores: A number a row, ``[rows]``.

    Returns:
        Between 0 and 1; not a number where all labels are the same.
    """
    import numpy as np

    positive, values = np.asarray(labels, bool), np.asarray(scores, "float64")
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        return float("nan")
    return float((rank[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def threshold_for(scores: ArrayLike, flagged: float) -> float:
    """The threshold above which a given share of the rows lies.

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


def _checked(
    labels: ArrayLike, scores: ArrayLike, threshold: float
) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    positive, values = np.asarray(labels, bool), np.asarray(scores, "float64")
    if positive.shape != values.shape:
        raise ValueError(
            f"There are {positive.size} labels and {values.size} scores: give one of each a row."
        )
    if not 0 <= threshold <= 1:
        raise ValueError(
            f"threshold is {threshold!r}: scores are probabilities, give a number between 0 and 1, "
            "for example 0.3 for 30 percent."
        )
    return positive, values > threshold


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
