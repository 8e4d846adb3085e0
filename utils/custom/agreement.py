"""Whether a file that was made from a model still answers as the model does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from utils.custom.errors import CustomError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TOLERANCE = 1e-5
"""How far two scores of one row may be apart by rounding alone."""


def check(expected: ArrayLike, scores: ArrayLike, tolerance: float = TOLERANCE) -> float:
    """Compare the scores of two forms of one model, row by row.

    Args:
        expected: The scores of the model, ``[rows]``.
        scores: Those of the file that was made from it, for the same rows in the same order, ``[rows]``.
        tolerance: How far two scores may be apart.

    Returns:
        The largest difference.

    Raises:
        CustomError: If the rows are not as many, there is none, or a score is further away.
    """
    import numpy as np

    model, file = (np.asarray(one, "float64").ravel() for one in (expected, scores))
    if len(model) != len(file) or not len(model):
        raise CustomError(
            f"The model scored {len(model):,} rows and the file {len(file):,}, so nothing can be compared.",
            "Ask both about the same rows, in the same order.",
        )
    apart = np.abs(model - file)
    off = ~(apart <= tolerance)
    if off.any():
        raise CustomError(
            f"The file disagrees with its model on {off.sum():,} of {len(model):,} rows, by up to {apart.max():.3g}: "
            "it would give answers that nobody has judged.",
            "Convert the network after its weights were loaded, and transform the rows by the signature "
            "transform_features of this very model.",
        )
    return float(apart.max())
