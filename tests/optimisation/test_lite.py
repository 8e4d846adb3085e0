"""What a file of TensorFlow Lite answers."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.optimisation import parts
from utils.optimisation import lite
from utils.optimisation.errors import OptimisationError


def test_scores_are_those_of_the_network(network, float32):
    features = parts.rows(20)
    exact = np.asarray(network(features))[:, 0]
    np.testing.assert_allclose(lite.scores(float32, features), exact, atol=1e-6)


def test_surplus_features_are_left_out(float32):
    features = parts.rows(3)
    more = features | {"another": np.zeros(3)}
    np.testing.assert_array_equal(lite.scores(float32, more), lite.scores(float32, features))


def test_a_missing_feature_is_named(float32):
    with pytest.raises(OptimisationError, match="length"):
        lite.scores(float32, {"category": parts.rows(3)["category"]})


def test_one_array_is_enough_for_one_input_only(float32, tmp_path):
    alone = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    rows = np.ones((4, 2), "float32")
    found = lite.scores(parts.converted(alone, tmp_path), rows)
    np.testing.assert_allclose(found, np.asarray(alone(rows))[:, 0], atol=1e-6)
    with pytest.raises(OptimisationError, match="reads 2 features"):
        lite.scores(float32, rows)


def test_what_is_no_model_is_refused():
    with pytest.raises(OptimisationError, match="no TensorFlow Lite model"):
        lite.scores(b"nothing", parts.rows(1))


def test_types_tell_whole_numbers_from_others(float32, int8):
    assert "int8" not in lite.types(float32)
    assert lite.types(int8)["int8"] > lite.types(int8).get("float32", 0)


def test_a_call_takes_some_time(float32):
    assert lite.milliseconds(float32, parts.rows(8), rows=4, calls=3) > 0


def test_features_get_the_shape_of_inputs():
    given = lite.inputs({"one": np.zeros(3), "several": np.zeros((3, 5))})
    assert {name: values.shape for name, values in given.items()} == {
        "one": (3, 1),
        "several": (3, 5),
    }
