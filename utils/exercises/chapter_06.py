"""The exercises of chapter 6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from utils.exercises import Verdict, exercise, not_yet, reading, run_it, yes

FIRST, UNITS = 16, 8
"""Units of the hidden layer that there is, and of the one that exercise 6.1 asks for."""

RUN_FN = "utils.pipeline.modules.trainer.run_fn"
"""The function that exercise 6.2 hands to a Trainer."""

NARRATIVE = "consumer_complaint_narrative"

SAME = 1e-6
"""How far two scores may lie apart and still be the same."""


@exercise("6.1")
def one_layer_more(answer: Any, context: Any) -> Verdict:
    """Check a trained network with a second hidden layer.

    Args:
        answer: a Keras model.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    import keras

    if not isinstance(answer, keras.Model):
        raise reading.AnswerForm("a Keras model", answer)
    dense = [layer for layer in answer.layers if isinstance(layer, keras.layers.Dense)]
    if not dense or dense[-1].units != 1 or dense[-1].activation is not keras.activations.sigmoid:
        return not_yet(
            "the last layer must still give one probability: one unit, with the activation 'sigmoid'."
        )
    if len(dense) == 2:
        return not_yet(
            "the network still has one hidden layer. A layer belongs to it only if its result is handed on to the next."
        )
    units = [layer.units for layer in dense]
    if units != [FIRST, UNITS, 1]:
        return not_yet(
            f"one layer of {UNITS} units was asked for, between the {FIRST} and the probability; the units of yours "
            f"are {', '.join(map(str, units))}."
        )
    following = answer.layers[answer.layers.index(dense[1]) + 1]
    activated = isinstance(following, (keras.layers.Activation, keras.layers.ReLU))
    if dense[1].activation is keras.activations.linear and not activated:
        return not_yet(
            "without an activation the new layer is linear, and a linear function of a linear function is one again."
        )
    if not getattr(answer, "optimizer", None) or not int(answer.optimizer.iterations):
        return not_yet("the layer is there, and the network has not been trained yet.")
    return yes("it has two hidden layers, and its weights have been fitted.")


