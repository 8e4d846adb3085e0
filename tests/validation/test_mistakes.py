"""The commonest mistakes of chapter 4: each is answered by a message that names the cure."""

from __future__ import annotations

import io

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tfx_bsl.public.proto import slicing_spec_pb2

from utils.validation import distances, rules, statistics
from utils.validation.errors import ValidationError


def cure(error):
    shown = "\n".join(error.value._render_traceback_())
    assert "What to do: " in shown
    return error.value.cure


def test_one_file_read_as_text_and_the_other_by_pandas_guess(s1, s1_stats):
    """The ZIP code is a number in one data set and a text in the other."""
    complete = s1[s1.zip_code.str.fullmatch(r"\d{5}", na=False)]
    careless = statistics.of_frame(pd.read_csv(io.StringIO(complete.to_csv(index=False))))
    with pytest.raises(ValidationError, match="number in the other") as error:
        distances.between(s1_stats, careless, ["zip_code"])
    assert "statistics.read" in cure(error)


def test_a_label_mapped_twice(s1, s1_stats):
    """No value is left, and a distance to nothing is refused."""
    zero_one = {"1": "Yes", "0": "No"}
    twice = s1.assign(consumer_disputed=s1.consumer_disputed.map(zero_one).map(zero_one))
    with pytest.raises(ValidationError, match="no value at all") as error:
        distances.between(s1_stats, statistics.of_frame(twice), ["consumer_disputed"])
    assert "presence" in cure(error)


def test_a_label_filled_with_numbers_and_texts(s1):
    mixed = s1.consumer_disputed.astype(object).copy()
    mixed[:10] = 0
    with pytest.raises(ValidationError, match="mixes int and str") as error:
        statistics.of_frame(s1.assign(consumer_disputed=mixed))
    assert "astype(str)" in cure(error)


def test_slices_asked_of_a_table(s1):
    by_state = slicing_spec_pb2.SlicingConfig(slicing_specs=[{"feature_keys": ["state"]}])
    with pytest.raises(ValidationError) as error:
        statistics.of_frame(s1, tfdv.StatsOptions(slicing_config=by_state))
    assert "StatisticsGen" in cure(error)


def test_a_rule_about_a_column_that_is_not_there(s1):
    with pytest.raises(ValidationError, match="no such column") as error:
        rules.check(s1, rules.Rule("zip", "zipcode <> 'XXXXX'"))
    assert "Did you mean 'zip_code'?" in cure(error)
