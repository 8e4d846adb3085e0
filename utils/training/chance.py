"""How far a metric would move by chance alone: bootstrap intervals.

The rows of a split are a sample. Drawing as many rows again from them, with replacement, and measuring anew shows how
much the measure depends on which rows happened to be there.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap", chapter 13 (percentile intervals).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from utils.training.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

RESAMPLES = 1_000
"""How often rows are drawn again."""

CONFIDENCE = 0.95
"""The share of the resamples that an interval holds."""


@dataclass(frozen=True)
class Interval:
    """A measure and where it would lie with other rows.

    Attributes:
        value: What was measured.
        low: The lower end: 2.5 percent of the resamples lie below.
        high: The upper end.
        signed: Whether it is a difference, which is written with its sign.
    """

    value: float
    low: float
    high: float
    signed: bool = True

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval leaves out zero, as that of a real difference does."""
        return self.low > 0 or self.high < 0

    def __repr__(self) -> str:
        sign = "+" if self.signed else ""
        value, low, high = (f"{one:{sign}.3f}" for one in (self.value, self.low, self.high))
        return f"{value} (from {low} to {high})"


def auc_interval(labels: Any, scores: Any, *, seed: int = 0) -> Interval:
    """The area under the ROC curve, with its interval.

    Args:
        labels: 0 or 1 a row, ``[rows]``.
        scores: A number a row, higher for 1.
        seed: The seed of the resamples.

    Returns:
        The interval.

    Raises:
        TrainingError: Where lengths differ, or one class is missing.
    """
    return replace(_interval(labels, (scores,), _auc, seed), signed=False)


def auc_difference(labels: Any, before: Any, after: Any, *, seed: int = 0) -> Interval:
    """How much better one model ranks than another, on the same rows.

    Both are measured on each resample, so that rows which are hard for both cancel out.

    Args:
        labels: 0 or 1 a row, ``[rows]``.
        before: The scores of the model to compare with.
        after: The scores of the other model.
        seed: The seed of the resamples.

    Returns:
        The interval of AUC after minus AUC before.

    Raises:
        TrainingError: Where lengths differ, or one class is missing.
    """
    return _interval(
        labels,
        (before, after),
        lambda weights, y, b, a: _auc(weights, y, a) - _auc(weights, y, b),
        seed,
    )


def accuracy_gain(labels: Any, scores: Any, threshold: float = 0.5, *, seed: int = 0) -> Interval:
    """How many more answers are right than with always answering the majority.

    Args:
        labels: 0 or 1 a row, ``[rows]``.
        scores: A probability a row.
        threshold: From which score on the answer is 1.
        seed: The seed of the resamples.

    Returns:
        The interval of the accuracy minus the share of the majority.

    Raises:
        TrainingError: Where lengths differ, or one class is missing.
    """

    def gain(weights: np.ndarray, y: np.ndarray, s: np.ndarray) -> np.ndarray:
        majority = y == (y.mean() >= 0.5)
        right = (s >= threshold) == y
        return weights @ (right.astype(float) - majority) / weights.sum(axis=1)

    return _interval(labels, (scores,), gain, seed)