@exercise("6.2")
def a_trainer_of_one_s_own(answer: Any, context: Any, earlier: Any) -> Verdict:
    """Check a Trainer that reads the narrative alone.

    Args:
        answer: a ``Trainer``.
        context: the notebook's context; not used.
        earlier: the components that have run, up to Transform.

    Returns:
        The verdict.
    """
    built = reading.component(answer, "Trainer")
    if built.exec_properties.get("run_fn") != RUN_FN:
        return not_yet(f"the function to run is {RUN_FN!r}; name it as run_fn.")
    if reading.producer(built, "examples")[1] != "transformed_examples":
        return not_yet("these are the raw examples; the network reads what Transform made of them.")
    if _uri(built, "examples") != _made(earlier.transform, "transformed_examples"):
        return not_yet("give it the transformed examples of this section.")
    if not _uri(built, "transform_graph"):
        return not_yet(
            "it has no transform_graph, and without one run_fn knows neither the vocabularies nor how to transform a "
            "request."
        )
    settings = json.loads(built.exec_properties.get("custom_config") or "{}") or {}
    missing = [name for name in ("features", "model", "seed") if name not in settings]
    if missing:
        return not_yet(f"run_fn also reads {missing[0]!r} from custom_config.")
    features = settings["features"]
    if not isinstance(features, Mapping):
        return not_yet(
            "custom_config['features'] is a dictionary of columns by kind: text_only.as_dict() makes it."
        )
    kinds = ("categorical", "zip_code", "text")
    read = [name for kind in kinds for name in features.get(kind) or []]
    if read != [NARRATIVE]:
        return not_yet(
            f"this network reads {len(read)} columns; custom_config['features'] says which."
        )
    if built.id == "Trainer":
        return not_yet(
            "two nodes of one pipeline cannot have the same id: give this one its own, by with_id(...)."
        )
    if not reading.has_run(built):
        return run_it("text_trainer")
    by_company, by_narrative = _what_the_score_goes_by(built)
    if by_company or not by_narrative:
        return not_yet(
            "the model that it has made does not go by the narrative alone: has custom_config been changed since?"
        )
    return yes(
        "the model that it has made scores two complaints alike when they differ in the company, and otherwise when "
        "they differ in the narrative."
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
def one_dimension_more(answer: Any, context: Any) -> Verdict:
    """Check a search that also draws the size of the embedding, and uses it.

    Args:
        answer: keras-tuner's search, which has run.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    import keras_tuner

    if not isinstance(answer, keras_tuner.Tuner):
        raise reading.AnswerForm("a search of keras-tuner", answer)
    drawn = {entry.name: entry for entry in answer.oracle.get_space().space}
    if "learning_rate" not in drawn:
        return not_yet("the learning rate is not drawn any more; keep it beside the new one.")
    if "embedding" not in drawn:
        return not_yet(
            "the search draws " + ", ".join(sorted(drawn)) + "; 'embedding' is not among them."
        )
    choices = set(getattr(drawn["embedding"], "values", ()))
    if choices != {2, 8}:
        return not_yet("'embedding' was to be chosen from 2 and 8.")
    try:
        sizes = {_embedding(answer, size) for size in choices}
    except (
        Exception
    ) as error:  # whatever the reader's own function raises, or Keras where there is no such layer
        return not_yet(f"the network that it builds cannot be looked at: {error}")
    if sizes != choices:
        return not_yet(
            "'embedding' is drawn, but the network does not use it: whatever is drawn, its layer categories_embedding "
            f"has {', '.join(map(str, sorted(sizes)))} numbers a word."
        )
    done = [trial for trial in answer.oracle.trials.values() if trial.score is not None]
    if not done:
        return not_yet("no trial has been run; call search(...).")
    return yes(f"{len(done)} trials, and each has drawn both settings.")


@exercise("6.5")
def a_warm_start(answer: Any, context: Any, first: Any, later: Any, cold: Any) -> Verdict:
    """Check a Trainer of the new span that starts from the model of the first.

    Args:
        answer: a ``Trainer``.
        context: the notebook's context; not used.
        first: the Trainer whose model to start from.
        later: the components of the new span.
        cold: the Trainer of the new span that has started from nothing.

    Returns:
        The verdict, by the logs of its training.
    """
    built = reading.component(answer, "Trainer")
    if not _uri(built, "base_model"):
        return not_yet("this is the cold start again: it was given no model to start from.")
    if _uri(built, "base_model") != _made(first, "model"):
        return not_yet("the model to start from is that of the first span, which `trainer` made.")
    wanted: Mapping[str, str] = {
        "examples": "transformed_examples",
        "transform_graph": "transform_graph",
    }
    for name, key in wanted.items():
        if _uri(built, name) != _made(later.transform, key):
            return not_yet(
                f"its {name} must be those of the new span: the old model is where it starts, not what it learns from."
            )
    if not reading.has_run(built):
        return run_it("warm")
    loss, of_cold = _first_loss(built), _first_loss(cold)
    if loss >= of_cold:
        return not_yet(
            f"the mean loss of its first epoch, {loss:.3f}, is not below that of the cold start, {of_cold:.3f}: was it "
            "given the same settings?"
        )
    return yes(
        "it learns from the new span, and starts where the old model ended: the mean loss of its first epoch is "
        f"{loss:.3f}, that of the cold start {of_cold:.3f}."
    )


def _what_the_score_goes_by(trainer: Any) -> tuple[bool, bool]:
    """Return whether a model's score changes with the company, and whether it does with the narrative."""
    from utils.complaints import csvio, spans
    from utils.pipeline.predict import ExportedModel

    model = ExportedModel(_made(trainer, "model"))
    one, other, *_ = csvio.read_records(spans.ensure("S1"))
    rows = [one, {**other, NARRATIVE: one[NARRATIVE]}, {**one, NARRATIVE: other[NARRATIVE]}]
    first, company, narrative = (float(score) for score in model.predict(rows))
    return abs(company - first) > SAME, abs(narrative - first) > SAME


def _first_loss(trainer: Any) -> float:
    """Return the mean loss of a training's first epoch, on the train split."""
    from utils.training.curves import curves

    table = curves(trainer)
    return float(table[(table.split == "train") & (table.epoch == 1)].loss.iloc[0])


def _uri(component: Any, name: str) -> str:
    """Return the folder that an input of a component leads to; empty where it was not given or has not been made."""
    channel = component.inputs.get(name)
    return "".join(artifact.uri for artifact in channel.get()) if channel is not None else ""


def _made(component: Any, name: str) -> str:
    return str(component.outputs[name].get()[0].uri)


def _embedding(search: Any, size: int) -> int:
    """Return the size of the embedding in the network that a search builds for a drawn size."""
    space = search.oracle.get_space()
    space.values["embedding"] = size
    model = search.hypermodel.build(space)
    return int(model.get_layer("categories_embedding").output_dim)
