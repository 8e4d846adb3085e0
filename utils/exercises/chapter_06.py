"""The exercises of chapter 6."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from utils.examples import records
from utils.exercises import Verdict, exercise, not_yet, reading, yes

CLOSE = 0.005
"""How far a share may be from the recomputed one, so that rounding to two decimals is accepted."""


@exercise("6.1")
def steps_of_an_epoch(answer: float, context: Any, transform: Any, batch_size: int) -> Verdict:
    """Check how many batches one epoch has.

    Args:
        answer: a number of batches.
        context: the notebook's context; not used.
        transform: the Transform that has run, whose train split is counted.
        batch_size: rows a batch.

    Returns:
        The verdict.
    """
    value = reading.number(answer)
    train, evaluation = (_rows(transform, split) for split in ("train", "eval"))
    right = math.ceil(train / batch_size)
    if value == right:
        return yes("the last batch is smaller than the others, and counts as a step all the same.")
    if value == train // batch_size:
        return not_yet("some rows are left over at the end: what becomes of them?")
    if value in (train, batch_size):
        return not_yet("a step takes one batch; count how many batches the rows fill.")
    if value == math.ceil((train + evaluation) / batch_size):
        return not_yet("these are the steps over both splits; the model learns from train alone.")
    return not_yet("count the rows of the train split, and how many batches they fill.")


@exercise("6.2")
def weights_of_a_layer(answer: float, context: Any, model: Any, units: int) -> Verdict:
    """Check how many weights the first hidden layer would have with another number of units.

    Args:
        answer: a number of weights.
        context: the notebook's context; not used.
        model: the network as it is.
        units: the units that the layer would have.

    Returns:
        The verdict.
    """
    value = reading.number(answer)
    layer = model.get_layer("hidden_1")
    inputs, now = layer.kernel.shape
    if value == (inputs + 1) * units:
        return yes("each unit has a weight for every input, and one more of its own, the bias.")
    if value == inputs * units:
        return not_yet("each unit also has a bias, a weight that reads no input.")
    if value == (inputs + 1) * now:
        return not_yet(f"that is what the layer has now, with {now} units.")
    return not_yet(
        "look in the drawing for how many numbers the layer reads, and give each unit a weight for each of them."
    )


@exercise("6.3")
def rows_for_half_the_width(answer: float, context: Any, rows: int) -> Verdict:
    """Check how many rows make an interval half as wide.

    Args:
        answer: a number of rows.
        context: the notebook's context; not used.
        rows: the rows that there are.

    Returns:
        The verdict.
    """
    times = reading.number(answer) / rows
    if 3.8 <= times <= 4.2:
        return yes("a width shrinks with the square root of the rows, so certainty is expensive.")
    if 0.95 <= times <= 1.05:
        return not_yet("that is how many there are now.")
    if 1.9 <= times <= 2.1:
        return not_yet("doubling the rows makes an interval only 1.4 times narrower.")
    if 0.45 <= times <= 0.55:
        return not_yet("fewer rows make an interval wider, not narrower.")
    return not_yet("the width shrinks with the square root of the number of rows.")


@exercise("6.4")
def known_words(
    answer: float, context: Any, before: Sequence[str], after: Sequence[str]
) -> Verdict:
    """Check the share of a new vocabulary that an earlier one knows.

    Args:
        answer: a share from 0 to 1.
        context: the notebook's context; not used.
        before: the earlier vocabulary.
        after: the new one.

    Returns:
        The verdict.
    """
    value = reading.number(answer)
    both = len(set(before) & set(after))
    if abs(value - both / len(after)) <= CLOSE:
        return yes("the rest starts from nothing, as everything does in a cold start.")
    same_place = sum(a == b for a, b in zip(before, after, strict=False)) / len(after)
    if abs(value - same_place) <= CLOSE:
        return not_yet("that counts only words that kept their number; a word may have moved.")
    if abs(value - both / len(before)) <= CLOSE:
        return not_yet(
            "that is a share of the earlier vocabulary; the question is about the new one."
        )
    if abs(value / 100 - both / len(after)) <= CLOSE:
        return not_yet("give a number between 0 and 1, not percent.")
    return not_yet("count the new words that also occur anywhere in the earlier vocabulary.")


def _rows(transform: Any, split: str) -> int:
    return sum(1 for _ in records(transform.outputs["transformed_examples"], split))
