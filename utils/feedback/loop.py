"""A loop that can be killed at any moment and goes on when it is started again.

It keeps no state of its own. A turn that is finished is a row of the log. One that was interrupted is done again from
its beginning, and that is safe when each of its steps is: rows are written by id, files appear whole, and TFX's cache
answers for components that have run.

Source: book, chapter 13, "Feedback Loops"
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from utils.feedback.errors import FeedbackError
from utils.feedback.log import ServingLog


@dataclass(frozen=True)
class Turn:
    """A turn of the loop that is finished.

    Attributes:
        name: Which, for example the span that has arrived.
        record: What was kept of it.
        fresh: Whether it was done just now, and not before.
    """

    name: str
    record: Mapping[str, Any] = field(repr=False)
    fresh: bool


def run(
    names: Iterable[str], turn: Callable[[str], Mapping[str, Any]], log: ServingLog
) -> list[Turn]:
    """Do all turns that are not finished yet, in order.

    Args:
        names: The turns.
        turn: Does one, by steps that may be done twice, and returns what to keep of it.
        log: Where finished turns are recorded.

    Returns:
        All turns.

    Raises:
        FeedbackError: If two turns have one name.
        DatabaseAway: If the database cannot be reached.
    """
    names = list(names)
    if len(set(names)) < len(names):
        raise FeedbackError(
            "Two turns have one name, so the second would never be done.", "Name each once."
        )
    return [_one(name, turn, log) for name in names]


def _one(name: str, turn: Callable[[str], Mapping[str, Any]], log: ServingLog) -> Turn:
    finished = log.turn(name)
    if finished is not None:
        return Turn(name, finished, fresh=False)
    record = dict(turn(name))
    log.finish(name, record)
    return Turn(name, record, fresh=True)
