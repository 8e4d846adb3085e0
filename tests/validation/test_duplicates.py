"""Ids that were used before."""

from __future__ import annotations

import pandas as pd
import pytest

from utils.validation import duplicates
from utils.validation.errors import ValidationError

FRAME = pd.DataFrame({"complaint_id": ["1", "2", "1", None, None, "1"]})


def test_the_first_stays():
    assert duplicates.later(FRAME).index.tolist() == [2, 5]
    assert duplicates.dropped(FRAME).index.tolist() == [0, 1, 3, 4]


def test_the_planted_ones(bad, each):
    assert len(duplicates.later(bad)) == each
    assert not len(duplicates.later(duplicates.dropped(bad)))


def test_a_key_that_is_not_there():
    with pytest.raises(ValidationError, match="Did you mean 'complaint_id'"):
        duplicates.later(FRAME, "complaintid")
