"""The view of several files of one network."""

import pandas as pd
import pytest

from utils.optimisation import views

MEASURED = pd.DataFrame(
    {
        "model": ["float32", "int8"],
        "bytes": [200_000, 60_000],
        "ms_1": [0.25, 0.125],
        "ms_64": [2.0, 1.0],
        "auc": [0.63, 0.62],
        "auc_low": [0.6, 0.59],
        "auc_high": [0.66, 0.65],
        "difference": [0.0, -0.01],
        "low": [0.0, -0.0123],
        "high": [0.0, -0.0077],
        "largest": [0.0, 0.03125],
    }
)


def test_each_file_has_its_numbers_and_the_first_is_what_all_are_compared_with():
    text = views.models(MEASURED).text()
    assert "200.0" in text and "60.0" in text
    assert "-0.0100 (-0.0123 to -0.0077)" in text
    assert "paired row by row with float32" in text
    assert "0.03125" in text


def test_nothing_was_measured():
    with pytest.raises(ValueError, match="measure at least one"):
        views.models(MEASURED.head(0))
