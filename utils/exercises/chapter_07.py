"""The exercises of chapter 7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from utils.analysis import groups
from utils.analysis.metrics import Confusion, confusion
from utils.analysis.rows import labels_and_scores
from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes

if TYPE_CHECKING:
    import pandas as pd

FEW = 400
"""Rows that a reader's configuration of 7.1 is tried on; TFMA takes longer the more there are."""

USUAL = 0.5
"""The threshold that TFMA takes where none is given."""

CLOSE = 1e-5
"""How far TFMA's share may be from the counted one."""

RESPONSE = "company_response"
PRODUCT, LEAST = "Credit reporting", 0.55
"""The product that exercise 7.2 sets a bound for, and the least AUC."""

USEFUL = 0.62
"""The AUC of an honest model that is worth having; this chapter's own is hardly better."""

GUESSING = 0.5
"""The AUC of a model that guesses."""

SAME = 0.02
"""How far two groups' true positive rates may lie apart and still count as equal."""


@exercise("7.1")
def the_metric_of_the_desk(
    answer: Any, context: Any, rows: pd.DataFrame, threshold: float
) -> Verdict:
    """Check a configuration that measures the precision at a threshold, by response.

    Args:
        answer: A ``tfma.EvalConfig`` for a table of scored rows.
        context: The notebook's context; not used.
        rows: The scored rows.
        threshold: The threshold of the desk.

    Returns:
        The verdict, by what TFMA computes from the configuration.
    """
    import tensorflow_model_analysis as tfma

    config = _message(answer, "EvalConfig")
    if not any(spec.metrics for spec in config.metrics_specs):
        return not_yet("it names no metric: metrics_specs holds a tfma.MetricsSpec(metrics=[...]).")
    if [RESPONSE] not in [list(spec.feature_keys) for spec in config.slicing_specs]:
        return not_yet(f"it has no slice for each {RESPONSE}: add a tfma.SlicingSpec(...).")
    names = sorted({*rows.columns} & {"product", RESPONSE, "state_group"})
    few = rows.head(FEW).reset_index(drop=True)
    labels, scores = labels_and_scores(few)
    table = few[names].fillna("(missing)").assign(consumer_disputed=labels.astype(float))
    try:
        result = tfma.analyze_raw_data(table.assign(score=scores), config)
    except Exception as error:  # of many kinds, from deep inside Beam
        return not_yet(f"TFMA cannot work with this configuration: {str(error)[:200]}")
    measured = {
        dict(key)[RESPONSE]: [one["doubleValue"] for one in found.values() if "doubleValue" in one]
        for key, found in result.get_metrics_for_all_slices().items()
        if [name for name, _ in key] == [RESPONSE]
    }
    common = few[RESPONSE].value_counts().index[0]
    mine = few[RESPONSE] == common
    at, at_usual = (confusion(labels[mine], scores[mine], one) for one in (threshold, USUAL))

    def holds(value: float) -> bool:
        return any(abs(one - value) < CLOSE for one in measured.get(common, ()))

    if holds(at.precision):
        return yes(
            f"of the flagged complaints among the first {FEW} that were {common[:1].lower()}{common[1:]}, "
            f"{at.precision:.0%} are disputed."
        )
    return not_yet(_other_metric(at, at_usual, holds))


def _other_metric(at: Confusion, at_usual: Confusion, holds: Any) -> str:
    """Return the hint for a configuration that measures something else than the precision."""
    if holds(at_usual.precision):
        return (
            f"it counts at {USUAL}, TFMA's usual threshold: give the desk's in the metric's config."
        )
    if holds(at.recall):
        return "that is the recall, which starts from the disputed complaints; start from the flagged ones."
    return "the share of disputes among the flagged complaints is not among its metrics."


@exercise("7.2")
def the_bound_of_a_product(answer: Any, context: Any, evaluation: Any) -> Verdict:
    """Check a bound on the AUC of one product, which leaves all other slices alone.

    Args:
        answer: A ``tfma.PerSliceMetricThreshold``.
        context: The notebook's context; not used.
        evaluation: The ``tfma.EvalResult`` of an honest model, sliced by product.

    Returns:
        The verdict, by what TFMA's validation says of three models.
    """
    from utils.analysis.tfma_results import refused_slices

    bound = _message(answer, "PerSliceMetricThreshold")
    if not len(bound.slicing_specs):
        return not_yet("it names no slice: slicing_specs holds a tfma.SlicingSpec(...).")
    if not bound.HasField("threshold"):
        return not_yet("it has no threshold: a tfma.MetricThreshold(...) says what is asked for.")
    honest = {
        key: found["auc"]["doubleValue"]
        for key, found in evaluation.get_metrics_for_all_slices().items()
        if [name for name, _ in key] in ([], ["product"])
    }
    mine = (("product", PRODUCT),)
    rare = next(key for key in honest if key not in ((), mine))
    spared = refused_slices(bound, honest | {rare: 0.3, mine: LEAST + 0.001, (): USEFUL})
    if any(PRODUCT not in name for name in spared):
        return not_yet(
            f"it also refuses a model for another slice ({spared[0]}): name the one product, "
            "with feature_values."
        )
    if spared:
        return not_yet(f"it refuses a model whose AUC for {PRODUCT} is {LEAST + 0.001:.3f}.")
    if not refused_slices(bound, honest | {mine: LEAST - 0.001}):
        return not_yet(
            f"a model whose AUC for {PRODUCT} is {LEAST - 0.001:.3f} would still be blessed: "
            "look at how the product is written, and at which bound is set."
        )
    return yes("only this product can be the reason, however small the other slices are.")


