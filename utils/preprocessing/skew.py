"""Training-serving skew: where two computations of the same features differ, and what that does to a model.

Source: book, chapter 5; https://www.tensorflow.org/tfx/guide/transform
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from utils.errors import did_you_mean
from utils.intervals import auc, auc_difference
from utils.labels import as_labels, as_scores
from utils.preprocessing.errors import PreprocessingError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CLOSE = 1e-5
"""How far two numbers may lie apart and still be the same: float32 keeps seven digits."""

ROUNDS = 200
"""How often rows are drawn anew for an interval."""

SMALL = 0.001
"""A change of the AUC that is not worth a number."""


def compare(trained: pd.DataFrame, served: pd.DataFrame) -> pd.DataFrame:
    """Compare the features of the same rows, computed twice.

    Args:
        trained: The features as training computed them.
        served: The features as the server computes them, row by row the same complaints.

    Returns:
        By feature the share of rows that differ (0 to 1) and the first pair of values that do.

    Raises:
        PreprocessingError: The tables have different rows or features.
    """
    import pandas as pd

    if len(trained) != len(served):
        raise PreprocessingError(
            f"Training has {len(trained):,} rows and serving {len(served):,}.",
            "Compute both from the same complaints, in the same order.",
        )
    rows = []
    for name in trained.columns:
        if name not in served.columns:
            raise PreprocessingError(
                f"Serving lacks the feature {name!r}.", did_you_mean(name, served.columns)
            )
        differs = [
            not _same(one, other) for one, other in zip(trained[name], served[name], strict=True)
        ]
        first = differs.index(True) if any(differs) else None
        pair = ("", "") if first is None else (trained[name].iloc[first], served[name].iloc[first])
        rows.append((name, sum(differs) / len(differs), *pair))
    return pd.DataFrame(
        rows, columns=["feature", "rows that differ", "trained with", "served with"]
    ).set_index("feature")


@dataclass(frozen=True)
class Effect:
    """What a model makes of features that are not those it was trained with.

    Attributes:
        mean: The mean prediction, 0 to 1.
        flagged: The share of rows with a prediction above the threshold, 0 to 1.
        auc: The area under the ROC curve.
        auc_change: The 95 percent bootstrap interval of the change of the AUC.
    """

    mean: float
    flagged: float
    auc: float
    auc_change: tuple[float, float]


def effects(
    predict: Callable[[pd.DataFrame], np.ndarray],
    trained: pd.DataFrame,
    served: Mapping[str, pd.DataFrame],
    labels: Any,
    threshold: float = 0.3,
    seed: int = 0,
) -> dict[str, Effect]:
    """Measure what skewed features do to a model.

    Args:
        predict: From features to predictions ``[rows]``, 0 to 1.
        trained: The features as training computes them.
        served: The same rows as a server computes them, by a name for each way.
        labels: 0 or 1 for each row, ``[rows]``.
        threshold: Above which prediction a row counts as flagged.
        seed: The seed of the draws; all ways get the same draws.

    Returns:
        By name the effect; ``"as trained"`` comes first.

    Raises:
        LabelError: If a label is missing or is not 0 or 1, or there is not one prediction for each.
    """
    truth = as_labels(labels)
    right = as_scores(predict(trained), truth)

    def measure(given: np.ndarray) -> Effect:
        scores = as_scores(given, truth)
        found = auc_difference(truth, right, scores, ROUNDS, seed)
        return Effect(
            mean=float(scores.mean()),
            flagged=float((scores > threshold).mean()),
            auc=auc(truth, scores),
            auc_change=(found.low, found.high),
        )

    return {"as trained": measure(right)} | {
        name: measure(predict(features)) for name, features in served.items()
    }


def table(effects: Mapping[str, Effect]) -> pd.DataFrame:
    """Return the effects as a table, one row per way.

    Args:
        effects: From :func:`effects`.
    """
    import pandas as pd

    rows = {
        name: {
            "mean prediction": f"{one.mean:.1%}",
            "flagged": f"{one.flagged:.1%}",
            "AUC": f"{one.auc:.3f}",
            "change of AUC": _written(one.auc_change),
        }
        for name, one in effects.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _written(change: tuple[float, float]) -> str:
    if change == (0.0, 0.0):
        return ""
    if max(map(abs, change)) < SMALL:
        return f"less than {SMALL}"
    return "{:+.3f} to {:+.3f}".format(*change)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if one is None or other is None or one != one or other != other:
        return (one is None or one != one) and (other is None or other != other)
    return abs(one - other) <= CLOSE * max(1.0, abs(one), abs(other))
