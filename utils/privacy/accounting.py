"""How much privacy a training spends, by dp-accounting, and the same by hand.

A step of DP-SGD looks at each row with a small probability and adds Gaussian noise; the accountant adds up what all
steps reveal. It assumes that rows are drawn by Poisson sampling, as :mod:`utils.privacy.dpsgd` draws them.

Source: https://github.com/google/differential-privacy; Mironov, Talwar and Zhang, "Rényi Differential Privacy of the
Sampled Gaussian Mechanism" (arXiv 1908.10530), whose formula for whole orders is :func:`renyi_by_hand`.
"""

from __future__ import annotations

import math
from typing import Any

from utils.privacy.errors import PrivacyError

MOST_NOISE = 1_000.0
"""The largest noise multiplier that is searched for."""


def event(noise: float, rate: float, steps: int) -> Any:
    """Describe a training to dp-accounting.

    Args:
        noise: The noise's standard deviation, in multiples of the clipping norm.
        rate: The probability that a row enters a step.
        steps: How many steps there are.

    Returns:
        A ``DpEvent``.

    Raises:
        PrivacyError: If the rate is no probability, or there is no step, or the noise is negative.
    """
    from dp_accounting import dp_event

    if not 0 < rate <= 1:
        raise PrivacyError(
            f"The rate is {rate}, which is no probability.", "Use expected batch / rows."
        )
    if steps < 1 or noise < 0:
        raise PrivacyError(
            f"{steps} steps with a noise of {noise} are no training.",
            "Use at least one step, and a noise of zero or more.",
        )
    step = dp_event.PoissonSampledDpEvent(rate, dp_event.GaussianDpEvent(noise))
    return dp_event.SelfComposedDpEvent(step, steps)


def epsilon(noise: float, rate: float, steps: int, delta: float) -> float:
    """Compute what a training spends.

    Args:
        noise: The noise's standard deviation, in multiples of the clipping norm.
        rate: The probability that a row enters a step.
        steps: How many steps there are.
        delta: The probability with which the promise may fail; far less than one in the number of rows.

    Returns:
        Epsilon; infinite without noise.

    Raises:
        PrivacyError: As for :func:`event`, and where delta is no probability.
    """
    from dp_accounting import rdp

    if not 0 < delta < 1:
        raise PrivacyError(f"delta is {delta}.", "Use a probability between 0 and 1, such as 1e-5.")
    described = event(noise, rate, steps)
    if noise == 0:
        return math.inf
    return float(rdp.RdpAccountant().compose(described).get_epsilon(delta))


def noise_for(wanted: float, rate: float, steps: int, delta: float) -> float:
    """Find the least noise that keeps an epsilon.

    Args:
        wanted: The epsilon.
        rate: The probability that a row enters a step.
        steps: How many steps there are.
        delta: As for :func:`epsilon`.

    Returns:
        The noise multiplier, to a thousandth; with it, epsilon is not above ``wanted``.

    Raises:
        PrivacyError: If no noise suffices.
    """
    import dp_accounting
    from dp_accounting import rdp

    if wanted <= 0 or epsilon(MOST_NOISE, rate, steps, delta) > wanted:
        raise PrivacyError(
            f"No noise keeps an epsilon of {wanted}.", "Use a larger epsilon, or fewer steps."
        )
    return float(
        dp_accounting.calibrate_dp_mechanism(
            rdp.RdpAccountant,
            lambda noise: event(noise, rate, steps),
            wanted,
            delta,
            dp_accounting.ExplicitBracketInterval(1e-3, MOST_NOISE),
            tol=1e-3,
        )
    )


def renyi_by_hand(noise: float, rate: float, steps: int, order: int) -> float:
    """Compute the Rényi divergence of a training for a whole order, as the paper writes it.

    Args:
        noise: The noise multiplier, above zero.
        rate: The probability that a row enters a step.
        steps: How many steps there are.
        order: A whole number from 2 on.

    Returns:
        The divergence, in nats.
    """
    total = sum(
        math.comb(order, k)
        * (1 - rate) ** (order - k)
        * rate**k
        * math.exp((k * k - k) / (2 * noise**2))
        for k in range(order + 1)
    )
    return steps * math.log(total) / (order - 1)
