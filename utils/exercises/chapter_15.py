"""The exercises of chapter 15: a trainer, a roll back, a test of a model, and a workflow file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes

UNITS = (8,)
"""Exercise 15.1: the hidden layers of the network."""

CLOSE = 1e-6
"""How far two scores of one complaint may lie apart that differ by rounding only."""

HISTORIES: tuple[tuple[tuple[tuple[str, str, str], ...], str | None], ...] = (
    ((("101", "stable", "release"), ("102", "stable", "release")), "101"),
    ((("101", "stable", "release"), ("102", "canary", "release")), None),
    ((("101", "stable", "release"), ("102", "canary", "release"), ("103", "stable", "release")), "101"),
    ((("101", "stable", "release"), ("102", "stable", "release"), ("101", "stable", "roll back")), None),
    (
        (
            ("101", "stable", "release"),
            ("102", "stable", "release"),
            ("101", "stable", "roll back"),
            ("103", "stable", "release"),
        ),
        "101",
    ),
    (
        (
            ("101", "stable", "release"),
            ("102", "stable", "release"),
            ("103", "stable", "release"),
            ("102", "stable", "roll back"),
        ),
        "101",
    ),
    ((("101", "stable", "release"), ("102", "stable", "release"), ("102", "stable", "release")), "101"),
    ((), None),
)  # fmt: skip
"""Exercise 15.2: histories of version, label and kind, and the version to which ``stable`` goes back."""

TITLE = "github.event.pull_request.title"
"""Exercise 15.4: what the workflow prints, and anybody may write."""

NOT_FOR_TAGS = re.compile(r"!\s*\(?\s*(startsWith|contains)|ref_type\s*(==\s*'branch'|!=\s*'tag')")
"""Exercise 15.4: conditions that turn round which runs are for tags."""


@exercise("15.1")
def another_trainer(answer: Any, context: Any, *, examples: Any) -> Verdict:
    """Check a Trainer whose model is a network of scikit-learn.

    Args:
        answer: The reader's Trainer.
        context: The notebook's context; not used.
        examples: The component whose examples the model is asked about.

    Returns:
        The verdict, by the model that was kept and by what the exported one answers.
    """
    component = reading.component(answer, "Trainer")
    if not reading.has_run(component):
        return run_it("my_trainer")
    (run,), (exported,) = (component.outputs[name].get() for name in ("model_run", "model"))
    file = Path(run.uri, "model.joblib")
    if not file.is_file():
        return not_yet(
            "its run_fn keeps no model.joblib in the output model_run: use the run_fn that stands in this chapter."
        )
    import joblib

    model = joblib.load(file)
    kind = type(model).__name__
    if kind != "MLPClassifier":
        return not_yet(f"its model is a {kind} and no MLPClassifier: look at the framework.")
    hidden = model.hidden_layer_sizes
    if tuple(hidden if isinstance(hidden, (tuple, list)) else (hidden,)) != UNITS:
        return not_yet(f"its hidden layers are {hidden}, and one of {UNITS[0]} units is asked for.")
    apart, auc = _served(model, exported.uri, examples)
    if not apart <= CLOSE:
        return not_yet(
            f"the exported model's scores differ from scikit-learn's by up to {apart:.1e}: are all layers exported, "
            "in their order?"
        )
    return yes(
        f"TFX trains a network of scikit-learn, and the exported one agrees with it to {apart:.0e}. Its AUC is {auc}."
    )


def _served(model: Any, folder: str, examples: Any) -> tuple[float, Any]:
    """Return how far an exported model's scores are from its own at most, and the AUC with its interval."""
    import numpy as np
    import tensorflow as tf

    from utils import intervals
    from utils.analysis import rows
    from utils.complaints.schema import LABEL
    from utils.pipeline.predict import find_model, serialize

    held_out = rows.read_examples(examples.outputs["examples"])
    signatures = tf.saved_model.load(str(find_model(folder))).signatures
    asked = tf.constant(serialize(rows.complaints(held_out)))
    served = signatures["serving_default"](examples=asked)["probability"].numpy()[:, 0]
    matrix = signatures["inputs"](examples=asked)["matrix"].numpy()
    apart = float(np.abs(model.predict_proba(matrix)[:, 1] - served).max())
    return apart, intervals.auc_interval(held_out[LABEL], served)


@exercise("15.2")
def roll_back(answer: Any, context: Any) -> Verdict:
    """Check a function that says to which version a label goes back.

    Args:
        answer: The reader's function, from a history to a version or None.
        context: The notebook's context; not used.

    Returns:
        The verdict, by histories that the check makes up.
    """
    reading.function(answer, "a function, to be called as roll_back(history)")
    for history, right in HISTORIES:
        entries = [
            {"version": version, "label": label, "kind": kind} for version, label, kind in history
        ]
        told = _told(history)
        try:
            found = answer([dict(entry) for entry in entries])
        except Exception as error:
            return not_yet(f"after {told}, your function raises {type(error).__name__}: {error}")
        if not isinstance(found, (str, type(None))) or found != right:
            wanted = "there is nothing to go back to" if right is None else f"{right} is right"
            return not_yet(f"after {told}, {wanted}, and your function says {found!r}.")
    return yes(
        "it never goes back to a version that was taken back itself, never to a canary, and says so when there is none."
    )


