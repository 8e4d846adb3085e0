"""A/B tests: which version a request gets, how far two shares differ, and how many requests it takes to tell.

The test is the usual one for two independent shares, by the normal approximation. statsmodels has the same as
``confint_proportions_2indep(..., method="wald")`` and ``NormalIndPower``; what is here needs SciPy only.

Source: book, chapter 8, "A/B testing of model versions"; Fleiss, Levin and Paik, "Statistical Methods for Rates and
Proportions", chapter 4 (numbers of rows).
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from utils.intervals import Interval

_PARTS = 2**64


def arm(key: str, share: float = 0.5, test: str = "") -> str:
    """Draw the arm of a test by hash, so that the same key gets the same arm each time and on every machine.

    Args:
        key: What is kept together, for example a complaint's id.
        share: The share of the keys that get arm B, from 0 to 1.
        test: The test's name: another test divides the same keys anew.

    Returns:
        ``"A"`` or ``"B"``.

    Raises:
        ValueError: If the share is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share is {share!r}: it is a number from 0 to 1.")
    digest = hashlib.blake2b(f"{test}\0{key}".encode(), digest_size=8).digest()
    return "B" if int.from_bytes(digest, "big") < share * _PARTS else "A"


@dataclass(frozen=True)
class Outcome:
    """What came of the two arms.

    Attributes:
        a: The share of hits in arm A.
        b: The share of hits in arm B.
        difference: B minus A, with its 95 percent confidence interval; the arms are independent.
        p_value: How probable a difference at least as large is, either way, where both arms are alike.
    """

    a: float
    b: float
    difference: Interval
    p_value: float

    def __str__(self) -> str:
        return f"A {self.a:.3f}, B {self.b:.3f}, difference {self.difference}, p-value {self.p_value:.2f}"


def compare(hits_a: int, rows_a: int, hits_b: int, rows_b: int) -> Outcome:
    """Compare the shares of hits in two independent arms.

    Args:
        hits_a: Hits in arm A.
        rows_a: Rows in arm A.
        hits_b: Hits in arm B.
        rows_b: Rows in arm B.

    Returns:
        Both shares, their difference with its confidence interval, and the p-value.

    Raises:
        ValueError: If an arm has no rows, or more hits than rows.
    """
    from scipy.stats import norm

    for hits, rows in ((hits_a, rows_a), (hits_b, rows_b)):
        if not 0 <= hits <= rows or not rows:
            raise ValueError(f"An arm has {hits} hits in {rows} rows: give hits, and all its rows.")
    a, b = hits_a / rows_a, hits_b / rows_b
    pooled = (hits_a + hits_b) / (rows_a + rows_b)
    spread = norm.ppf(0.975) * math.sqrt(a * (1 - a) / rows_a + b * (1 - b) / rows_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / rows_a + 1 / rows_b))
    p_value = 2 * norm.sf(abs(b - a) / error) if error else 1.0
    return Outcome(a, b, Interval(b - a, b - a - spread, b - a + spread, True), float(p_value))


def rows_needed(a: float, b: float, power: float = 0.8, level: float = 0.05) -> int:
    """Compute how many rows each arm needs, so that a test probably finds a difference between two shares.

    Args:
        a: The share of hits that is expected in arm A.
        b: The share that is expected in arm B.
        power: How probably the difference is to be found.
        level: How probably a difference may be found where there is none, in either direction.

    Returns:
        The number of rows in each of two equal arms.

    Raises:
        ValueError: If the shares are equal, or a number is not strictly between 0 and 1.
    """
    from scipy.stats import norm

    for name, value in (("a", a), ("b", b), ("power", power), ("level", level)):
        if not 0 < value < 1:
            raise ValueError(f"{name} is {value!r}: it lies between 0 and 1.")
    if a == b:
        raise ValueError("The two shares are equal: no number of rows tells them apart.")
    mean = (a + b) / 2
    alike = norm.ppf(1 - level / 2) * math.sqrt(2 * mean * (1 - mean))
    apart = norm.ppf(power) * math.sqrt(a * (1 - a) + b * (1 - b))
    return math.ceil(((alike + apart) / (b - a)) ** 2)
