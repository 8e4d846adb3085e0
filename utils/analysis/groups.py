"""Two groups of complaints: how a model treats each, a threshold for each, and what that costs.

Source: book, chapter 7, "Model Analysis for Fairness"; Hardt, Price and Srebro (2016), "Equality of Opportunity in
Supervised Learning", for thresholds by group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from utils.analysis.metrics import Confusion, confusion, threshold_for
from utils.analysis.rows import SCORE, RowsError, labels_and_scores, same_rows
from utils.complaints.schema import LABEL
from utils.errors import did_you_mean
from utils.intervals import Interval, bootstrap
from utils.labels import as_labels

if TYPE_CHECKING:
    import pandas as pd

Thresholds = float | Mapping[str, float]
"""One threshold for all rows, or one for each group by its name."""

RATES = ("rows", "observed", "mean score", "flagged", "false positive rate", "true positive rate")
"""What :func:`rates` computes of each group."""


_COUNTED = {
    "false positive rate": ("flagged", False),
    "true positive rate": ("flagged", True),
    "flagged": ("flagged", None),
    "mean score": ("score", None),
}
"""Rate to the column it averages, and the label of the rows it counts; None for all."""


def rates(rows: pd.DataFrame, by: str, thresholds: Thresholds) -> pd.DataFrame:
    """Return how a model treats each group.

    Args:
        rows: A table of scored rows.
        by: The column that names the group.
        thresholds: One threshold, or one for each group.

    Returns:
        One row per group with :data:`RATES`: number of rows, observed dispute rate, mean score, share flagged, false
        positive rate and true positive rate, all shares between 0 and 1.

    Raises:
        RowsError: There is no such column, or a group has no threshold.
    """
    import pandas as pd

    found = {}
    for group in groups(rows, by):
        mine = rows[rows[by] == group]
        matrix = _confusion(mine, _one(thresholds, group))
        found[group] = (
            matrix.rows,
            as_labels(mine[LABEL]).mean(),
            mine[SCORE].mean(),
            matrix.flagged,
            matrix.false_positive_rate,
            matrix.recall,
        )
    return pd.DataFrame.from_dict(found, orient="index", columns=list(RATES)).rename_axis(by)


def gap(
    rows: pd.DataFrame,
    by: str,
    inside: str,
    thresholds: Thresholds,
    rate: str = "false positive rate",
) -> Interval:
    """Return how much higher a rate is in one group than in all other rows.

    Args:
        rows: A table of scored rows.
        by: The column that names the group.
        inside: The group.
        thresholds: One threshold, or one for each group.
        rate: One of ``"false positive rate"``, ``"true positive rate"``, ``"flagged"`` and ``"mean score"``.

    Returns:
        The difference with its bootstrap interval.

    Raises:
        RowsError: There is no such column, group or rate.
    """
    return bootstrap(_gap_of(rate), _marked(rows, by, inside, thresholds), signed=True)


def gap_change(
    before: tuple[pd.DataFrame, Thresholds],
    after: tuple[pd.DataFrame, Thresholds],
    by: str,
    inside: str,
    rate: str = "false positive rate",
) -> Interval:
    """Return how much a gap differs between two models, or two ways of setting thresholds, on the same rows.

    Args:
        before: A table of scored rows and the thresholds used on it.
        after: The same rows scored by another model, or the same table with other thresholds.
        by: The column that names the group.
        inside: The group.
        rate: As for :func:`gap`.

    Returns:
        Gap after minus gap before, with its bootstrap interval. Both gaps are computed on the same draws.

    Raises:
        RowsError: As for :func:`gap`, and where the two tables hold different complaints.
    """
    same_rows(before[0], after[0])
    first = _marked(before[0], by, inside, before[1])
    second = _marked(after[0], by, inside, after[1])
    both = first.join(second, rsuffix=" after")
    of = _gap_of(rate)
    renamed = {f"{name} after": name for name in first}

    def change(some: pd.DataFrame) -> float:
        return of(some[list(renamed)].rename(columns=renamed)) - of(some[list(first)])

    return bootstrap(change, both, signed=True)


def thresholds_for_equal_rates(
    rows: pd.DataFrame, by: str, threshold: float, like: str
) -> dict[str, float]:
    """Return a threshold for each group, so that all have the false positive rate of one of them.

    Choose them on other rows than those they are judged by.

    Args:
        rows: A table of scored rows.
        by: The column that names the group.
        threshold: The threshold of the group that keeps it.
        like: That group.

    Returns:
        Group to threshold.

    Raises:
        RowsError: There is no such column or group.
    """
    names = groups(rows, by)
    _require(like, names, by)
    kept = rows[rows[by] == like]
    goal = _confusion(kept, threshold).false_positive_rate
    found = {}
    for group in names:
        mine = rows[rows[by] == group]
        undisputed = mine[~as_labels(mine[LABEL])]
        found[group] = threshold if group == like else threshold_for(undisputed[SCORE], goal)
    return found


def cost(rows: pd.DataFrame, by: str, before: Thresholds, after: Thresholds) -> pd.DataFrame:
    """Return what another way of setting thresholds costs, over all rows.

    Args:
        rows: A table of scored rows.
        by: The column that names the group.
        before: The thresholds so far.
        after: The new ones.

    Returns:
        Rows ``flagged``, ``disputes found`` and ``false alarms`` (numbers of rows), ``precision`` and ``recall``;
        columns ``before``, ``after`` and ``change``.
    """
    import pandas as pd

    columns = {}
    for name, thresholds in (("before", before), ("after", after)):
        parts = [
            _confusion(rows[rows[by] == group], _one(thresholds, group))
            for group in groups(rows, by)
        ]
        found = sum(part.true_positives for part in parts)
        alarms = sum(part.false_positives for part in parts)
        missed = sum(part.false_negatives for part in parts)
        columns[name] = {
            "flagged": found + alarms,
            "disputes found": found,
            "false alarms": alarms,
            "precision": found / (found + alarms) if found + alarms else float("nan"),
            "recall": found / (found + missed) if found + missed else float("nan"),
        }
    table = pd.DataFrame(columns)
    return table.assign(change=table["after"] - table["before"])


def groups(rows: pd.DataFrame, by: str) -> list[str]:
    """Return the names of the groups, the rarest first.

    Args:
        rows: A table of rows.
        by: The column that names the group.

    Returns:
        The names; rows without a value belong to none.

    Raises:
        RowsError: There is no such column.
    """
    if by not in rows:
        raise RowsError(f"The rows have no column {by!r}.", did_you_mean(by, rows.columns))
    return list(rows[by].value_counts().sort_values(kind="stable").index)


def _marked(rows: pd.DataFrame, by: str, inside: str, thresholds: Thresholds) -> pd.DataFrame:
    """Return the few numbers a gap is made of: label, score, whether flagged, whether in the group."""
    import numpy as np
    import pandas as pd

    names = groups(rows, by)
    _require(inside, names, by)
    known = rows[rows[by].notna()]
    labels, scores = labels_and_scores(known)
    limits = known[by].map({group: _one(thresholds, group) for group in names})
    return pd.DataFrame(
        {
            "inside": (known[by] == inside).to_numpy(),
            "label": labels,
            "score": scores,
            "flagged": np.greater(scores, limits.to_numpy("float64")),
        }
    )


def _gap_of(rate: str) -> Callable[[pd.DataFrame], float]:
    if rate not in _COUNTED:
        raise RowsError(f"There is no rate {rate!r}: use one of {', '.join(_COUNTED)}.")
    column, among = _COUNTED[rate]

    def difference(some: pd.DataFrame) -> float:
        values, inside = some[column].to_numpy("float64"), some["inside"].to_numpy()
        if among is not None:
            counted = some["label"].to_numpy() == among
            values, inside = values[counted], inside[counted]
        if inside.all() or not inside.any():
            return float("nan")
        return float(values[inside].mean() - values[~inside].mean())

    return difference


def _one(thresholds: Thresholds, group: str) -> float:
    if not isinstance(thresholds, Mapping):
        return thresholds
    _require(group, thresholds, "thresholds")
    return thresholds[group]


def _require(group: str, names: Iterable[str], where: str) -> None:
    known = list(names)
    if group not in known:
        raise RowsError(f"{where} has no group {group!r}: there are {', '.join(known)}.")


def _confusion(rows: pd.DataFrame, threshold: float) -> Confusion:
    return confusion(*labels_and_scores(rows), threshold)
