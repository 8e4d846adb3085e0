"""When to retrain: each trigger looks at one thing, and says why it fires or does not.

Source: book, chapter 13, "How to Track Feedback Loops"; chapter 4 for drift, chapter 7 for intervals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils import intervals
from utils.feedback.errors import FeedbackError
from utils.intervals import Interval
from utils.labels import as_labels, as_scores

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

LEAST = 200
"""Fewer known outcomes than this say nothing about a model."""


@dataclass(frozen=True)
class Trigger:
    """What a trigger says.

    Attributes:
        name: Which it is.
        fired: Whether it asks for a new model.
        reason: Why, or why not, in a sentence.
    """

    name: str
    fired: bool
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {'fires' if self.fired else 'silent'}, {self.reason}"


@dataclass(frozen=True)
class Decision:
    """What all triggers say together.

    Attributes:
        triggers: Each of them.
    """

    triggers: tuple[Trigger, ...]

    @property
    def fired(self) -> bool:
        """Whether at least one fires."""
        return any(one.fired for one in self.triggers)

    @property
    def reasons(self) -> list[str]:
        """The reasons of those that fire, with their names."""
        return [f"{one.name}: {one.reason}" for one in self.triggers if one.fired]

    @property
    def data(self) -> pd.DataFrame:
        """One row for each trigger: ``fired`` and ``reason``."""
        import pandas as pd

        rows = {one.name: {"fired": one.fired, "reason": one.reason} for one in self.triggers}
        return pd.DataFrame(rows).T


def decide(*triggers: Trigger) -> Decision:
    """Put triggers together: any of them suffices.

    Args:
        *triggers: What they say.

    Raises:
        FeedbackError: If there is none.
    """
    if not triggers:
        raise FeedbackError(
            "There is no trigger, so nobody would ever retrain.", "Give at least one."
        )
    return Decision(triggers)


def drift(distances: Mapping[str, float], bound: float) -> Trigger:
    """Fire when a feature has moved. It needs no outcomes, so it can speak on the first day.

    Args:
        distances: How far each feature has moved since the model in use was trained, for example by L-infinity.
        bound: What is still taken for chance, or for harmless.

    Returns:
        What it says.

    Raises:
        FeedbackError: If nothing was measured.
    """
    if not distances:
        raise FeedbackError(
            "No distance was measured.", "Give each feature in the comparison a threshold."
        )
    ordered = sorted(distances.items(), key=lambda one: -one[1])
    moved = [f"{name} has moved by {far:.3f}" for name, far in ordered if far > bound]
    if moved:
        return Trigger("drift", True, f"{', '.join(moved)}; the bound is {bound:g}")
    name, far = ordered[0]
    return Trigger(
        "drift", False, f"{name} has moved furthest, by {far:.3f}; the bound is {bound:g}"
    )


def performance(
    reference: tuple[ArrayLike, ArrayLike], now: tuple[ArrayLike, ArrayLike], fall: float = 0.02
) -> Trigger:
    """Fire when the model in use ranks worse than when it was blessed, by more than chance and more than a bit.

    Args:
        reference: Labels and scores of the rows that it was evaluated on.
        now: Labels, NaN where an outcome is not known, and scores of what it has answered since.
        fall: How much lower the AUC may be. The whole interval of the change must lie below.

    Returns:
        What it says; silent while there are too few outcomes.

    Raises:
        LabelError: If a label is neither 0 nor 1, or a score is missing.
    """
    import numpy as np

    labels, scores = (np.asarray(one, "float64") for one in now)
    known = ~np.isnan(labels)
    if known.sum() < LEAST:
        return Trigger(
            "performance", False, f"only {known.sum()} outcomes are known, and {LEAST} are needed"
        )
    change = auc_change(reference, (labels[known], scores[known]))
    if change.high < -fall:
        return Trigger(
            "performance", True, f"the AUC has changed by {change}, wholly below -{fall:g}"
        )
    return Trigger(
        "performance", False, f"the AUC has changed by {change}, not wholly below -{fall:g}"
    )


def schedule(trained: dt.date, now: dt.date, days: int) -> Trigger:
    """Fire when the model in use has become old, whatever the others say.

    Args:
        trained: The last day of what it has learnt from.
        now: Today.
        days: How old it may be.

    Returns:
        What it says.
    """
    age = (now - trained).days
    said = f"the model's data ended {age} days ago, and {days} are allowed"
    return Trigger("schedule", age > days, said)


def auc_change(
    before: tuple[ArrayLike, ArrayLike],
    after: tuple[ArrayLike, ArrayLike],
    rounds: int = intervals.ROUNDS,
    seed: int = intervals.SEED,
) -> Interval:
    """Compute how much the AUC has changed between two samples of different rows.

    Nothing is shared, so the rows of both are drawn anew independently, and the interval is an unpaired one.

    Args:
        before: Labels and scores of the first sample.
        after: Those of the second.
        rounds: How often the rows are drawn.
        seed: The seed of the draws.

    Returns:
        The interval of AUC after minus AUC before.

    Raises:
        LabelError: If a label is missing or neither 0 nor 1, or a score is missing.
    """
    import numpy as np

    random = np.random.RandomState(seed)
    values, draws = [], []
    for labels, scores in (before, after):
        positive = as_labels(labels)
        places = intervals.ranks(as_scores(scores, positive))
        values.append(intervals.auc_of_ranks(positive, places))
        chosen = (random.randint(0, len(positive), len(positive)) for _ in range(rounds))
        draws.append([intervals.auc_of_ranks(positive[rows], places[rows]) for rows in chosen])
    low, high = np.nanpercentile(np.subtract(draws[1], draws[0]), [2.5, 97.5])
    return Interval(values[1] - values[0], float(low), float(high), signed=True)
