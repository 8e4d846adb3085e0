"""What chance alone could do to a figure: bootstrap intervals.

The rows are drawn again and again from themselves, with replacement, and the figure is computed anew each time. The
spread of the results is the uncertainty that comes from having these rows and not others.

Source: Efron (1979), "Bootstrap Methods"; TFMA offers the same as ``POISSON_BOOTSTRAP``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROUNDS = 400
"""How often the rows are drawn anew."""

SEED = 20150319
"""The seed of the draws, so that a figure is the same in every run."""


@dataclass(frozen=True)
class Interval:
    """A figure, and the interval that holds 95 percent of its bootstrap values.

    Attributes:
        value: The figure on the rows themselves.
        low: The lower end.
        high: The upper end.
    """

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of zero: whether chance alone is an unlikely explanation."""
        return self.low > 0 or self.high < 0

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        return self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def interval(
    statistic: Callable[[pd.DataFrame], float], rows: pd.DataFrame, rounds: int = ROUNDS
) -> Interval:
    """Computes a figure and its 95 percent bootstrap interval.

    Where the figure is a difference of two models, keep both scores in one table: drawn together, the luck of the rows
    cancels out, and the interval is far narrower than that of two models measured apart.

    Args:
        statistic: From a table of rows to a number.
        rows: The table.
        rounds: How often to draw.

    Returns:
        The figure with the 2.5th and 97.5th percentile of the draws. Draws without a value are left out.

    Raises:
        ValueError: The table is empty.
    """
    import numpy as np

    if not len(rows):
        raise ValueError("There is no row to draw from: the slice is empty, look at its value.")
    random = np.random.RandomState(SEED)
    draws = [statistic(rows.take(random.randint(0, len(rows), len(rows)))) for _ in range(rounds)]
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return Interval(float(statistic(rows)), float(low), float(high))
