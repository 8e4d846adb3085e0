"""The exercises of chapter 9."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.optimisation import lite
from utils.optimisation.errors import OptimisationError

if TYPE_CHECKING:
    import pandas as pd

MEAN_CHANGE = 0.02
"""How far the scores of exercise 9.1 may move on average; a file that is calibrated on typical rows moves them less."""

DESK = 0.75
"""The share of complaints that the desk of exercise 9.2 does not review."""

LEAST = 100
"""How many complaints a product of exercise 9.2 must have."""

SPARSITY, PRUNINGS = 0.75, 5
"""The share of zeros that exercise 9.3 asks for, and the least number of steps that prune."""


@exercise("9.1")
def quantised_at_both_ends(
    answer: Any, context: Any, features: Mapping[str, Any], scores: np.ndarray
) -> Verdict:
    """Check a file that calculates in whole numbers, and takes and returns them too.

    Args:
        answer: What the converter returned.
        context: The notebook's context; not used.
        features: The transformed features of the held-out rows.
        scores: The scores of the float32 file for them.

    Returns:
        The verdict.
    """
    if not isinstance(answer, bytes):
        raise reading.AnswerForm("what converter.convert() returned, which is bytes", answer)
    try:
        file = lite.interpreter(answer)
    except OptimisationError:
        return not_yet(
            "TensorFlow Lite cannot read this file; give what converter.convert() returned."
        )
    every = file.get_tensor_details()
    if not any(tensor["dtype"] is np.int8 for tensor in every):
        return not_yet("nothing in it is int8: these are floating-point numbers throughout.")
    if not any(tensor["dtype"] is np.int8 and -1 in tensor["shape_signature"] for tensor in every):
        return not_yet(
            "its weights are whole numbers, and it calculates in float: without a representative dataset the converter "
            "cannot know how large the intermediate results get."
        )
    ends = [*file.get_input_details(), *file.get_output_details()]
    floats = [tensor["name"] for tensor in ends if tensor["dtype"] is np.float32]
    if floats:
        return not_yet(
            f"it calculates in whole numbers, but {len(floats)} of its inputs and outputs are still float32."
        )
    moved = float(np.abs(lite.scores(answer, features) - scores).mean())
    if moved > MEAN_CHANGE:
        return not_yet(
            f"its ends are right, but the scores move by {moved:.2f} on average: calibrate it with more rows, and with "
            "typical ones."
        )
    return yes(f"no float goes in or out, and the scores move by {moved:.4f} on average.")


@exercise("9.2")
def quantised_decisions(
    answer: Any, context: Any, rows: pd.DataFrame, before: np.ndarray, after: np.ndarray
) -> Verdict:
    """Check the product with the largest share of complaints that change sides.

    Args:
        answer: The product's name.
        context: The notebook's context; not used.
        rows: The held-out rows.
        before: The scores of the float32 file.
        after: Those of the int8 file.

    Returns:
        The verdict.
    """
    name = reading.text(answer)
    threshold = np.quantile(before, DESK)
    sides = rows.assign(changed=(before > threshold) != (after > threshold))
    by_product = sides.groupby("product").changed.agg(["sum", "mean", "size"])
    if name not in by_product.index:
        return not_yet(f"{name!r} is no product among these complaints.")
    mine = by_product.loc[name]
    if mine["size"] < LEAST:
        return not_yet(
            f"{name} has {mine['size']:.0f} complaints; leave out what has fewer than {LEAST}."
        )
    large = by_product[by_product["size"] >= LEAST]
    if mine["mean"] == large["mean"].max():
        return yes(
            f"{mine['sum']:.0f} of its {mine['size']:.0f} complaints change sides, {mine['mean']:.1%}."
        )
    if mine["sum"] == large["sum"].max():
        return not_yet(
            "it has the most complaints that change sides, because it has so many; take the share."
        )
    return not_yet(
        f"{mine['mean']:.1%} of its complaints change sides, and of some other product more."
    )


@exercise("9.3")
def pruning_schedule(answer: Any, context: Any, steps: int, epochs: int) -> Verdict:
    """Check the arguments of a ``PolynomialDecay``, by the steps at which it prunes.

    Args:
        answer: The arguments by name.
        context: The notebook's context; not used.
        steps: Steps in an epoch.
        epochs: How many epochs are trained.

    Returns:
        The verdict.
    """
    given = reading.fields(answer)
    wanted = {"initial_sparsity", "final_sparsity", "begin_step", "end_step", "frequency"}
    if set(given) != wanted:
        raise reading.AnswerForm(f"the arguments {', '.join(sorted(wanted))}", answer)
    first, final = (reading.number(given[name]) for name in ("initial_sparsity", "final_sparsity"))
    begin, end, every = (
        reading.whole(given[name]) for name in ("begin_step", "end_step", "frequency")
    )
    if every < 1 or not begin < end:
        return not_yet("frequency is at least 1, and begin_step comes before end_step.")
    if begin < steps:
        return not_yet(
            f"it begins at step {begin}, within the first epoch, which has {steps} steps."
        )
    if end > steps * (epochs - 1):
        return not_yet(
            f"it ends at step {end}: the last epoch, from step {steps * (epochs - 1)} on, is to repair what was lost."
        )
    prunes = list(range(begin, end + 1, every))
    if len(prunes) < PRUNINGS:
        return not_yet(
            f"it prunes at {len(prunes)} step(s) only, {', '.join(map(str, prunes))}: a frequency of {every} is too "
            "long for this training."
        )
    reached = final + (first - final) * (1 - (prunes[-1] - begin) / (end - begin)) ** 3
    if abs(reached - SPARSITY) > 1e-6:
        return not_yet(
            f"at its last pruning, in step {prunes[-1]}, a share of {reached:.3f} is zero, and not {SPARSITY}."
        )
    return yes(f"it prunes at {len(prunes)} steps, the last time in step {prunes[-1]}.")
