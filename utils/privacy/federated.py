"""Federated averaging in NumPy: rows stay with their clients, and only weights travel.

The model is a logistic regression, whose gradient is one line, so that what Flower does over a network can be compared
with what is done here, number by number.

Source: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data" (arXiv 1602.05629),
algorithm 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.privacy.errors import PrivacyError


@dataclass(frozen=True)
class Client:
    """One who holds rows.

    Attributes:
        name: Who it is, for example a state.
        rows: float ``[rows, features]``; a column of ones is the intercept.
        labels: 0 or 1, ``[rows]``.
    """

    name: str
    rows: NDArray[Any]
    labels: NDArray[Any]


def local_steps(
    weights: NDArray[Any], rows: NDArray[Any], labels: NDArray[Any], steps: int, rate: float
) -> NDArray[np.float64]:
    """Go down the gradient of all rows a few times.

    Args:
        weights: Where to start, ``[features]``.
        rows: float ``[rows, features]``.
        labels: 0 or 1, ``[rows]``.
        steps: How often.
        rate: The learning rate.

    Returns:
        The new weights.
    """
    found = np.array(weights, "float64")
    for _ in range(steps):
        wrong = 1 / (1 + np.exp(-(rows @ found))) - labels
        found -= rate * (rows.T @ wrong) / len(labels)
    return found


def average(weights: Sequence[NDArray[Any]], counts: ArrayLike) -> NDArray[np.float64]:
    """Average the clients' weights, each by its number of rows."""
    return np.average(np.stack(weights), axis=0, weights=np.asarray(counts, "float64"))


def rounds(
    clients: Sequence[Client], count: int, steps: int, rate: float
) -> list[NDArray[np.float64]]:
    """Run rounds of federated averaging, every client in every round.

    Args:
        clients: Who holds rows.
        count: How many rounds.
        steps: How many steps each client takes in a round.
        rate: The learning rate.

    Returns:
        The averaged weights after each round.

    Raises:
        PrivacyError: If there is no client, or one has no row.
    """
    if not clients or not all(len(one.labels) for one in clients):
        raise PrivacyError("A client has no row, or there is none.", "Leave empty clients out.")
    weights = np.zeros(clients[0].rows.shape[1])
    found = []
    for _ in range(count):
        returned = [local_steps(weights, one.rows, one.labels, steps, rate) for one in clients]
        weights = average(returned, [len(one.labels) for one in clients])
        found.append(weights)
    return found


def by_value(rows: NDArray[Any], labels: NDArray[Any], values: ArrayLike) -> list[Client]:
    """Give each value's rows to a client of its own, for example each state's.

    Args:
        rows: float ``[rows, features]``.
        labels: 0 or 1, ``[rows]``.
        values: A text for each row.

    Returns:
        The clients, by their names.
    """
    named = np.asarray(values).astype(str)
    return [Client(str(one), rows[named == one], labels[named == one]) for one in np.unique(named)]


def by_chance(rows: NDArray[Any], labels: NDArray[Any], count: int, seed: int = 0) -> list[Client]:
    """Deal rows to clients at random, so that all hold the same kind of rows (IID).

    Args:
        rows: float ``[rows, features]``.
        labels: 0 or 1, ``[rows]``.
        count: How many clients.
        seed: The seed of the dealing.

    Returns:
        The clients, of nearly equal size.
    """
    dealt = np.array_split(np.random.RandomState(seed).permutation(len(labels)), count)
    return [Client(f"client {n}", rows[mine], labels[mine]) for n, mine in enumerate(dealt)]
