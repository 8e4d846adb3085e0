"""The exercises of chapter 10: components that the reader writes."""

from __future__ import annotations

import functools
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

AGAIN = (
    "run it once with enable_cache=False, because the cache does not see that the code has changed."
)

MARGIN, TOLERANCE = 0.02, 1e-5
"""What exercises 10.3 and 10.6 ask for."""

INTERVALS = ((-0.01, 0.05, 1), (-0.03, 0.05, 0), (-0.5, 0.9, 0), (0.01, 0.05, 1))
"""Exercise 10.3: ends of an interval, and whether the new model is good enough with a margin of 0.02."""

VERDICTS = (
    ((1, "Ada"), (1, "Grace"), 1),
    ((1, "Ada"), (1, "Ada"), 0),
    ((1, "Ada"), (0, "Grace"), 0),
    ((0, "Ada"), (1, "Grace"), 0),
    ((0, "Ada"), (0, "Grace"), 0),
)
"""Exercise 10.4: the first review, the second one, and whether both together allow the push."""

TEXTS = ("complaint_id", "consumer_complaint_narrative")
"""Exercise 10.5: the features that an example of a letter has."""


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
    try:
        now = type(component).test_call(examples=source, split=SPLIT)["share"]
        mended = math.isclose(now, right, abs_tol=1e-9)
    except Exception as error:  # whatever the function, which may have been edited since, raises
        return not_yet(
            f"it returned {share:g}, and now your function stops: {type(error).__name__}: {error}"
        )
    if mended:
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
    return not_yet(
        f"it returned {share:g}, and the share of the rows whose label is 1 is a different number."
    )


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
def good_enough(answer: Any, context: Any, *, compared: Any) -> Verdict:
    """Check a component that blesses a model which is not worse by more than a margin.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        compared: The component whose comparison it is to judge.

    Returns:
        The verdict.
    """
    _own_component(answer)
    wired = _wired(answer, {"comparison": (compared, "comparison")}, "ModelBlessing")
    if wired is not None:
        return wired
    kind = compared.outputs["comparison"].type
    for low, high, right in INTERVALS:
        made = kind()
        made.low, made.high = low, high
        said = f"with a margin of {MARGIN} and an interval from {low:+} to {high:+}"
        wrong = _judged(answer, said, right, comparison=made, margin=MARGIN)
        if wrong is not None:
            return wrong
    if answer.exec_properties.get("margin") != MARGIN:
        return not_yet(f"it is built with another margin than {MARGIN}.")
    if not reading.has_run(answer):
        return run_it("good_enough")
    (comparison,) = compared.outputs["comparison"].get()
    return yes(
        f"the lower end is {comparison.low:+.3f}, and the component says {_blessed(answer)}. "
        "The same interval answers another question."
    )


@exercise("10.4")
def four_eyes(answer: Any, context: Any, *, reviewed: list[Any]) -> Verdict:
    """Check a component that takes two reviews and blesses only what two people have allowed.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        reviewed: The two reviews that it is to judge.

    Returns:
        The verdict.
    """
    from tfx.types import standard_artifacts

    _own_component(answer)
    names = ("first", "second")
    inputs = {name: (one, "blessing") for name, one in zip(names, reviewed, strict=True)}
    if _producers(answer, names) == [(one.id, "blessing") for one in reversed(reviewed)]:
        inputs = {name: inputs[other] for name, other in zip(names, reversed(names), strict=True)}
    wired = _wired(answer, inputs, "ModelBlessing")
    if wired is not None:
        return wired
    for *both, right in VERDICTS:
        given = {}
        for name, (blessed, by) in zip(names, both, strict=True):
            given[name] = standard_artifacts.ModelBlessing()
            given[name].set_int_custom_property("blessed", blessed)
            given[name].set_string_custom_property("by", by)
        told = " and ".join(f"{'yes' if said else 'no'} from {by}" for said, by in both)
        wrong = _judged(answer, f"with {told}", right, **given)
        if wrong is not None:
            return wrong
    if not reading.has_run(answer):
        return run_it("four_eyes")
    return yes(f"it needs two people, and says {_blessed(answer)} of these two reviews.")


@exercise("10.5")
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
    numbers = made[TEXTS[0]].astype(str)
    found = dict(zip(numbers, made[TEXTS[1]], strict=True))
    if len(made) != len(files):
        return not_yet(f"there are {len(made)} examples, and {len(files)} files in the folder.")
    if not numbers.is_unique:
        return not_yet(
            f"complaint_id is {numbers[numbers.duplicated()].iloc[0]!r} twice: each file has a name of its own."
        )
    if set(found) != set(files):
        strange = sorted(set(found) - set(files))[0]
        return not_yet(
            f"complaint_id is {strange!r}, where the name of the file without its ending is asked for."
        )
    if found != files:
        return not_yet("consumer_complaint_narrative is not the content of the file.")
    return yes(f"all {len(files)} letters are examples, each with its number and its words.")


