"""A file that answers as its model does, and those that do not."""

from __future__ import annotations

import numpy as np
import pytest

from utils.custom import agreement
from utils.custom.errors import CustomError

SCORES = np.linspace(0, 1, 11)


def test_rounding_passes():
    moved = SCORES + 5e-6
    assert agreement.check(SCORES, moved) == pytest.approx(5e-6)
    assert agreement.check(SCORES[:, None], SCORES) == 0


@pytest.mark.parametrize("off", [0.5, float("nan")])
def test_one_row_is_enough_to_disagree(off):
    wrong = SCORES.copy()
    wrong[3] = off
    with pytest.raises(CustomError, match="disagrees with its model on 1 of 11 rows") as refused:
        agreement.check(SCORES, wrong)
    assert "transform_features" in refused.value.cure


@pytest.mark.parametrize("rows", [0, 10])
def test_other_rows_are_not_compared(rows):
    with pytest.raises(CustomError, match="nothing can be compared"):
        agreement.check(SCORES[:rows] if not rows else SCORES, SCORES[:rows])
