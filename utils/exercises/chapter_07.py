"""The exercises of chapter 7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from utils.analysis import groups
from utils.analysis.metrics import confusion
from utils.analysis.rows import labels_and_scores
from utils.exercises import Verdict, exercise, not_yet, reading, yes

if TYPE_CHECKING:
    import pandas as pd

CLOSE = 0.005
"""How far a share may be from the recomputed one, so that rounding to two decimals is accepted."""

SAME = 0.02
"""How far two groups' false positive rates may lie apart and still count as equal."""

LOW = 0.2
"""The threshold that exercise 7.1 asks about."""


@exercise("7.1")
def the_recall(answer: float, context: Any, rows: pd.DataFrame) -> Verdict:
    """Check the share of disputes that a model finds at a low threshold.

    Args:
        answer: A share from 0 to 1.
        context: The notebook's context; not used.
        rows: The scored rows.

    Returns:
        The verdict.
    """
    value = reading.number(answer)
    matrix = confusion(*labels_and_scores(rows), LOW)
    if abs(value - matrix.recall) <= CLOSE:
        return yes(
            f"the lower threshold finds more disputes, and {matrix.false_positive_rate:.0%} of the others are "
            "flagged with them."
        )
    if abs(value - matrix.precision) <= CLOSE:
        return not_yet(
            "that is the precision: of the flagged ones. The question starts from the disputed ones."
        )
    if abs(value - matrix.false_positive_rate) <= CLOSE:
        return not_yet("that is the share of undisputed complaints that are flagged.")
    if abs(value - matrix.flagged) <= CLOSE:
        return not_yet("that is the share of all complaints that are flagged.")
    if abs(value / 100 - matrix.recall) <= CLOSE:
        return not_yet("give a number between 0 and 1, not percent.")
    return not_yet(
        f"count the disputed complaints with a score above {LOW}, and divide by all disputed ones."
    )


@exercise("7.2")
def the_allowed_drop(answer: float, context: Any, candidate: float, baseline: float) -> Verdict:
    """Check the smallest allowed drop of the AUC, in hundredths, at which the candidate would be blessed.

    Args:
        answer: ``max_auc_drop``, 0 or more.
        context: The notebook's context; not used.
        candidate: The candidate's AUC.
        baseline: The baseline's AUC.

    Returns:
        The verdict.
    """
    value = reading.number(answer)
    if value < 0:
        return not_yet("max_auc_drop says how far the AUC may fall; it is written without a minus.")
    if baseline - candidate > value:
        return not_yet(
            f"the candidate would still be refused: its AUC is {baseline - candidate:.3f} lower."
        )
    if baseline - candidate <= value - 0.01 - 1e-9:
        return not_yet("it would pass, and so would a worse one: a smaller drop is enough.")
    return yes("that is the price of blessing it: each next model might be worse again by as much.")


@exercise("7.3")
def the_threshold_of_the_group(
    answer: float, context: Any, rows: pd.DataFrame, threshold: float
) -> Verdict:
    """Check a threshold for the planted group that gives it the others' false positive rate.

    Args:
        answer: A score from 0 to 1.
        context: The notebook's context; not used.
        rows: The scored rows to choose by.
        threshold: The threshold of all other complaints.

    Returns:
        The verdict.
    """
    from utils.pipeline.config import Group

    value = reading.number(answer)
    if not 0 <= value <= 1:
        return not_yet(
            "a threshold is compared with scores: give a number between 0 and 1, not percent."
        )
    group = Group()
    each = {group.inside: value, group.outside: threshold}
    rates = groups.rates(rows, group.name, each)["false positive rate"]
    difference = rates[group.inside] - rates[group.outside]
    if abs(difference) <= SAME:
        return yes(
            f"{rates[group.inside]:.0%} and {rates[group.outside]:.0%} of the undisputed complaints are flagged."
        )
    if difference > 0:
        return not_yet(
            f"the group's rate is still {difference:.2f} higher: a higher threshold flags fewer."
        )
    return not_yet(
        f"now the group's rate is {-difference:.2f} lower than that of the others: the threshold is too high."
    )


@exercise("7.4")
def the_edited_complaint(
    answer: Mapping[str, str],
    context: Any,
    complaint: Mapping[str, str],
    model: Any,
    threshold: float,
) -> Verdict:
    """Another response that takes a flagged complaint below the threshold.

    Args:
        answer: The edited complaint.
        context: The notebook's context; not used.
        complaint: The complaint as it was.
        model: The model to ask.
        threshold: Above it a complaint is flagged.

    Returns:
        The verdict.
    """
    edited = reading.fields(answer)
    changed = sorted(
        name for name in {*complaint, *edited} if complaint.get(name) != edited.get(name)
    )
    if not changed:
        return not_yet("this is the complaint as it was: change its company_response.")
    if changed != ["company_response"]:
        others = [name for name in changed if name != "company_response"]
        return not_yet(f"{others[0]} was changed, too: only company_response may differ.")
    known = ("Closed", "Closed with explanation", "Closed with monetary relief",
             "Closed with non-monetary relief", "Untimely response")  # fmt: skip
    response = edited.get("company_response")
    if response not in known:
        return not_yet(
            f"{response!r} is no response that the data know, so the model takes it for any "
            "rare value: copy one from the table of responses."
        )
    before, after = (float(score) for score in model.predict([complaint, edited]))
    if after > threshold:
        return not_yet(
            f"the score goes from {before:.3f} to {after:.3f}, which is still above {threshold:.3f}."
        )
    return yes(f"the score goes from {before:.3f} to {after:.3f}, and the answer changes.")
