"""What a reviewer is shown: how two models compare, and the complaints on which they disagree most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils import intervals
from utils.complaints.schema import LABEL
from utils.custom.errors import CustomError
from utils.displays.fallback import Table, number
from utils.displays.views.base import View

if TYPE_CHECKING:
    import pandas as pd

OLD, NEW = "old", "new"
"""The columns with the scores of the two models."""

MOST = 5
"""How many complaints are shown."""


def comparison(rows: pd.DataFrame, title: str = "Two models, the same complaints") -> View:
    """Show what a person needs to judge whether a new model should take the place of the old one.

    Args:
        rows: One row for each complaint: the label, the scores of both models as :data:`OLD` and :data:`NEW`, and
            whatever else a reviewer should read.
        title: What is shown.

    Returns:
        The view; its ``data`` has the AUC of both models and their difference, each with its interval.

    Raises:
        CustomError: If a column is missing, or there is no row.
        LabelError: If a label is missing or is not 0 or 1, or a score is missing.
    """
    missing = [name for name in (LABEL, OLD, NEW) if name not in rows]
    if missing or not len(rows):
        raise CustomError(
            f"The comparison has no {missing[0] if missing else 'row'}.",
            f"Give the label and the scores of both models as {OLD!r} and {NEW!r}, row by row.",
        )
    labels, old, new = (rows[name] for name in (LABEL, OLD, NEW))
    change = intervals.auc_difference(labels, old, new)
    found = [
        ("AUC, old model", intervals.auc_interval(labels, old)),
        ("AUC, new model", intervals.auc_interval(labels, new)),
        ("new minus old, on the same rows", change),
    ]
    if change.excludes_zero:
        what = f"The new model ranks {'better' if change.value > 0 else 'worse'}: the interval excludes zero."
    else:
        what = "The interval of the difference contains zero: these rows cannot tell the two models apart."
    others = [name for name in rows.columns if name not in (LABEL, OLD, NEW)]
    apart = rows.assign(apart=(new - old).abs()).nlargest(MOST, "apart")
    complaints = [
        (
            place,
            *(number(one[name]) for name in (OLD, NEW)),
            "yes" if one[LABEL] else "no",
            *(one[name] for name in others),
        )
        for place, one in enumerate(apart.to_dict("records"), start=1)
    ]
    return View(
        title,
        [
            Table(("Figure", "Value"), [(name, str(one)) for name, one in found]),
            Table(
                ("place", "old score", "new score", "disputed", *map(str, others)),
                complaints,
                "Where they disagree most",
                300,
            ),
        ],
        note=f"{what} {len(rows):,} complaints; in brackets: 95 percent confidence intervals.",
        facts=Table(
            ("figure", "value", "low", "high"),
            [(name, one.value, one.low, one.high) for name, one in found],
        ),
    )
