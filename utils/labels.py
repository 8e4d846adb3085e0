"""What counts as a label: 0 or 1. Whoever measures a model asks here first.

A label may still be missing: a complaint that was answered last week has not been disputed *yet*. Neither is ``"1"``
the number 1. Compared with 1, both would count as "not disputed" without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from utils.errors import WorkbookError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_COLUMN = "Give the column with the labels, or map its values to 0 and 1."


class LabelError(WorkbookError, ValueError):
    """Labels or scores by which no model can be judged."""


def as_labels(values: ArrayLike) -> NDArray[np.bool_]:
    """Check labels and turn them into booleans.

    Args:
        values: 0 or 1, or false or true, for each row, ``[rows]``.

    Returns:
        Whether each label is 1, bool ``[rows]``.

    Raises:
        LabelError: If a label is missing, is text, or is another number or anything else.
    """
    import numpy as np

    given = np.asarray(values)
    if given.dtype.kind == "b":
        return given
    if given.dtype.kind not in "iuf":
        texts = [one for one in given.ravel().tolist() if isinstance(one, (str, bytes))]
        if texts:
            raise LabelError(
                f"The labels are text, such as {texts[0]!r}, and not the numbers 0 and 1.",
                "Turn them into numbers first, for example with pandas.to_numeric(...).",
            )
        if given.dtype.kind in "mM":  # whose values become plain numbers where they are nanoseconds
            raise _no_label(given.dtype.name)
        import pandas as pd

        plain = [
            np.nan if one is None or one is pd.NA else _number(one)
            for one in given.ravel().tolist()
        ]
        given = np.array(plain).reshape(given.shape)
    missing = int(np.isnan(given).sum())
    if missing:
        raise LabelError(
            f"{missing:,} of {given.size:,} labels are missing: those complaints are pending, which is neither yes "
            "nor no.",
            "Leave their rows out, with rows.dropna(subset=['consumer_disputed']), or read labelled rows only, with "
            "labelled_only=True in the configuration.",
        )
    others = given[(given != 0) & (given != 1)]
    if others.size:
        raise LabelError(f"A label is {others[0]:g}, which is neither 0 nor 1.", _COLUMN)
    return given == 1


def as_scores(values: ArrayLike, labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Check that each label has a score.

    Args:
        values: A number for each row, ``[rows]``.
        labels: The labels of the same rows, ``[rows]``.

    Returns:
        The scores, float64 ``[rows]``.

    Raises:
        LabelError: If there are more or fewer scores than labels, they have another shape, or a score is not a finite
            number.
    """
    import numpy as np

    try:
        given = np.asarray(values, "float64")
    except (TypeError, ValueError, OverflowError):
        raise LabelError(
            "The scores hold something other than numbers that fit into a float.",
            "Give the model's probabilities, for example the column 'score' of a table made with scored(...).",
        ) from None
    if given.shape == (*labels.shape, 1):  # as Keras answers
        raise LabelError(
            f"The scores have the shape {list(given.shape)}, and one number a row is needed: give scores[:, 0]."
        )
    if given.shape != labels.shape:
        raise LabelError(
            f"There are {labels.size} labels and {given.size} scores.",
            "Give one score for each label, of the same rows in the same order.",
        )
    odd = int((~np.isfinite(given)).sum())
    if odd:
        raise LabelError(
            f"{odd:,} of {given.size:,} scores are not a number (NaN) or infinite, so no metric can be computed.",
            "Look for NaN among the model's inputs and weights and score the rows again, or leave these rows out.",
        )
    return given


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _no_label(type(value).__name__) from None


def _no_label(kind: str) -> LabelError:
    return LabelError(f"A label of the type {kind} is neither 0 nor 1.", _COLUMN)
