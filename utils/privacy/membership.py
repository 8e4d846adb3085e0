"""Was this complaint among those that a model has learnt from? An attack that guesses by the loss.

A model that has learnt rows by heart is more certain of them than of others. The attacker calls a row a *member* where
its loss lies below a threshold. The threshold is chosen on one half of the rows and judged on the other, because the
best threshold of the very rows it is judged on finds an advantage in mere chance.

Source: Yeom et al., "Privacy Risk in Machine Learning" (arXiv 1709.01604): the threshold, and *advantage*, the share of
members that are called so minus the share of others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils import intervals
from utils.intervals import Interval
from utils.privacy.errors import PrivacyError

SMALLEST = 1e-7
"""Probabilities are kept this far from 0 and 1, so that a loss is finite."""

FEWEST = 20
"""The fewest members, and the fewest others, of an attack."""


@dataclass(frozen=True)
class Attack:
    """How well members can be told from others.

    Attributes:
        advantage: The share of members that are called so, minus the share of others; 0 is guessing.
        auc: How often a member has a smaller loss than another row; 0.5 is guessing.
        threshold: The loss below which a row is called a member.
    """

    advantage: Interval
    auc: Interval
    threshold: float


def losses(labels: ArrayLike, scores: ArrayLike) -> NDArray[np.float64]:
    """Compute how wrong a model is about each row.

    Args:
        labels: 0 or 1, ``[rows]``.
        scores: The model's probabilities of 1, ``[rows]``.

    Returns:
        The cross-entropy, ``[rows]``.
    """
    truth = np.asarray(labels, "float64")
    given = np.clip(np.asarray(scores, "float64"), SMALLEST, 1 - SMALLEST)
    return -(truth * np.log(given) + (1 - truth) * np.log(1 - given))


def attack(members: ArrayLike, others: ArrayLike, seed: int = 0) -> Attack:
    """Attack a model by its losses.

    Args:
        members: The losses of rows that it has learnt from.
        others: The losses of rows that it has not.
        seed: Which half of the rows the threshold is chosen on.

    Returns:
        What the attack finds on the other half, with intervals.

    Raises:
        PrivacyError: If there are too few rows to say anything.
    """
    inside, outside = (np.asarray(one, "float64") for one in (members, others))
    if min(len(inside), len(outside)) < FEWEST:
        raise PrivacyError(
            f"{len(inside)} members and {len(outside)} others are too few to attack.",
            f"Give the losses of at least {FEWEST} rows of each kind.",
        )
    random = np.random.RandomState(seed)
    halves = [np.array_split(random.permutation(one), 2) for one in (inside, outside)]
    threshold = _best(halves[0][0], halves[1][0])
    loss = np.concatenate([halves[0][1], halves[1][1]])
    member = np.arange(len(loss)) < len(halves[0][1])
    called = loss <= threshold

    def advantage(rows: NDArray[Any]) -> float:
        mine, says = member[rows], called[rows]
        return float(says[mine].mean() - says[~mine].mean())

    return Attack(
        intervals.bootstrap(advantage, np.arange(len(loss)), signed=True),
        intervals.auc_interval(member, -loss),
        threshold,
    )


def _best(members: NDArray[Any], others: NDArray[Any]) -> float:
    """Return the loss that parts members from others best."""
    tried = np.unique(np.concatenate([members, others]))
    inside = np.searchsorted(np.sort(members), tried, "right") / len(members)
    outside = np.searchsorted(np.sort(others), tried, "right") / len(others)
    return float(tried[np.argmax(inside - outside)])


def bound(epsilon: float, delta: float) -> float:
    """Compute the largest advantage that any attack can have on a model trained with differential privacy.

    Args:
        epsilon: What the training has spent; may be infinite.
        delta: The probability with which the promise may fail.

    Returns:
        Between 0 and 1.

    Source:
        Humphries et al., "Investigating Membership Inference Attacks under Data Dependencies" (arXiv 2010.12112),
        theorem 3.1.
    """
    shrunk = math.exp(-epsilon)
    return (1 - shrunk + 2 * delta * shrunk) / (1 + shrunk)