def by_slice(
    table: pd.DataFrame, column: str, before: Any, after: Any, *, least: int = 25, seed: int = 0
) -> pd.DataFrame:
    """The difference of two models' AUC in each slice.

    Args:
        table: Rows with the label ``consumer_disputed``, as :func:`.scores.rows` reads them.
        column: The column to slice by.
        before: The scores of the model to compare with, ``[rows]``.
        after: The scores of the other model.
        least: How many rows of each class a slice must have.
        seed: The seed of the resamples.

    Returns:
        One row a slice, the largest first: ``slice``, ``rows``, ``before`` and ``after`` (AUC), ``difference``,
        ``low``, ``high``, and ``beyond_chance``. The first row, ``all``, is about all rows.

    Raises:
        TrainingError: For a column that the table does not have.
    """
    import numpy as np
    import pandas as pd

    if column not in table:
        raise TrainingError(
            f"The rows have no column {column!r}.", f"Use one of {', '.join(table.columns)}."
        )
    labels = table["consumer_disputed"].to_numpy()
    before, after = np.asarray(before), np.asarray(after)
    found = []
    values = table[column].value_counts().index
    for name, mine in [("all", np.ones(len(table), bool))] + [
        (str(value), (table[column] == value).to_numpy()) for value in values
    ]:
        if min(labels[mine].sum(), (1 - labels[mine]).sum()) < least:
            continue
        change = auc_difference(labels[mine], before[mine], after[mine], seed=seed)
        one = np.ones((1, int(mine.sum())))
        old = float(_auc(one, labels[mine] == 1, before[mine])[0])
        new = old + change.value
        row = (name, int(mine.sum()), old, new, change.value, change.low, change.high)
        found.append((*row, change.beyond_chance))
    columns = ["slice", "rows", "before", "after", "difference", "low", "high", "beyond_chance"]
    return pd.DataFrame(found, columns=columns)


def by_run(labels: Any, before: Any, after: Mapping[str, Any], *, seed: int = 0) -> pd.DataFrame:
    """The difference of several models' AUC from that of one, on the same rows.

    Args:
        labels: 0 or 1 a row, ``[rows]``.
        before: The scores of the model to compare with.
        after: By a name of the reader's the scores of another model.
        seed: The seed of the resamples.

    Returns:
        One row a model: ``run``, ``rows``, ``difference``, ``low``, ``high`` and ``beyond_chance``.

    Raises:
        TrainingError: Where lengths differ, or one class is missing.
    """
    import pandas as pd

    found = []
    for name, scores in after.items():
        change = auc_difference(labels, before, scores, seed=seed)
        found.append(
            (name, len(labels), change.value, change.low, change.high, change.beyond_chance)
        )
    columns = ["run", "rows", "difference", "low", "high", "beyond_chance"]
    return pd.DataFrame(found, columns=columns)


def _interval(
    labels: Any, scores: tuple[Any, ...], measure: Callable[..., np.ndarray], seed: int
) -> Interval:
    import numpy as np

    y = np.asarray(labels).astype(float)
    columns = [np.asarray(one, float) for one in scores]
    if any(len(one) != len(y) for one in columns):
        raise TrainingError(
            f"There are {len(y)} labels and {', '.join(str(len(one)) for one in columns)} scores.",
            "Give one score for each label, of the same rows in the same order.",
        )
    if len(np.unique(y)) < 2:
        raise TrainingError(
            "All labels are the same, so nothing can be ranked.",
            "Give rows of both classes: a larger slice, or the whole split.",
        )
    positive = y == 1
    value = float(measure(np.ones((1, len(y))), positive, *columns)[0])
    generator = np.random.RandomState(seed)
    drawn = np.concatenate(
        [
            measure(
                generator.multinomial(len(y), np.full(len(y), 1 / len(y)), 100).astype(float),
                positive,
                *columns,
            )
            for _ in range(RESAMPLES // 100)
        ]
    )
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.nanpercentile(drawn, [tail, 100 - tail])
    return Interval(value, float(low), float(high))


def _auc(weights: np.ndarray, positive: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The AUC of each row of weights, ``[resamples, rows]``; ties count half, NaN where one class has no weight."""
    import numpy as np

    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(scores[order]) > 0])
    sorted_weights, sorted_positive = weights[:, order], positive[order]
    up = np.add.reduceat(sorted_weights * sorted_positive, starts, axis=1)
    down = np.add.reduceat(sorted_weights * ~sorted_positive, starts, axis=1)
    below = np.cumsum(down, axis=1) - down / 2
    with np.errstate(invalid="ignore"):
        return (up * below).sum(axis=1) / (up.sum(axis=1) * down.sum(axis=1))
