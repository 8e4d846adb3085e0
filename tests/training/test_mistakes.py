"""The commonest mistakes of chapter 6, each answered by a message that names the cure."""

import contextlib
from types import SimpleNamespace

import pytest

from tests.training.parts import Channel, Component, trained
from utils.pipeline.config import ConfigError, ModelSpec, Search, check_strategy
from utils.training import runs, scores
from utils.training.curves import curves
from utils.training.errors import TrainingError
from utils.training.trials import trials


def test_looking_before_the_component_has_run():
    with pytest.raises(TrainingError, match="Trainer has not run") as caught:
        curves(trained())
    assert "context.run(...)` for Trainer first" in caught.value.cure


@pytest.mark.parametrize(
    "look",
    [
        lambda: trials(trained("somewhere")),
        lambda: curves(Channel("Model", "somewhere")),
        lambda: scores.scores(Component("Transform"), None),
        lambda: curves(ModelSpec()),
    ],
    ids=["Trainer for Tuner", "model for logs", "Transform for Trainer", "settings for Trainer"],
)
def test_another_component_or_output_than_the_one_asked_for(look):
    with pytest.raises(TrainingError, match=r'Give `\w+\.outputs\["\w+"\]`'):
        look()


class Store:
    @contextlib.contextmanager
    def metadata(self):
        yield SimpleNamespace(store=None)


def test_comparing_configurations_in_place_of_runs():
    with pytest.raises(TrainingError, match="not a run") as caught:
        runs.compare(Store(), first=ModelSpec(), second=ModelSpec())
    assert "context.catch_up" in caught.value.cure


def test_a_comparison_of_one():
    with pytest.raises(TrainingError, match="at least two runs"):
        runs.compare(None, first=[])


@pytest.mark.parametrize(
    ("values", "cure"),
    [
        ({"learning_rate": 0.01}, "the least and the greatest"),
        ({"learning_rate": (0.1, 0.001)}, "the least and the greatest"),
        ({"layers": (32, 16)}, r"at least one hidden layer, for example \(32, 16\)"),
        ({"layers": ()}, "the values to choose from"),
        ({"dropout": 0.3}, "the values to choose from"),
        ({"trials": 0}, "trials"),
        ({"split": "eval"}, "a split of its own"),
    ],
)
def test_a_search_that_cannot_be(values, cure):
    with pytest.raises(ConfigError, match=cure):
        Search(**values)


def test_a_strategy_for_several_machines():
    with pytest.raises(ConfigError, match="OneDeviceStrategy, MirroredStrategy"):
        check_strategy("MultiWorkerMirroredStrategy")
    assert check_strategy("MirroredStrategy") == "MirroredStrategy"
