"""The exercises of chapter 1."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes

CLOSE = 0.005
"""How far a share or an AUC may be from the recomputed one, so that rounding to two decimals is accepted."""


@exercise("1.1")
def the_cycle(answer: Iterable[str], context: Any, graph: Mapping[str, Iterable[str]]) -> Verdict:
    """Check which steps form the cycle of a graph.

    Args:
        answer: names of steps, in any order.
        context: the notebook's context; not used.
        graph: each step with the steps that it waits for.

    Returns:
        The verdict.
    """
    named = reading.names(answer)
    unknown = named - set(graph)
    if unknown:
        return not_yet(f"there is no step {sorted(unknown)[0]!r} in the graph.")
    cycle = _cycle(graph)
    if not cycle:
        return not_yet("the graph has no cycle any more; run the cell that draws it again.")
    if named == cycle:
        return yes("each of these waits for another of them, so none can ever start.")
    if named > cycle:
        return not_yet(
            "the cycle is among them, but some of these steps only wait for it and are not part of it."
        )
    if named < cycle:
        return not_yet(
            "these belong to the cycle, but a step is missing: which step do they wait for?"
        )
    return not_yet(
        "follow the arrows from each of these steps: not all of them lead back to where they start."
    )


@exercise("1.2")
def the_held_out_split(answer: Any, context: Any) -> Verdict:
    """Check a SchemaGen that learns nothing from the eval split.

    Args:
        answer: a ``SchemaGen``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "SchemaGen")
    excluded = reading.excluded_splits(built)
    if "train" in excluded:
        return not_yet("this leaves out the split to learn from.")
    if "eval" not in excluded:
        return not_yet("it still reads the statistics of the eval split.")
    return yes(
        "the rules come from the train split alone, so the eval split can be held against them."
    )


@exercise("1.3")
def the_validator(answer: Any, context: Any) -> Verdict:
    """Check an ExampleValidator of all splits against the schema.

    Args:
        answer: an ``ExampleValidator``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "ExampleValidator")
    if reading.producer(built, "statistics")[0] != "StatisticsGen":
        return not_yet("give it the statistics of statistics_gen.")
    if reading.producer(built, "schema")[0] != "SchemaGen":
        return not_yet("give it the schema of schema_gen.")
    left_out = reading.excluded_splits(built)
    if left_out:
        return not_yet(f"it does not look at the split {left_out[0]!r}; both are to be validated.")
    return yes("two channels in, one out: the anomalies.")


@exercise("1.4")
def the_pusher(answer: Any, context: Any) -> Verdict:
    """Check a Pusher of the new model that asks for the Evaluator's blessing.

    Args:
        answer: a ``Pusher``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "Pusher")
    if reading.producer(built, "model")[0] != "Trainer":
        return not_yet("the model to deliver is the one that the Trainer has just made.")
    if reading.producer(built, "model_blessing")[0] != "Evaluator":
        return not_yet("without the blessing it would push any model, also one that was refused.")
    if not built.exec_properties.get("push_destination"):
        return not_yet("it does not know where to push to.")
    return yes("it reads the model and the blessing, so a refused model stays where it is.")


@exercise("1.5")
def the_stricter_evaluator(answer: Iterable[str], context: Any) -> Verdict:
    """Check which components have to run when only the AUC threshold changes.

    What is right is derived from the components themselves: those whose settings differ, and all that lie downstream.

    Args:
        answer: component ids, in any order.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    named = reading.names(answer)
    changed, affected, every = _affected_by_threshold()
    unknown = named - every
    if unknown:
        return not_yet(
            f"no component has the id {sorted(unknown)[0]!r}; the graph at the top shows the ids."
        )
    if named == affected:
        return yes(
            "only the component that has the threshold among its settings, and what lies downstream of it."
        )
    if named == changed:
        return not_yet(
            "right so far; now look at what reads the artifact that this component writes anew."
        )
    if named - affected:
        return not_yet(
            f"{sorted(named - affected)[0]} does not depend on the threshold: "
            "neither its settings nor its inputs change."
        )
    return not_yet(
        "one component holds the threshold in its settings; find it in the graph, and what lies downstream."
    )


@exercise("1.6")
def the_code_alone(answer: float, context: Any) -> Verdict:
    """Check the AUC of ``resolution_code`` taken as a score.

    Args:
        answer: an area from 0 to 1.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    from sklearn.metrics import roc_auc_score

    from utils.complaints import csvio, variants

    value = reading.number(answer)
    rows = csvio.read_records(variants.ensure("leak"))
    labels = [row["consumer_disputed"] == "1" for row in rows]
    auc = roc_auc_score(labels, [int(row["resolution_code"][1:]) for row in rows])
    if abs(value - auc) <= CLOSE:
        return yes(
            "one column, no model, and far better than any honest model: that is what a leak looks like."
        )
    if abs(value - (1 - auc)) <= CLOSE:
        return not_yet("the score points the wrong way: R2 must get the highest number.")
    top = [label for label, row in zip(labels, rows, strict=True) if row["resolution_code"] == "R2"]
    if abs(value - sum(top) / len(top)) <= CLOSE:
        return not_yet(
            "that is the share of disputes among R2; the AUC ranks all complaints, R0 and R1 too."
        )
    return not_yet(
        "map the codes to 0, 1 and 2, and give roc_auc_score the labels first, the scores second."
    )


def _cycle(graph: Mapping[str, Iterable[str]]) -> set[str]:
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return set(error.args[1])
    return set()


def _affected_by_threshold() -> tuple[set[str], set[str], set[str]]:
    """Return the ids of the components whose settings hold the threshold, of those that must run, and of all."""
    from utils.pipeline import components
    from utils.pipeline.config import PipelineConfig

    config = PipelineConfig()
    stricter = config.replace(
        thresholds=config.thresholds.replace(min_auc=config.thresholds.min_auc + 0.01)
    )
    before, after = (list(components.build(c).values()) for c in (config, stricter))
    changed = {
        old.id
        for old, new in zip(before, after, strict=True)
        if str(old.exec_properties) != str(new.exec_properties)
    }
    affected = set(changed)
    for node in before:
        reads = {
            getattr(channel, "producer_component_id", None) for channel in node.inputs.values()
        }
        if reads & affected:
            affected.add(node.id)
    return changed, affected, {node.id for node in before}
