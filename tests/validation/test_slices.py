"""Slices: options that survive ML Metadata, and rates that agree with pandas."""

from __future__ import annotations

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv

from utils.validation import slices, statistics
from utils.validation.errors import ValidationError


def test_options_travel_as_json():
    options = slices.options("state_group", "product")
    back = tfdv.StatsOptions.from_json(options.to_json())
    keys = [list(spec.feature_keys) for spec in back.slicing_config.slicing_specs]
    assert keys == [["state_group"], ["product"]]


def test_rates_of_each_slice():
    from tensorflow_metadata.proto.v0 import statistics_pb2

    both = statistics_pb2.DatasetFeatureStatisticsList()
    for name, labels in {"All Examples": [0, 1, 1, 1], "group_a": [0, 1]}.items():
        part = both.datasets.add()
        part.CopyFrom(statistics.of_frame(pd.DataFrame({"label": labels})).datasets[0])
        part.name = name
    assert slices.rates(both, "label") == {"All Examples": (4, 0.75), "group_a": (2, 0.5)}


def test_a_table_cannot_be_sliced(s1):
    with pytest.raises(ValidationError, match="StatisticsGen"):
        statistics.of_frame(s1, slices.options("state"))
