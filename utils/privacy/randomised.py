"""Randomised response: everybody's answer may be a lie, and the share of all is known all the same.

Source: Warner, "Randomized Response: A Survey Technique for Eliminating Evasive Answer Bias" (1965).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.intervals import Interval
from utils.privacy.errors import PrivacyError


def honesty(epsilon: float) -> float:
    """Return the probability of a true answer that spends exactly ``epsilon``: e^eps / (1 + e^eps).

    Raises:
        PrivacyError: If epsilon is not above zero.
    """
    if not epsilon > 0:
        raise PrivacyError(
            f"epsilon is {epsilon}.", "Use a number above zero: at zero nobody says anything."
        )
    return 1 / (1 + math.exp(-epsilon))


def respond(truths: ArrayLike, epsilon: float, seed: int) -> NDArray[np.int64]:
    """Let everybody answer, truly or not.

    Args:
        truths: 0 or 1, ``[people]``.
        epsilon: What each answer may reveal.
        seed: The seed of the coins.

    Returns:
        0 or 1, ``[people]``.
    """
    truth = np.asarray(truths, "int64")
    honest = np.random.RandomState(seed).random_sample(truth.shape) < honesty(epsilon)
    return np.where(honest, truth, 1 - truth)


def estimate(answers: ArrayLike, epsilon: float) -> Interval:
    """Estimate the share of ones among the truths.

    Args:
        answers: What everybody said, ``[people]``.
        epsilon: With what probability of a lie.

    Returns:
        The estimate, with a 95 percent interval by the normal approximation: chance of the people and of the coins.

    Raises:
        PrivacyError: If there is no answer.
    """
    said: NDArray[Any] = np.asarray(answers, "float64")
    if not said.size:
        raise PrivacyError("There is no answer.", "Ask at least one person.")
    true = honesty(epsilon)
    share = float(said.mean())
    value = (share + true - 1) / (2 * true - 1)
    error = math.sqrt(share * (1 - share) / said.size) / (2 * true - 1)
    return Interval(value, value - 1.96 * error, value + 1.96 * error)
