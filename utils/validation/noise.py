"""What chance alone makes of a distance: the noise floor, by resampling.

Two samples of one and the same population differ, because they are samples. How far, is found by drawing such
pairs again and again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from utils.validation.errors import ValidationError

SEED = 20150319
"""The seed of the drawing: the first day of the data."""


@dataclass(frozen=True)
class NoiseFloor:
    """Distances between pairs of samples that nothing but chance separates.

    Attributes:
        rows: Rows of each sample.
        draws: How many pairs were drawn.
        mean: The mean distance.
        high: The distance that one pair in a hundred exceeds.
        distances: The distance of each pair.
    """

    rows: int
    draws: int
    mean: float
    high: float
    distances: Any = field(repr=False, compare=False)

    def false_alarms(self, threshold: float) -> float:
        """Return how often a threshold would raise an alarm although nothing has changed.

        Args:
            threshold: The distance above which there is an alarm.

        Returns:
            The share of the pairs that exceed it, 0 to 1.
        """
        return float((self.distances > threshold).mean())


def noise_floor(values: Iterable[object], rows: int, draws: int = 2_000) -> NoiseFloor:
    """Draw pairs of samples from the observed values, and measure the L-infinity distance of each pair.

    Args:
        values: The feature, one value for each row; missing ones are left out.
        rows: Rows of each sample.
        draws: How many pairs to draw.

    Returns:
        What chance alone does.

    Raises:
        ValidationError: There is no value, or too few rows or draws to say anything.
    """
    import numpy as np
    import pandas as pd

    shares = pd.Series(list(values), dtype=object).value_counts(normalize=True).sort_index()
    if shares.empty:
        raise ValidationError(
            "The feature has no value, so nothing can be drawn from it.",
            "Give a column with values, for example frame['product'].",
        )
    if rows < 2 or draws < 100:
        raise ValidationError(
            f"{rows} rows in {draws} draws say nothing about chance.",
            "Give the number of rows of one span, and 100 draws or more.",
        )
    random = np.random.RandomState(SEED)
    exact = np.asarray(shares, dtype=float)
    exact /= exact.sum()
    first, second = (random.multinomial(rows, exact, size=draws) / rows for _ in range(2))
    distances = np.abs(first - second).max(axis=1)
    return NoiseFloor(
        rows=rows,
        draws=draws,
        mean=float(distances.mean()),
        high=float(np.quantile(distances, 0.99)),
        distances=distances,
    )
