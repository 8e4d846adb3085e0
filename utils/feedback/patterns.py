"""Six ways in which feedback comes back, simulated on labels that are known.

Source: book, chapter 13, "Design Patterns for Collecting Feedback"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils import intervals
from utils.feedback.errors import FeedbackError
from utils.labels import as_labels

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Pattern:
    """How feedback is collected.

    Attributes:
        name: The pattern.
        example: What it would be for complaints.
        if_disputed: How likely a disputed complaint gets an answer, 0 to 1.
        if_not: The same of one that is not disputed.
        right: How likely one answer is right.
        voters: How many answer each time; the majority counts.
    """

    name: str
    example: str
    if_disputed: float
    if_not: float
    right: float = 1.0
    voters: int = 1

    def __post_init__(self) -> None:
        """Refuse shares that are none, and an even number of voters."""
        shares = (self.if_disputed, self.if_not, self.right)
        if not all(0 <= one <= 1 for one in shares) or self.voters < 1 or self.voters % 2 == 0:
            raise FeedbackError(
                f"The pattern {self.name!r} has a share outside of 0 to 1, or an even number of voters.",
                "Give shares between 0 and 1, and an odd number of voters, so that there is a majority.",
            )


PATTERNS = (
    Pattern("implicit action", "the consumer disputes the answer, or does not", 1.0, 1.0),
    Pattern("rating", "an e-mail asks: are you content?", 0.12, 0.03),
    Pattern("correction", "the desk corrects a wrong answer that it sees", 0.25, 0.10, 0.95),
    Pattern("crowd", "three people read the letters and vote", 0.2, 0.2, 0.8, 3),
    Pattern("expert", "a lawyer judges some of the letters", 0.02, 0.02, 0.97),
    Pattern("automatic", "a refund in the ledger stands for no dispute", 0.5, 0.5, 0.85),
)
"""The patterns of the book, with shares that are invented."""


def simulate(pattern: Pattern, truth: ArrayLike, seed: int = 13) -> NDArray[np.float64]:
    """Collect feedback.

    Args:
        pattern: How.
        truth: 0 or 1 for each complaint, ``[rows]``.
        seed: The seed of who answers, and who is wrong.

    Returns:
        0 or 1 for each complaint, NaN where no feedback has come, ``[rows]``.
    """
    import numpy as np

    disputed = as_labels(truth)
    random = np.random.RandomState(seed)
    answers = random.uniform(size=len(disputed)) < np.where(
        disputed, pattern.if_disputed, pattern.if_not
    )
    right = random.uniform(size=(pattern.voters, len(disputed))) < pattern.right
    voted = np.where(right.mean(0) > 0.5, disputed, ~disputed)
    return np.where(answers, voted, np.nan)


def compare(
    truth: ArrayLike, patterns: Sequence[Pattern] = PATTERNS, seed: int = 13
) -> pd.DataFrame:
    """Collect feedback in several ways, and ask each how many complaints are disputed.

    Args:
        truth: 0 or 1 for each complaint, ``[rows]``.
        patterns: The ways.
        seed: See :func:`simulate`.

    Returns:
        One row for each pattern: ``example``; ``labels``, how many it has brought; ``right``, the share of these that
        is right; ``rate``, the share of disputes among them, as an :class:`utils.intervals.Interval`.

    Raises:
        FeedbackError: If a pattern has brought no label at all.
    """
    import numpy as np
    import pandas as pd

    disputed = as_labels(truth)
    found = {}
    for pattern in patterns:
        labels = simulate(pattern, truth, seed)
        there = ~np.isnan(labels)
        if not there.any():
            raise FeedbackError(
                f"The pattern {pattern.name!r} has brought no label.", "Raise its shares."
            )
        found[pattern.name] = {
            "example": pattern.example,
            "labels": int(there.sum()),
            "right": float((labels[there] == disputed[there]).mean()),
            "rate": intervals.bootstrap(np.mean, labels[there], rounds=200),
        }
    return pd.DataFrame(found).T
