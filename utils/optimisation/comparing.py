"""Several files of one network, measured on the same rows: size, latency, AUC, and what was lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from utils import intervals
from utils.labels import as_labels, as_scores
from utils.optimisation import lite

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BATCHES = (1, 64)
"""How many rows at once the latency is measured for."""


def table(
    models: Mapping[str, bytes],
    features: Mapping[str, Any] | NDArray[Any],
    labels: ArrayLike,
    *,
    calls: int = lite.CALLS,
) -> pd.DataFrame:
    """Measure models on the same rows.

    Args:
        models: What the converter returned, by a name of the reader's; the first is what all are compared with.
        features: Transformed features by name, ``[rows, ...]``, or a single array.
        labels: 0 or 1 for each row.
        calls: How often each is asked to measure how long it takes.

    Returns:
        One row for each model, in the order given: ``model``, ``bytes``, ``ms_1`` and ``ms_64`` (the median call with 1
        and with 64 rows), ``auc``, ``auc_low`` and ``auc_high``, ``difference``, ``low`` and ``high`` (of the AUC from
        that of the first, paired), ``largest`` (the largest difference of a score).

    Raises:
        OptimisationError: If one is no model of TensorFlow Lite, or a feature is missing.
        LabelError: If a label is missing or is not 0 or 1.
    """
    positive = as_labels(labels)
    answers = {
        name: as_scores(lite.scores(model, features), positive) for name, model in models.items()
    }
    first = next(iter(answers.values()))
    found = []
    for name, model in models.items():
        times = [lite.milliseconds(model, features, rows, calls) for rows in BATCHES]
        area = intervals.auc_interval(positive, answers[name])
        change = intervals.auc_difference(positive, first, answers[name])
        largest = float(np.abs(answers[name] - first).max())
        found.append((name, len(model), *times, *_ends(area), *_ends(change), largest))
    times_of = [f"ms_{rows}" for rows in BATCHES]
    areas, changes = ["auc", "auc_low", "auc_high"], ["difference", "low", "high"]
    return pd.DataFrame(found, columns=["model", "bytes", *times_of, *areas, *changes, "largest"])


def _ends(interval: intervals.Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high
