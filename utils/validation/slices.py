"""Statistics of slices: the same counts for each value of a column.

Source: book, chapter 4, "Slicing data"; ``tfdv.StatsOptions(slicing_config=...)``.
"""

from __future__ import annotations

from typing import Any

from utils.validation import statistics as stats


def rates(statistics: Any, label: str) -> dict[str, tuple[int, float]]:
    """Return how often a label of 0 and 1 is 1, in each slice.

    Args:
        statistics: A ``DatasetFeatureStatisticsList`` of slices.
        label: The label, a number.

    Returns:
        By slice, with all rows first: the number of rows with a label, and the rate (0 to 1).
    """
    found = {}
    for one in statistics.datasets:
        numbers = stats.feature(statistics, label, of=one.name).num_stats
        found[one.name] = (int(numbers.common_stats.num_non_missing), float(numbers.mean))
    return found
