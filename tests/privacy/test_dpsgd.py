"""DP-SGD against cases computed by hand, and against plain SGD."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from utils.privacy import dpsgd
from utils.privacy.errors import PrivacyError


def linear(features: int = 2) -> keras.Sequential:
    return keras.Sequential(
        [keras.Input((features,)), keras.layers.Dense(1, kernel_initializer="zeros")]
    )


def flat(tensors) -> np.ndarray:
    return np.concatenate([np.asarray(one).ravel() for one in tensors])


@pytest.fixture(scope="module")
def rows():
    return np.random.RandomState(0).normal(size=(60, 2)).astype("float32")


@pytest.fixture(scope="module")
def labels(rows):
    return (rows.sum(1) > 0).astype("float32")


def test_single_gradients_are_those_computed_by_hand():
    given, truth = np.array([[6.0, 8.0], [0.6, 0.0]], "float32"), np.array([1.0, 0.0], "float32")
    kernel, bias = dpsgd.per_example_gradients(linear(), given, truth)
    assert np.allclose(np.squeeze(kernel), [[-3, -4], [0.3, 0]])
    assert np.allclose(np.squeeze(bias), [-0.5, 0.5])


def test_clipping_is_over_all_variables_together_and_leaves_short_ones():
    kernel = np.array([[[3.0], [4.0]], [[0.3], [0.0]], [[100.0], [0.0]]], "float32")
    bias = np.array([[12.0], [0.4], [0.0]], "float32")
    weights = np.array([1.0, 1.0, 0.0], "float32")
    summed = flat(dpsgd.clipped_sum([kernel, bias], weights, clip=1.0))
    assert np.allclose(summed, [3 / 13 + 0.3, 4 / 13, 12 / 13 + 0.4])


def test_no_row_moves_the_clipped_sum_by_more_than_the_clip(rows, labels):
    model = linear()
    model.set_weights([np.array([[2.0], [-3.0]]), np.array([1.0])])
    gradients = dpsgd.per_example_gradients(model, 10 * rows, labels)
    every = np.ones(len(rows), "float32")
    whole = flat(dpsgd.clipped_sum(gradients, every, 0.5))
    for left_out in range(5):
        others = every.copy()
        others[left_out] = 0
        moved = np.linalg.norm(whole - flat(dpsgd.clipped_sum(gradients, others, 0.5)))
        assert moved <= 0.5 + 1e-4


def test_without_noise_and_clipping_it_is_sgd_to_rounding(rows, labels):
    mine, theirs = linear(), linear()
    theirs.compile(keras.optimizers.SGD(0.5), keras.losses.BinaryCrossentropy(from_logits=True))
    theirs.fit(rows, labels[:, None], batch_size=len(rows), epochs=4, verbose=0)
    settings = dpsgd.Settings(rate=1.0, steps=4, clip=None)
    dpsgd.train(mine, keras.optimizers.SGD(0.5), rows, labels, settings)
    assert np.allclose(flat(mine.get_weights()), flat(theirs.get_weights()), atol=1e-6)


def test_noise_has_the_deviation_that_the_accountant_is_told(rows, labels):
    wide = np.zeros((50, 2_000), "float32")
    settings = dpsgd.Settings(rate=1.0, steps=1, clip=0.5, noise=3.0, seed=5)
    model = linear(2_000)
    dpsgd.train(model, keras.optimizers.SGD(1.0), wide, labels[:50], settings)
    kernel = model.get_weights()[0].ravel()
    assert kernel.std() == pytest.approx(3.0 * 0.5 / 50, rel=0.08)
    assert abs(kernel.mean()) < 4 * 3.0 * 0.5 / 50 / np.sqrt(2_000)


def test_one_seed_makes_one_model(rows, labels):
    settings = dpsgd.Settings(rate=0.3, steps=5, clip=1.0, noise=1.0, seed=7)
    found = [
        flat(dpsgd.train(m, keras.optimizers.SGD(0.5), rows, labels, settings).get_weights())
        for m in (linear(), linear())
    ]
    assert np.array_equal(*found)


def test_poisson_batches_differ_in_size_and_have_the_rate():
    sizes = [len(one) for one in dpsgd.poisson_batches(1_000, 0.1, 400, seed=1)]
    assert len(set(sizes)) > 20
    assert np.mean(sizes) == pytest.approx(100, abs=4 * np.sqrt(90 / 400))
    assert np.var(sizes) == pytest.approx(90, rel=0.35)


def test_a_step_without_a_row_is_a_step_of_noise(rows, labels):
    settings = dpsgd.Settings(rate=1e-9, steps=1, clip=None)
    model = dpsgd.train(linear(), keras.optimizers.SGD(1.0), rows, labels, settings)
    assert not flat(model.get_weights()).any()


def test_probabilities_are_those_of_the_logits(rows):
    model = linear()
    model.set_weights([np.array([[1.0], [0.0]]), np.array([0.0])])
    assert np.allclose(dpsgd.probabilities(model, rows), 1 / (1 + np.exp(-rows[:, 0])))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rate": 0.0}, "are no training"),
        ({"steps": 0}, "are no training"),
        ({"clip": 0.0}, "cannot be"),
        ({"noise": -1.0}, "cannot be"),
        ({"clip": None, "noise": 1.0}, "protects nobody"),
    ],
)
def test_settings_that_protect_nobody_are_refused(values, said):
    with pytest.raises(PrivacyError, match=said):
        dpsgd.Settings(**({"rate": 0.1, "steps": 1} | values))


def test_each_row_has_a_label(rows, labels):
    with pytest.raises(PrivacyError, match="one label for each row"):
        dpsgd.train(linear(), keras.optimizers.SGD(1.0), rows, labels[:3], dpsgd.Settings(0.1, 1))
