"""How good a ranking is, and how far a figure would move with other rows: AUC and bootstrap intervals.

The rows at hand are a sample. The bootstrap draws as many rows again from them, with replacement, many times, and
measures each time: the spread of the results is the uncertainty that comes from having these rows and not others.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13 (percentile intervals); TFMA offers the
same as ``POISSON_BOOTSTRAP``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from utils.labels import as_labels, as_scores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

ROUNDS = 400
"""How often the rows are drawn anew."""

SEED = 20150319
"""The seed of the draws, so that a figure is the same in every run."""


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 percent bootstrap interval.

    Attributes:
        value: The figure on the rows themselves.
        low: The lower end: 2.5 percent of the bootstrap's values lie below.
        high: The upper end: 2.5 percent lie above.
        signed: Whether the figure is a difference, which is written with its sign.
    """

    value: float
    low: float
    high: float
    signed: bool = False

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero, so that chance alone is an unlikely explanation."""
        return self.low > 0 or self.high < 0

    def holds(self, value: float) -> bool:
        """Return whether a value lies inside."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        ends = (self.value, self.low, self.high)
        value, low, high = (written(one, signed=self.signed) for one in ends)
        return f"{value} ({low} to {high})"

    __repr__ = __str__


def written(value: float, *, signed: bool = False, decimals: int = 3) -> str:
    """Write a figure with three decimals, or as many as asked for, and zero without a sign.

    Args:
        value: The figure.
        signed: Whether a plus is written before a positive one.
        decimals: How many digits stand behind the point.
    """
    text = f"{value:{'+' if signed else ''}.{decimals}f}"
    return f"{0:.{decimals}f}" if float(text) == 0 else text


def bootstrap(
    statistic: Callable[[Any], float],
    rows: Any,
    rounds: int = ROUNDS,
    seed: int = SEED,
    *,
    signed: bool = False,
) -> Interval:
    """Compute a figure and its 95 percent bootstrap interval.

    Where the figure is a difference of two models, compute it from the same rows: drawn together, the luck of the rows
    cancels out, and the interval is far narrower than that of two models measured apart.

    Args:
        statistic: From some of the rows to a number.
        rows: What is drawn from, ``[rows]``: a pandas ``DataFrame``, or an array such as ``numpy.arange(rows)``.
        rounds: How often to draw.
        seed: The seed of the draws.
        signed: Whether the figure is a difference; see :class:`Interval`.

    Returns:
        The figure with the 2.5th and 97.5th percentile of the draws. Draws without a value are left out.

    Raises:
        ValueError: If there is no row.
    """
    import numpy as np

    if not len(rows):
        raise ValueError("There is no row to draw from: the slice is empty, look at its value.")
    random = np.random.RandomState(seed)
    draws = [statistic(rows.take(random.randint(0, len(rows), len(rows)))) for _ in range(rounds)]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Interval(float(statistic(rows)), float(low), float(high), signed)


def auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Compute the area under the ROC curve: how often a row with label 1 scores higher than one with label 0.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        scores: A number for each row, ``[rows]``.

    Returns:
        Between 0 and 1, ties counting one half; NaN where all labels are the same.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or a score is missing.
    """
    positive = as_labels(labels)
    return auc_of_ranks(positive, ranks(as_scores(scores, positive)))


def ranks(scores: ArrayLike) -> NDArray[np.intp]:
    """Return the place of each score among all different scores, from 0, ``[rows]``."""
    import numpy as np

    return np.unique(scores, return_inverse=True)[1]


def auc_of_ranks(positive: NDArray[np.bool_], places: NDArray[np.intp]) -> float:
    """Compute :func:`auc` without sorting, which pays where the same scores are drawn from again and again.

    Args:
        positive: Whether each row has label 1, ``[rows]``.
        places: What :func:`ranks` returned, ``[rows]``.

    Returns:
        As for :func:`auc`.
    """
    import numpy as np

    size = int(places.max()) + 1 if len(places) else 0
    ones = np.bincount(places[positive], minlength=size)
    return auc_of_counts(ones, np.bincount(places[~positive], minlength=size))


def auc_interval(
    labels: ArrayLike, scores: ArrayLike, rounds: int = ROUNDS, seed: int = SEED
) -> Interval:
    """Compute :func:`auc` with its interval.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        scores: A number for each row, ``[rows]``.
        rounds: How often to draw.
        seed: The seed of the draws.

    Returns:
        The interval.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        ValueError: If there is no row.
    """
    import numpy as np

    positive = as_labels(labels)
    places = ranks(as_scores(scores, positive))

    def area(rows: NDArray[Any]) -> float:
        return auc_of_ranks(positive[rows], places[rows])

    return bootstrap(area, np.arange(len(positive)), rounds, seed)


def auc_difference(
    labels: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> Interval:
    """Compute how much better one model ranks than another, measured on the same draws of the same rows.

    Args:
        labels: 0 or 1 for each row, ``[rows]``.
        before: The scores of the model to compare with, ``[rows]``.
        after: The scores of the other model, ``[rows]``.
        rounds: How often to draw.
        seed: The seed of the draws.

    Returns:
        The interval of AUC after minus AUC before.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one score for each.
        ValueError: If there is no row.
    """
    import numpy as np

    positive = as_labels(labels)
    old, new = (ranks(as_scores(scores, positive)) for scores in (before, after))

    def change(rows: NDArray[Any]) -> float:
        mine = positive[rows]
        return auc_of_ranks(mine, new[rows]) - auc_of_ranks(mine, old[rows])

    return bootstrap(change, np.arange(len(positive)), rounds, seed, signed=True)


def auc_of_counts(ones: ArrayLike, zeros: ArrayLike) -> float:
    """Compute :func:`auc` from how often each score occurs, or from how likely it is.

    Args:
        ones: The number, or the weight, of the rows with label 1 at each score, in ascending order, ``[scores]``.
        zeros: The same of the rows with label 0.

    Returns:
        As for :func:`auc`.
    """
    import numpy as np

    ones, zeros = np.asarray(ones, "float64"), np.asarray(zeros, "float64")
    pairs = ones.sum() * zeros.sum()
    below = np.cumsum(zeros) - zeros / 2
    return float((ones * below).sum() / pairs) if pairs else float("nan")
