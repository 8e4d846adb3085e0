"""Skew: what differs is counted, and what it does to a model is measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from utils.preprocessing import skew
from utils.preprocessing.errors import PreprocessingError


def test_what_differs_is_counted_and_shown():
    trained = pd.DataFrame({"a": ["x", "y", "z"], "b": [1.0, 2.0, 3.0], "c": [[1], [2], []]})
    served = pd.DataFrame({"a": ["x", "Y", "Z"], "b": [1.0, 2.0 + 1e-7, 3.0], "c": [[1], [2], [3]]})
    found = skew.compare(trained, served)
    assert found["rows that differ"].to_dict() == pytest.approx({"a": 2 / 3, "b": 0, "c": 1 / 3})
    assert found.loc["a", ["trained with", "served with"]].tolist() == ["y", "Y"]


def test_two_gaps_are_equal_and_one_is_not():
    gaps = pd.DataFrame({"a": [None, np.nan, 1.0]})
    other = pd.DataFrame({"a": [np.nan, 0.0, None]})
    assert skew.compare(gaps, other)["rows that differ"]["a"] == pytest.approx(2 / 3)


def test_a_value_never_equals_a_number_of_another_scale():
    assert skew.compare(pd.DataFrame({"a": [1e6]}), pd.DataFrame({"a": [1e6 + 20]})).iloc[0, 0] == 1


def test_tables_that_do_not_belong_together():
    one = pd.DataFrame({"length": [1.0]})
    with pytest.raises(PreprocessingError, match="same complaints"):
        skew.compare(one, one.head(0))
    with pytest.raises(PreprocessingError, match="Did you mean 'lenght'"):
        skew.compare(one, pd.DataFrame({"lenght": [1.0]}))


def test_the_effect_of_a_useless_feature():
    draw = np.random.RandomState(1)
    score = draw.uniform(size=2000)
    labels = draw.uniform(size=2000) < score
    trained = pd.DataFrame({"score": score})
    served = pd.DataFrame({"score": draw.uniform(size=2000)})
    found = skew.effects(
        lambda frame: frame.score.to_numpy(), trained, {"noise": served, "same": trained}, labels
    )
    assert list(found) == ["as trained", "noise", "same"]
    assert found["noise"].auc == pytest.approx(0.5, abs=0.05)
    assert found["noise"].auc_change[1] < 0
    assert found["same"] == found["as trained"]
    assert found["same"].auc_change == (0.0, 0.0)
    assert found["as trained"].flagged == pytest.approx((score > 0.3).mean())
    assert skew.table(found).loc["noise", "change of AUC"].startswith("-")
