"""The exercises of chapter 10."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes
from utils.exercises.reading import AnswerForm

MARGIN, TOLERANCE = 0.02, 1e-5
"""What exercises 10.4 and 10.6 ask for."""

INTERVALS = ((-0.01, 0.05, 1), (-0.03, 0.05, 0), (-0.5, 0.9, 0), (0.01, 0.05, 1))
"""Exercise 10.4: ends of an interval, and whether the new model is good enough with a margin of 0.02."""

VERDICTS = (
    ((1, "Ada"), (1, "Grace"), 1),
    ((1, "Ada"), (1, "Ada"), 0),
    ((1, "Ada"), (0, "Grace"), 0),
    ((0, "Ada"), (1, "Grace"), 0),
    ((0, "Ada"), (0, "Grace"), 0),
)
"""Exercise 10.5: the first review, the second one, and whether both together allow the push."""


@exercise("10.4")
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


@exercise("10.5")
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