@exercise("10.6")
def lite_gate(answer: Any, context: Any, *, trained: Any, exported: Any) -> Verdict:
    """Check a component that lets a TensorFlow Lite file pass only if it agrees with its model.

    Args:
        answer: The reader's component.
        context: The notebook's context; not used.
        trained: The Trainer of the model.
        exported: The component that made the file.

    Returns:
        The verdict.
    """
    _own_component(answer)
    inputs = {"model": (trained, "model"), "lite_model": (exported, "lite_model")}
    wired = _wired(answer, inputs, "InfraBlessing")
    if wired is not None:
        return wired
    examples = list(answer.inputs["examples"].get()) if "examples" in answer.inputs else []
    if not examples:
        return not_yet("its input examples is missing: give the output of ready.example_gen.")
    if answer.exec_properties.get("tolerance") != TOLERANCE:
        return not_yet(f"it is built with another tolerance than {TOLERANCE:f}.")
    (model,), (file,) = trained.outputs["model"].get(), exported.outputs["lite_model"].get()
    largest = _largest(model.uri, file.uri, examples[0].uri)
    below = 0.99 * largest
    wrong = _judged(
        answer,
        f"with a tolerance of {below:.2e}, which the largest of all differences exceeds,",
        0,
        model=model,
        lite_model=file,
        examples=examples[0],
        tolerance=below,
    )
    if wrong is not None:
        return wrong
    if not reading.has_run(answer):
        return run_it("lite_gate")
    if _blessed(answer) != int(largest <= TOLERANCE):
        return not_yet(
            f"the largest difference is {largest:.1e}, and the component says {_blessed(answer)}."
        )
    return yes(f"the largest difference is {largest:.1e}, and the gate is open.")


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


@functools.lru_cache(maxsize=4)
def _largest(model: str, file: str, examples: str) -> float:
    """Compute how far a file's scores are from its model's at most, for the split eval."""
    import numpy as np

    from utils.analysis import rows
    from utils.optimisation import lite
    from utils.pipeline.predict import ExportedModel

    judged, whole = rows.read_examples(examples), ExportedModel(model)
    written = next(Path(file).rglob("*.tflite")).read_bytes()
    transformed = lite.inputs(whole.transform(rows.complaints(judged)))
    return float(np.abs(rows.score(whole, judged) - lite.scores(written, transformed)).max())


def _own_component(answer: Any) -> None:
    """Refuse what is no component made from a function."""
    from tfx.dsl.components.base.base_node import BaseNode

    if isinstance(answer, type) and issubclass(answer, BaseNode):
        raise AnswerForm("a component that is built, by calling the class with its inputs", answer)
    if not isinstance(answer, BaseNode) or not hasattr(type(answer), "test_call"):
        raise AnswerForm("a component made by @tfx.dsl.components.component", answer)


def _producers(answer: Any, names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [reading.producer(answer, name) for name in names]


def _wired(answer: Any, inputs: dict[str, tuple[Any, str]], output: str) -> Verdict | None:
    """Say which input does not come from where it should, or that the output is not the one asked for."""
    for name, (component, key) in inputs.items():
        if reading.producer(answer, name) != (component.id, key):
            return not_yet(f"its input {name} is not the output {key} of {component.id}.")
    made = answer.outputs.get("blessing")
    if made is None:
        return not_yet("it has no output blessing.")
    if output != made.type.TYPE_NAME:
        return not_yet(f"its output blessing is of the type {made.type.TYPE_NAME}, not {output}.")
    return None


def _judged(answer: Any, said: str, right: int, **given: Any) -> Verdict | None:
    """Call the reader's function with artifacts that are made up, as a unit test does."""
    blessing = answer.outputs["blessing"].type()
    try:
        type(answer).test_call(**given, blessing=blessing)
    except Exception as error:
        return not_yet(f"{said} your function raises {type(error).__name__}: {error}")
    if not blessing.has_custom_property("blessed"):
        return not_yet(f"{said} your function leaves the custom property blessed unset.")
    found = blessing.get_int_custom_property("blessed")
    if found != right:
        return not_yet(f"{said} it should say {right}, and says {found}.")
    return None


def _blessed(answer: Any) -> int:
    (made,) = answer.outputs["blessing"].get()
    return made.get_int_custom_property("blessed")
