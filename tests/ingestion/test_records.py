"""Rows to examples and back."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.examples import ExamplesError
from utils.ingestion import records
from utils.ingestion.errors import IngestionError

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=32, allow_nan=False),
)


@given(st.dictionaries(st.text(min_size=1), VALUES, max_size=5))
def test_a_row_survives(row):
    features = records.to_example(row).features.feature
    assert {name: records.value_of(feature) for name, feature in features.items()} == row


@pytest.mark.parametrize("zero", [0, 0.0, "", False, np.int64(0), np.float32(0)])
def test_zero_and_the_empty_text_are_values(zero):
    feature = records.to_example({"label": zero}).features.feature["label"]
    assert feature.WhichOneof("kind") is not None


@pytest.mark.parametrize("missing", [None, math.nan, np.float64("nan")])
def test_a_missing_value_is_a_feature_without_a_kind(missing):
    features = records.to_example({"label": missing}).features.feature
    assert list(features) == ["label"]
    assert features["label"].WhichOneof("kind") is None


def test_bytes_that_are_no_text_stay_bytes():
    feature = records.to_example({"image": b"\x89PNG"}).features.feature["image"]
    assert records.value_of(feature) == b"\x89PNG"


def test_a_file_of_records(tmp_path, s1):
    import tensorflow as tf

    path = tmp_path / "new" / "complaints.tfrecord"
    assert records.write(path, s1.to_dict("records")) == len(s1)
    read = [
        tf.train.Example.FromString(r)
        for r in tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    ]
    ids = [records.value_of(example.features.feature["complaint_id"]) for example in read]
    assert ids == list(s1.complaint_id)


def test_what_a_component_made(context, tmp_path, s1):
    from tfx import v1 as tfx

    records.write(tmp_path / "complaints.tfrecord", s1.to_dict("records"))
    component = tfx.components.ImportExampleGen(input_base=str(tmp_path))
    context.run(component)
    channel = component.outputs["examples"]
    assert records.split_names(channel) == ["train", "eval"]
    rows = records.table(channel).sort_values("complaint_id", ignore_index=True)
    assert rows[list(s1.columns)].equals(s1.reset_index(drop=True))
    assert records.counts(channel) == rows["split"].value_counts().to_dict()
    kinds = records.kinds(channel)
    assert kinds.kind["consumer_disputed"] == "int64"
    assert kinds.filled["sub_issue"] == pytest.approx(s1.sub_issue.notna().mean(), abs=1e-4)
    with pytest.raises(ExamplesError, match=r"no split 'test'\.\nUse one of train, eval"):
        records.table(channel, "test")


@pytest.mark.parametrize(
    "value",
    [2**63, -(2**63) - 1, "\ud800", np.zeros((64, 64)), np.array(["a", "b"]), [1, 2], pd.NA],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_does_not_fit_is_named(value):
    with pytest.raises(
        IngestionError, match=r"(?s)'n' is .*which an example cannot hold"
    ) as caught:
        records.to_example({"n": value})
    assert "Turn it into text, bytes" in caught.value.cure
