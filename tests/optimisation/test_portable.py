"""A network without the operations that TensorFlow Lite lacks gives the same scores."""

from __future__ import annotations

import keras
import numpy as np

from tests.optimisation import parts
from utils.optimisation import lite
from utils.optimisation.portable import MultiHot, portable


def test_zeros_and_ones_are_those_of_keras():
    places = np.array([[0, 2], [2, 2], [1, 0]])
    theirs = keras.layers.CategoryEncoding(3, "multi_hot")(places)
    np.testing.assert_array_equal(MultiHot(3)(places), theirs)


def test_the_copy_gives_the_same_scores():
    original, features = parts.network(), parts.rows(50)
    np.testing.assert_allclose(portable(original)(features), original(features), atol=1e-6)


def test_the_layer_can_be_saved():
    assert MultiHot.from_config(MultiHot(3, name="hot").get_config()).size == 3


def test_whole_numbers_tell_the_same_categories_apart(network, int8):
    """With ``one_hot`` every zero was read as one half."""
    features = parts.rows(100)  # those that it is calibrated with
    exact = np.asarray(network(features))[:, 0]
    assert np.abs(lite.scores(int8, features) - exact).max() < 0.05