def _told(history: Sequence[tuple[str, str, str]]) -> str:
    if not history:
        return "no release at all"
    words = {"release": "{} of {}", "roll back": "a roll back to {}"}
    return ", then ".join(
        words[kind].format(label, version) if kind == "release" else words[kind].format(version)
        for version, label, kind in history
    )


@exercise("15.3")
def a_test_of_a_model(answer: Any, context: Any, *, model: Any, complaints: Any) -> Verdict:
    """Check a test that fails for a model whose answer to one complaint depends on the others.

    Args:
        answer: The reader's test, a function of a model's ``predict`` and complaints.
        context: The notebook's context; not used.
        model: The right model.
        complaints: Complaints to ask about.

    Returns:
        The verdict, by what the test says of the right model and of broken ones.
    """
    reading.function(answer, "a function, to be called as my_test(predict, complaints)")
    right: Callable[..., Any] = model.predict
    faults: tuple[tuple[str, Callable[[Any], Any], bool], ...] = (
        ("the right model", lambda scores: scores, True),
        ("the right model, with differences of 0.0000001 from rounding", _rounding, True),
        ("the model that divides by the largest score of the batch", _largest, False),
        ("a model that subtracts what the batch has on average", _centred, False),
        ("a model whose score rises with the place in the batch", _rising, False),
    )
    for name, change, good in faults:

        def predict(asked: Any, change: Callable[[Any], Any] = change) -> Any:
            return change(right(asked))

        try:
            said = answer(predict, list(complaints))
        except AssertionError as error:
            if good:
                why = str(error).strip().partition("\n")[0] or "an assertion without words"
                return not_yet(f"it fails for {name}, which has no fault: {why}")
            continue
        except Exception as error:
            return not_yet(f"for {name} it raises {type(error).__name__}: {error}")
        if type(said).__name__ in ("bool", "bool_"):  # Python's own and NumPy's
            return not_yet("it returns a truth value: a test says no by an assert that fails.")
        if not good:
            return not_yet(f"it passes for {name}.")
    return yes(
        "it passes for the right model and fails for three broken ones, of which the AUC would bless the first two."
    )


def _rounding(scores: Any) -> Any:
    import numpy as np

    return scores + np.float32(1e-7) * (len(scores) % 2)


def _largest(scores: Any) -> Any:
    return scores * 0.9 / scores.max()


def _centred(scores: Any) -> Any:
    import numpy as np

    return np.clip(0.5 + scores - scores.mean(), 0.0, 1.0)


def _rising(scores: Any) -> Any:
    import numpy as np

    return scores + np.arange(len(scores)) * 1e-3


@exercise("15.4")
def a_workflow(answer: Any, context: Any, *, broken: str) -> Verdict:
    """Check a mended workflow file.

    Args:
        answer: The reader's text.
        context: The notebook's context; not used.
        broken: The text with the faults.

    Returns:
        The verdict, by both linters, and by what the workflow still does.
    """
    import yaml

    from utils.releasing import workflows

    text = reading.text(answer)
    findings = workflows.check(text)
    if findings:
        first = findings[0]
        return not_yet(f"{first.tool} says of {first.where}: {first.said} ({first.what}).")
    mended, before = yaml.safe_load(text), yaml.safe_load(broken)
    jobs, old = mended["jobs"], before["jobs"]
    if set(jobs) != set(old):
        return not_yet(f"its jobs are to be {' and '.join(sorted(old))}, as before.")
    for name in old:
        for command in (step["run"] for step in old[name]["steps"] if "run" in step):
            kept = [step.get("run", "") for step in jobs[name]["steps"]]
            if TITLE not in command and command not in kept:
                return not_yet(f"the job {name} no longer runs {command!r}.")
    printed = [
        step
        for step in jobs["test"]["steps"]
        if re.search(r"\b(echo|printf)\b", step.get("run", ""))
        and TITLE in str([one.get("env") for one in (mended, jobs["test"], step)])
    ]
    if not printed:
        return not_yet(
            "it no longer prints the title of the pull request: hand it over by env, and print the variable."
        )
    needs = jobs["release"].get("needs", [])
    if "test" not in ([needs] if isinstance(needs, str) else needs):
        return not_yet(
            "the job release does not wait for the job test, so a model is pushed whose tests have failed."
        )
    condition = str(jobs["release"].get("if", ""))
    if NOT_FOR_TAGS.search(condition) or not re.search("refs/tags/|ref_type", condition):
        return not_yet(
            "the job release runs on every pull request too: let it run for tags only, by a line with if."
        )
    return yes("both linters are silent, and no model leaves before its tests have passed.")
