"""What a reviewer is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from utils import intervals
from utils.custom import views
from utils.custom.errors import CustomError


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    random = np.random.RandomState(1)
    labels = random.randint(0, 2, 400)
    old = random.rand(400)
    return pd.DataFrame(
        {
            "consumer_disputed": labels,
            "old": old,
            "new": 0.3 * old + 0.5 * labels + 0.2 * random.rand(400),
            "text": [f"complaint {number}" for number in range(400)],
        }
    )


def test_the_difference_is_the_paired_one(rows):
    view = views.comparison(rows)
    paired = intervals.auc_difference(rows.consumer_disputed, rows.old, rows.new)
    assert view.data.iloc[2].tolist()[1:] == [paired.value, paired.low, paired.high]
    assert "ranks better" in view.note
    swapped = views.comparison(rows.rename(columns={"old": "new", "new": "old"}))
    assert "ranks worse" in swapped.note
    same = views.comparison(rows.assign(new=rows.old))
    assert "cannot tell" in same.note


def test_the_largest_disagreements_come_first(rows):
    shown = views.comparison(rows).tables[1].rows
    apart = (rows.new - rows.old).abs().nlargest(views.MOST).index
    assert [row[-1] for row in shown] == [f"complaint {number}" for number in apart]


@pytest.mark.parametrize("without", ["consumer_disputed", "old", "new"])
def test_a_missing_column_is_named(rows, without):
    with pytest.raises(CustomError, match=f"no {without}"):
        views.comparison(rows.drop(columns=without))
    with pytest.raises(CustomError, match="no row"):
        views.comparison(rows[:0])
