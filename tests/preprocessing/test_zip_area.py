"""Unit tests of preprocessing, as chapter 5 shows and runs them."""

import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from utils.pipeline.modules import transform
from utils.preprocessing import standalone


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("945XX", "945"),  # as the CFPB shortens it
        ("94501", "945"),  # in full
        ("02139", "021"),  # a leading zero
        ("2139", "021"),  # a leading zero that a spreadsheet has eaten
        ("XXXXX", "(missing)"),  # nothing left of it
        ("", "(missing)"),  # nothing at all
    ],
)
def test_a_zip_code_becomes_its_area(code, area):
    assert transform.zip_prefix(tf.constant([code])).numpy()[0].decode() == area


def test_what_was_learnt_is_kept_for_other_rows():
    rows = pd.DataFrame({"words": [100.0, 200.0, 300.0]})
    result = standalone.run(lambda inputs: {"z": tft.scale_to_z_score(inputs["words"])}, rows)
    assert result.after.z[1] == 0
    assert result.apply(rows.head(1)).z[0] == pytest.approx(result.after.z[0])
