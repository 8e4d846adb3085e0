"""Chapter 6: networks and searches that the notebook's own wrong answers do not cover."""

from types import SimpleNamespace

import keras
import keras_tuner
import numpy as np
import pytest
from tfx import v1 as tfx

from utils import exercises
from utils.exercises import chapter_06, reading


def network(*layers, train=True):
    inputs = keras.Input((2,))
    hidden = inputs
    for layer in layers:
        hidden = layer(hidden)
    model = keras.Model(inputs, hidden)
    model.compile("sgd", loss="binary_crossentropy")
    if train:
        model.fit(np.zeros((4, 2)), np.zeros((4, layers[-1].units)), verbose=0)
    return model


def dense(units, activation="relu"):
    return keras.layers.Dense(units, activation=activation)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ((dense(16), dense(8), dense(1)), "must still give one probability"),
        ((dense(16), dense(4), dense(1, "sigmoid")), "the units of yours are 16, 4, 1"),
        ((dense(4), dense(8), dense(1, "sigmoid")), "the units of yours are 4, 8, 1"),
        ((dense(16), dense(8), dense(8), dense(1, "sigmoid")), "the units of yours are"),
    ],
)
def test_networks_of_another_form(tmp_path, layers, says):
    assert says in repr(ask("6.1", network(*layers), tmp_path))


@pytest.mark.parametrize("number", ["6.1", "6.2", "6.4", "6.5"])
def test_what_is_nothing_of_the_kind_is_not_yet_right(number, tmp_path):
    given = {"6.2": {"earlier": None}, "6.5": {"first": None, "later": None, "cold": None}}.get(
        number, {}
    )
    assert "another form" in repr(ask(number, "a text", tmp_path, **given))


def test_another_activation_is_right_as_well(tmp_path):
    assert ask("6.1", network(dense(16), dense(8, "tanh"), dense(1, "sigmoid")), tmp_path)


def ask(number, answer, store, **given):
    class Context:
        pass

    context = Context()
    context.store = store
    return exercises.check(number, answer, context, **given)


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([chapter_06.NARRATIVE], "by kind"),
        (None, "by kind"),
        ({"text": None}, "reads 0 columns"),
        ({"text": [chapter_06.NARRATIVE], "categorical": None}, "its own"),
    ],
)
def test_a_trainer_is_told_its_columns_by_kind(monkeypatch, features, said):
    trainer = tfx.components.Trainer(
        run_fn=chapter_06.RUN_FN,
        examples=tfx.dsl.Channel(type=tfx.types.standard_artifacts.Examples),
        custom_config={"features": features, "model": {}, "seed": 1},
    )
    monkeypatch.setattr(reading, "producer", lambda *_: ("Transform", "transformed_examples"))
    for name in ("_uri", "_made"):
        monkeypatch.setattr(chapter_06, name, lambda *_: "folder")
    earlier = SimpleNamespace(transform=None)
    assert said in chapter_06.a_trainer_of_one_s_own(trainer, None, earlier=earlier).reason


def test_a_search_whose_network_has_no_embedding(tmp_path):
    def build(drawn):
        drawn.Float("learning_rate", 0.001, 0.1)
        drawn.Choice("embedding", [2, 8])
        return network(dense(1, "sigmoid"), train=False)

    search = keras_tuner.RandomSearch(
        build, objective="loss", max_trials=1, directory=str(tmp_path), project_name="search"
    )
    verdict = chapter_06.one_dimension_more(search, None)
    assert not verdict
    assert "categories_embedding" in verdict.reason
