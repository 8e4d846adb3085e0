"""Slices: options that survive ML Metadata, and rates that agree with pandas."""

from __future__ import annotations

import pandas as pd
import pytest
import tensorflow_data_validation as tfdv
from tfx_bsl.public.proto import slicing_spec_pb2

from utils.validation import slices, statistics
from utils.validation.errors import ValidationError


def test_rates_of_each_slice():
    from tensorflow_metadata.proto.v0 import statistics_pb2

    both = statistics_pb2.DatasetFeatureStatisticsList()
    for name, labels in {"All Examples": [0, 1, 1, 1], "group_a": [0, 1]}.items():
        part = both.datasets.add()
        part.CopyFrom(statistics.of_frame(pd.DataFrame({"label": labels})).datasets[0])
        part.name = name
    assert slices.rates(both, "label") == {"All Examples": (4, 0.75), "group_a": (2, 0.5)}


def by_state():
    config = slicing_spec_pb2.SlicingConfig(slicing_specs=[{"feature_keys": ["state"]}])
    return tfdv.StatsOptions(slicing_config=config)


def test_a_table_cannot_be_sliced(s1):
    with pytest.raises(ValidationError, match="StatisticsGen"):
        statistics.of_frame(s1, by_state())
