"""Stochastic gradient descent with differential privacy, in its four lines: sample, clip, add noise, step.

Rows are drawn by *Poisson sampling*: each enters a step by a coin of its own, so that batches differ in size. That is
what an accountant assumes; a shuffled data set cut into batches is something else. The noise comes from TensorFlow's
generator, which is good for experiments; a training that guards real people draws it from a cryptographic one.

Source: Abadi et al., "Deep Learning with Differential Privacy" (arXiv 1607.00133), algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from utils.privacy.errors import PrivacyError

PADDED_TO = 64
"""Batches are filled up to a multiple of this with rows of weight zero, so that TensorFlow meets few shapes."""


@dataclass(frozen=True)
class Settings:
    """What a private training is made of.

    Attributes:
        rate: The probability that a row enters a step.
        steps: How many steps.
        clip: The longest gradient that one row may contribute; None for no limit.
        noise: The noise's standard deviation, in multiples of ``clip``; 0 for none.
        seed: Seeds the draws and the noise.
    """

    rate: float
    steps: int
    clip: float | None = 1.0
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no training, or no private one."""
        if not 0 < self.rate <= 1 or self.steps < 1:
            raise PrivacyError(
                f"A rate of {self.rate} and {self.steps} steps are no training.",
                "Use a rate between 0 and 1, and at least one step.",
            )
        if self.noise < 0 or (self.clip is not None and self.clip <= 0):
            raise PrivacyError(
                f"A noise of {self.noise} and a clip of {self.clip} cannot be.",
                "Use a clip above zero and a noise of at least zero.",
            )
        if self.noise and self.clip is None:
            raise PrivacyError(
                "Noise without clipping protects nobody: one row may be as large as it likes.",
                "Give a clip as well.",
            )


def poisson_batches(rows: int, rate: float, steps: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Draw the rows of each step.

    Args:
        rows: How many there are.
        rate: The probability of each.
        steps: How many steps.
        seed: The seed of the draws.

    Yields:
        The numbers of the rows, of a different length each time; perhaps none.
    """
    random = np.random.RandomState(seed)
    for _ in range(steps):
        yield np.flatnonzero(random.random_sample(rows) < rate)


def per_example_gradients(model: keras.Model, rows: Any, labels: Any) -> list[tf.Tensor]:
    """Compute the gradient of the loss for each row by itself.

    Args:
        model: From rows to logits, ``[rows, 1]``.
        rows: float32 ``[rows, features]``.
        labels: 0 or 1, float32 ``[rows]``.

    Returns:
        One tensor for each of the model's variables, with the rows as its first dimension.
    """
    variables = [variable.value for variable in model.trainable_variables]

    def of_one(example: tuple[tf.Tensor, tf.Tensor]) -> list[tf.Tensor]:
        row, label = example
        with tf.GradientTape() as tape:
            logit = model(row[None], training=False)[0, 0]
            loss = tf.nn.sigmoid_cross_entropy_with_logits(label, logit)
        return tape.gradient(loss, variables)

    return tf.vectorized_map(of_one, (rows, labels))


def clipped_sum(
    gradients: Sequence[tf.Tensor], weights: Any, clip: float | None
) -> list[tf.Tensor]:
    """Shorten each row's gradient to the clipping norm, and add them up.

    Args:
        gradients: What :func:`per_example_gradients` returned.
        weights: 1 for a row that counts and 0 for one that fills up, float32 ``[rows]``.
        clip: The longest norm over all variables together; None for no limit.

    Returns:
        One tensor for each variable.
    """
    gradients = [tf.convert_to_tensor(one) for one in gradients]
    factors = tf.convert_to_tensor(weights)
    if clip is not None:
        squares = [
            tf.reduce_sum(tf.square(one), list(range(1, one.shape.rank))) for one in gradients
        ]
        factors *= tf.minimum(1.0, clip / tf.maximum(tf.sqrt(tf.add_n(squares)), 1e-12))
    return [tf.tensordot(factors, one, 1) for one in gradients]


def train(
    model: keras.Model,
    optimizer: keras.optimizers.Optimizer,
    rows: NDArray[Any],
    labels: NDArray[Any],
    settings: Settings,
) -> keras.Model:
    """Train a network, one Poisson batch a step.

    Args:
        model: From rows to logits, ``[rows, 1]``; its weights are changed.
        optimizer: What turns a gradient into a step, for example ``keras.optimizers.Adam(0.01)``.
        rows: float32 ``[rows, features]``.
        labels: 0 or 1, ``[rows]``.
        settings: See :class:`Settings`.

    Returns:
        The model.

    Raises:
        PrivacyError: If there is not one label for each row.
    """
    if len(rows) != len(labels) or not len(rows):
        raise PrivacyError(
            f"There are {len(rows)} rows and {len(labels)} labels.", "Give one label for each row."
        )
    optimizer.build(model.trainable_variables)
    noise = tf.random.Generator.from_seed(settings.seed)
    expected, deviation = settings.rate * len(rows), settings.noise * (settings.clip or 0.0)

    @tf.function(reduce_retracing=False)
    def step(batch: tf.Tensor, truth: tf.Tensor, weights: tf.Tensor) -> None:
        summed = clipped_sum(per_example_gradients(model, batch, truth), weights, settings.clip)
        noisy = [one + deviation * noise.normal(tf.shape(one)) for one in summed]
        optimizer.apply([one / expected for one in noisy], model.trainable_variables)

    inputs, truth = np.asarray(rows, "float32"), np.asarray(labels, "float32")
    for drawn in poisson_batches(len(inputs), settings.rate, settings.steps, settings.seed):
        size = PADDED_TO * max(1, -(-len(drawn) // PADDED_TO))
        filled, weights = np.zeros(size, np.intp), np.zeros(size, "float32")
        filled[: len(drawn)], weights[: len(drawn)] = drawn, 1.0
        step(tf.constant(inputs[filled]), tf.constant(truth[filled]), tf.constant(weights))
    return model


def probabilities(model: keras.Model, rows: NDArray[Any]) -> NDArray[np.float64]:
    """Ask a network that answers with logits for probabilities, ``[rows]``."""
    logits = np.asarray(model(np.asarray(rows, "float32"), training=False), "float64")[:, 0]
    return 1.0 / (1.0 + np.exp(-logits))
