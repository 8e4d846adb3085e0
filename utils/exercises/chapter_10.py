"""The exercises of chapter 10: components that the reader writes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from utils import examples as read
from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes
from utils.exercises.reading import AnswerForm

LABEL, SPLIT = "consumer_disputed", "eval"
"""Exercise 10.1: the label, and the split in which it is counted."""

EVERY = 10
"""Exercise 10.2: one row of so many is kept."""

TEXTS = ("complaint_id", "consumer_complaint_narrative")
"""Exercise 10.3: the features that an example of a letter has."""

AGAIN = (
    "run it once with enable_cache=False, because the cache does not see that the code has changed."
)


@exercise("10.1")
def a_share_by_a_function(answer: Any, context: Any, *, examples: Any) -> Verdict:
    """Check a component made from a function, which returns the share of disputed complaints in a split.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        examples: The component whose examples it is to count.

    Returns:
        The verdict, by what the component has returned, and by what its function returns when it is called now.
    """
    from tfx.dsl.component.experimental.decorators import BaseFunctionalComponent

    component = _component(answer, "DisputeShare(...)")
    if not isinstance(component, BaseFunctionalComponent):
        return not_yet(
            "it is not made from a function: put @tfx.dsl.components.component before one."
        )
    missing = _interface(component, {"examples"}, {"share"}, {"split"})
    if missing:
        return not_yet(missing)
    if component.outputs["share"].type.TYPE_NAME != "Float":
        return not_yet("the value share is to be announced as a float, by OutputDict(share=float).")
    if reading.producer(component, "examples") != (examples.id, "examples"):
        return not_yet(f"its examples are to be those of {examples.id}.")
    if component.exec_properties["split"] != SPLIT:
        return not_yet(f"it is to be built for the split {SPLIT!r}.")
    if not reading.has_run(component):
        return run_it("my_share")
    labels = read.table(examples.outputs["examples"], SPLIT)[LABEL]
    right = float((labels == 1).mean())
    (artifact,) = component.outputs["share"].get()
    share = artifact.read()
    if math.isclose(share, right, abs_tol=1e-9):
        return yes(
            f"{share:.1%} of the {len(labels):,} complaints in {SPLIT} were disputed, and ML Metadata has the number."
        )
    (source,) = examples.outputs["examples"].get()
    now = type(component).test_call(examples=source, split=SPLIT)
    if isinstance(now, dict) and math.isclose(now.get("share", -1.0), right, abs_tol=1e-9):
        return not_yet(
            f"your function returns the right share now, and the component has an older one: {AGAIN}"
        )
    everywhere = read.table(examples.outputs["examples"])[LABEL]
    if math.isclose(share, float((everywhere == 1).mean()), abs_tol=1e-9):
        return not_yet(
            "that is the share in all splits together: read only the split that is asked for."
        )
    if math.isclose(share, 1 - right, abs_tol=1e-9):
        return not_yet("that is the share of the complaints that were not disputed.")
    if math.isclose(share, float((labels == 1).sum())):
        return not_yet(
            "that is the number of disputed complaints: divide it by the number of rows."
        )
    return not_yet(f"it returned {share:g}, and the share of the rows whose label is 1 is another.")


@exercise("10.2")
def a_sampler_from_scratch(answer: Any, context: Any, *, examples: Any) -> Verdict:
    """Check a component from scratch, which copies some of the rows of each split.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        examples: The component whose examples it is to sample.

    Returns:
        The verdict, by the component's parts and the rows that it has copied.
    """
    from tfx.dsl.component.experimental.decorators import BaseFunctionalComponent

    component = _component(answer, "Sampler(...)")
    if isinstance(component, BaseFunctionalComponent):
        return not_yet(
            "it is made from a function. Write the specification, the executor and the component as classes."
        )
    missing = _interface(component, {"examples"}, {"sample"}, {"every"})
    if missing:
        return not_yet(missing)
    if component.outputs["sample"].type.TYPE_NAME != "Examples":
        return not_yet("the output sample is to be of the type Examples.")
    if reading.producer(component, "examples") != (examples.id, "examples"):
        return not_yet(f"its examples are to be those of {examples.id}.")
    if component.exec_properties["every"] != EVERY:
        return not_yet(f"it is to be built with every={EVERY}.")
    if not reading.has_run(component):
        return run_it("my_sampler")
    (source,), (sample,) = (one.get() for one in _channels(examples, component))
    splits = read.split_names(source)
    if not sample.split_names:
        return not_yet(
            "the sample has no split_names, so no other component will find its rows: set that property as it is in "
            "the input."
        )
    if read.split_names(sample) != splits:
        return not_yet(f"the sample is to have the splits of the input, {', '.join(splits)}.")
    for split in splits:
        rows, kept = (list(read.records(one, split)) for one in (source, sample))
        if kept != rows[::EVERY]:
            return not_yet(_difference(split, rows, kept))
    counts = {split: len(list(read.records(sample, split))) for split in splits}
    told = " and ".join(f"{count} rows in {split}" for split, count in counts.items())
    return yes(f"it has copied {told}, and any component that reads examples can take them.")


@exercise("10.3")
def an_executor_for_letters(answer: Any, context: Any, *, folder: Path) -> Verdict:
    """Check an ExampleGen with an executor of the reader's own, which reads text files.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        folder: The folder with the files.

    Returns:
        The verdict, by the examples that it has made.
    """
    from tfx.components.example_gen.base_example_gen_executor import BaseExampleGenExecutor

    component = reading.component(answer, "FileBasedExampleGen")
    executor = component.executor_spec.executor_class
    if not issubclass(executor, BaseExampleGenExecutor) or executor.__module__.startswith("tfx."):
        return not_yet(
            "its executor is one of TFX's: hand yours over by custom_executor_spec=BeamExecutorSpec(...)."
        )
    if not reading.has_run(component):
        return run_it("my_letter_gen")
    made = read.table(component.outputs["examples"])
    absent = [name for name in TEXTS if name not in made.columns]
    if absent:
        return not_yet(f"the examples have no feature {absent[0]!r}.")
    files = {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt"))}
    found = dict(zip(made[TEXTS[0]].astype(str), made[TEXTS[1]], strict=True))
    if len(made) != len(files):
        return not_yet(f"there are {len(made)} examples, and {len(files)} files in the folder.")
    if set(found) != set(files):
        strange = sorted(set(found) - set(files))[0]
        return not_yet(
            f"complaint_id is {strange!r}, where the name of the file without its ending is asked for."
        )
    if found != files:
        return not_yet("consumer_complaint_narrative is not the content of the file.")
    return yes(f"all {len(files)} letters are examples, each with its number and its words.")


def _component(answer: Any, call: str) -> Any:
    from tfx.dsl.components.base.base_component import BaseComponent

    if not isinstance(answer, BaseComponent):
        raise AnswerForm(f"a component, built by {call}", answer)
    return answer


def _interface(component: Any, inputs: set[str], outputs: set[str], parameters: set[str]) -> str:
    """Say what a component lacks of the inputs, outputs and parameters that were asked for; empty for nothing."""
    spec = component.spec
    for kind, wanted, there in (
        ("input", inputs, spec.inputs),
        ("output", outputs, spec.outputs),
        ("parameter", parameters, spec.exec_properties),
    ):
        absent = sorted(wanted - set(there))
        if absent:
            return f"it has no {kind} {absent[0]!r}."
    return ""


def _channels(examples: Any, component: Any) -> tuple[Any, Any]:
    return examples.outputs["examples"], component.outputs["sample"]


def _difference(split: str, rows: list[bytes], kept: list[bytes]) -> str:
    """Say how a sample differs from the one that was asked for."""
    wanted = rows[::EVERY]
    if kept == rows:
        return f"all {len(rows):,} rows of {split} were copied."
    if len(kept) != len(wanted):
        return f"{split} has {len(kept):,} rows, and every tenth of {len(rows):,}, with the first, makes {len(wanted)}."
    return (
        f"{split} has as many rows as it should, and they are other ones: the first is to be kept, then the eleventh, "
        "and so on."
    )