@exercise("7.3")
def the_obedient_pusher(answer: Any, context: Any) -> Verdict:
    """Check a Pusher of the first model that obeys the Evaluator with the group's bound.

    Args:
        answer: A ``Pusher``.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "Pusher")
    blessing = reading.producer(built, "model_blessing")
    if reading.producer(built, "model")[0] != "Trainer":
        return not_yet("the model to deliver comes from base.trainer.")
    if not blessing[0]:
        return not_yet("without a blessing it pushes any model.")
    if blessing[0] != "GroupEvaluator":
        return not_yet(
            f"it listens to the {blessing[0]}, which has not looked at the group: "
            "this model would be delivered."
        )
    if not built.exec_properties.get("push_destination"):
        return not_yet("it does not know where to push to.")
    if not reading.has_run(built):
        return run_it("my_pusher")
    (pushed,) = built.outputs["pushed_model"].get()
    if pushed.get_int_custom_property("pushed"):
        return not_yet("it has delivered the model: look at which blessing it was given.")
    return yes("it has run, and has delivered nothing: `pushed` is 0.")


@exercise("7.4")
def the_threshold_of_equal_opportunity(
    answer: float, context: Any, rows: pd.DataFrame, threshold: float
) -> Verdict:
    """Check a threshold for the planted group that gives it the others' true positive rate.

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
    table = groups.rates(rows, group.name, {group.inside: value, group.outside: threshold})
    found, alarms = table["true positive rate"], table["false positive rate"]
    difference = found[group.inside] - found[group.outside]
    if abs(difference) <= SAME:
        return yes(
            f"{found[group.inside]:.0%} and {found[group.outside]:.0%} of the disputes are found; "
            f"{alarms[group.inside]:.0%} and {alarms[group.outside]:.0%} of the others are flagged in vain."
        )
    if abs(alarms[group.inside] - alarms[group.outside]) <= SAME:
        return not_yet(
            "that equalises the false positive rate, as above; equal opportunity looks at the disputed complaints."
        )
    if difference > 0:
        return not_yet(
            f"the group's disputes are still found more often, by {difference:.2f}: a higher threshold finds fewer."
        )
    return not_yet(
        f"now the group's disputes are found less often, by {-difference:.2f}: the threshold is too high."
    )


@exercise("7.5")
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
            "rare value: copy one from the list above the exercise."
        )
    before, after = (float(score) for score in model.predict([complaint, edited]))
    if after > threshold:
        return not_yet(
            f"the score goes from {before:.3f} to {after:.3f}, which is still above {threshold:.3f}."
        )
    return yes(f"the score goes from {before:.3f} to {after:.3f}, and the answer changes.")


@exercise("7.6")
def the_bound_above(answer: Any, context: Any, leaky: float, possible: float) -> Verdict:
    """Check a threshold on the AUC that refuses a guesser and a leak, and no honest model.

    Args:
        answer: A ``tfma.MetricThreshold``.
        context: The notebook's context; not used.
        leaky: The AUC of the model with the leak.
        possible: The best AUC that an honest model can reach.

    Returns:
        The verdict, by what TFMA's validation says of these models.
    """
    from tensorflow_model_analysis.proto import config_pb2

    from utils.analysis.tfma_results import refused_slices

    threshold = _message(answer, "MetricThreshold")
    if threshold.HasField("change_threshold"):
        return not_yet("there is no baseline to compare with: a value_threshold is enough.")
    overall = config_pb2.PerSliceMetricThreshold(
        slicing_specs=[config_pb2.SlicingSpec()], threshold=threshold
    )

    def refused(auc: float) -> bool:
        return bool(refused_slices(overall, {(): auc}))

    if not refused(leaky):
        return not_yet(f"the model with the leak, whose AUC is {leaky:.3f}, would be blessed.")
    if not refused(GUESSING):
        return not_yet("a model that guesses would be blessed: keep the lower bound as well.")
    if refused(USEFUL):
        return not_yet(
            f"an honest model with an AUC of {USEFUL} would be refused, and this chapter's own is hardly better."
        )
    if refused(possible):
        return not_yet(
            f"an honest model may come as far as {possible:.3f}, and would be refused for that."
        )
    return yes("too bad is refused, and too good to be true as well.")


def _message(answer: Any, kind: str) -> Any:
    """Return a copy of one of TFMA's messages, so that nothing changes the reader's own."""
    from tensorflow_model_analysis.proto import config_pb2

    if not isinstance(answer, getattr(config_pb2, kind)):
        raise reading.AnswerForm(f"a tfma.{kind}", answer)
    found = type(answer)()
    found.CopyFrom(answer)
    return found
