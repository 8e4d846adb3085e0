"""Tracing: analyzers are found without data, with what they read and what needs them."""

from __future__ import annotations

import pytest
import tensorflow as tf
import tensorflow_transform as tft

from utils.pipeline.config import Features
from utils.pipeline.modules import features, transform
from utils.preprocessing import tracing
from utils.preprocessing.errors import PreprocessingError

TEXT = tf.TensorSpec([None], tf.string)
NUMBER = tf.TensorSpec([None], tf.float32)


def test_row_by_row_and_over_all_rows():
    traced = tracing.trace(
        lambda inputs: {
            "lower": tf.strings.lower(inputs["a"]),
            "z": tft.scale_to_z_score(inputs["b"]),
        },
        {"a": TEXT, "b": NUMBER, "unused": NUMBER},
    )
    assert traced.columns == ("a", "b", "unused")
    assert traced.features == {"lower": ("a",), "z": ("b",)}
    (analyzer,) = traced.analyzers
    assert (analyzer.columns, analyzer.features, analyzer.learns) == (("b",), ("z",), 2)
    assert analyzer.vocabulary == ""


def test_a_vocabulary_is_reached_through_its_table():
    (analyzer,) = tracing.trace(
        lambda inputs: {
            "index": tft.compute_and_apply_vocabulary(inputs["a"], vocab_filename="values")
        },
        {"a": TEXT},
    ).analyzers
    assert analyzer.vocabulary == "values"
    assert analyzer.columns == ("a",)
    assert analyzer.features == ("index",)


def test_an_analyzer_on_top_of_another_reads_the_same_column():
    traced = tracing.trace(
        lambda inputs: {"x": tft.bucketize(inputs["b"] - tft.mean(inputs["b"]), 3)}, {"b": NUMBER}
    )
    assert len(traced.analyzers) == 2
    assert all(one.columns == ("b",) for one in traced.analyzers)


def test_the_pipelines_own_function():
    specification = Features()
    traced = tracing.trace(
        lambda inputs: transform.preprocessing_fn(inputs, {"features": specification.as_dict()}),
        tracing.complaint_columns(specification.columns, features.LABEL),
    )
    by_file = {one.vocabulary: one for one in traced.analyzers}
    assert set(by_file) == {features.CATEGORIES, "consumer_complaint_narrative", ""}
    assert by_file[""].learns == 2
    assert by_file["consumer_complaint_narrative"].columns == (
        "consumer_complaint_narrative",
        features.LABEL,
    )
    assert set(by_file[features.CATEGORIES].features) == {
        features.transformed_name(name)
        for name in features.indexed_columns(specification.as_dict())
    }
    assert traced.features["consumer_disputed_xf"] == (features.LABEL,)


def test_a_function_that_cannot_be_traced():
    with pytest.raises(PreprocessingError, match="Did you mean 'words'"):
        tracing.trace(lambda inputs: {"x": inputs["word"]}, {"words": NUMBER})
