"""A logistic regression that scores rows which it cannot read.

CKKS is a homomorphic encryption of real numbers: sums and products of encrypted numbers are the encrypted sums and
products, up to a small error. It has no exponential function, so the logistic curve is either left to whoever holds the
key, or replaced by a polynomial.

Source: Cheon, Kim, Kim and Song, "Homomorphic Encryption for Arithmetic of Approximate Numbers" (2017);
https://github.com/OpenMined/TenSEAL
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from utils.privacy.errors import PrivacyError


@dataclass(frozen=True)
class Answers:
    """What was computed on encrypted rows.

    Attributes:
        logits: The decrypted answers, ``[rows]``.
        encrypting: Seconds in which the client encrypted a row, on average.
        computing: Seconds in which the server scored one.
        decrypting: Seconds in which the client read an answer.
        sent: The bytes of one encrypted row.
        returned: The bytes of one encrypted answer.
    """

    logits: NDArray[np.float64]
    encrypting: float
    computing: float
    decrypting: float
    sent: int
    returned: int


def load() -> Any:
    """Load TenSEAL beside TensorFlow.

    Both bring a copy of protobuf, and by default whichever is loaded second gets the functions of the first. With
    TensorFlow 2.21 that ends the process at the first ciphertext that is written. On Linux the loader can be told to
    let a library look for its own functions first.

    Returns:
        The module ``tenseal``.
    """
    usual = sys.getdlopenflags()
    sys.setdlopenflags(usual | getattr(os, "RTLD_DEEPBIND", 0))
    try:
        import tenseal
    finally:
        sys.setdlopenflags(usual)
    return tenseal


def score(client: Any, rows: NDArray[Any], weights: ArrayLike, intercept: float) -> Answers:
    """Score rows as a client and a server that share no key.

    Args:
        client: TenSEAL's context, with the secret key.
        rows: float ``[rows, features]``; what the client holds.
        weights: ``[features]``; what the server holds.
        intercept: The same.

    Returns:
        The answers, with time and size.

    Raises:
        PrivacyError: If there is no row, or not a weight for each feature.
    """
    ts = load()

    columns = np.asarray(weights, "float64").ravel()
    if not len(rows) or rows.shape[1] != len(columns):
        raise PrivacyError(
            f"Rows of shape {rows.shape} do not fit {len(columns)} weights.",
            "Give at least one row, and a weight for each of its features.",
        )
    public = client.copy()
    public.make_context_public()
    found, seconds, sent, returned = [], np.zeros(3), 0, 0
    for row in rows:
        started = [time.perf_counter()]
        letter = ts.ckks_vector(client, row.tolist()).serialize()
        started.append(time.perf_counter())
        answer = (ts.ckks_vector_from(public, letter).dot(columns.tolist()) + intercept).serialize()
        started.append(time.perf_counter())
        found.append(ts.ckks_vector_from(client, answer).decrypt()[0])
        started.append(time.perf_counter())
        seconds += np.diff(started)
        sent, returned = len(letter), len(answer)
    encrypting, computing, decrypting = map(float, seconds / len(rows))
    return Answers(np.array(found), encrypting, computing, decrypting, sent, returned)


def logistic_polynomial(degree: int, reach: float) -> NDArray[np.float64]:
    """Fit a polynomial to the logistic curve between ``-reach`` and ``reach``, by least squares.

    Args:
        degree: Its degree.
        reach: How far from zero it is fitted; beyond, it is worthless.

    Returns:
        Its coefficients, the constant first, as TenSEAL's ``polyval`` takes them.
    """
    x = np.linspace(-reach, reach, 401)
    fitted = np.polynomial.Polynomial.fit(x, 1 / (1 + np.exp(-x)), degree)
    return fitted.convert().coef
