"""Experiments, read from a store that is written by hand."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.lineage import stores
from utils.lineage import experiments


def tell(store: Any, number: int, **properties: int | str) -> None:
    """Gives an artifact custom properties."""
    (artifact,) = store.get_artifacts_by_id([number])
    for name, value in properties.items():
        kind = "int_value" if isinstance(value, int) else "string_value"
        setattr(artifact.custom_properties[name], kind, value)
    store.put_artifacts([artifact])


def train(store: Any, examples: int, component: str = "Trainer", **config: Any) -> int:
    """Trains a model on transformed examples; returns its artifact."""
    _, (transformed,) = stores.step(
        store, "Transform", {"examples": [examples]}, {"transformed_examples": "Examples"}
    )
    told = {
        "custom_config": json.dumps({"code": "1f", **config}),
        "run_fn": "modules.trainer.run_fn",
    }
    _, (model,) = stores.step(
        store, "Trainer", {"examples": [transformed]}, {"model": "Model"}, **told
    )
    return model


MAKES = {"evaluation": "ModelEvaluation", "blessing": "ModelBlessing"}


def judge(store: Any, model: int, blessed: int, baseline: int | None = None) -> None:
    """Lets an Evaluator judge a model."""
    takes = {"model": [model], **({"baseline_model": [baseline]} if baseline else {})}
    _, (_, blessing) = stores.step(store, "Evaluator", takes, MAKES)
    tell(store, blessing, blessed=blessed)


def push(store: Any, model: int, version: str) -> None:
    """Lets a Pusher push a model, or not, where there is no version."""
    _, (pushed,) = stores.step(store, "Pusher", {"model": [model]}, {"pushed_model": "PushedModel"})
    tell(store, pushed, pushed=int(bool(version)), pushed_version=version)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three models of two spans: one pushed, one refused, one that nobody has judged."""
    monkeypatch.setattr(
        experiments, "overall_auc", lambda uri, made: 0.65 if "Evaluation" in uri and made else 0
    )
    made = stores.empty()
    examples = []
    for span in (1, 10):
        _, (one,) = stores.step(made, "ExampleGen", {}, {"examples": "Examples"})
        tell(made, one, span=span)
        examples.append(one)
    first = train(made, examples[0], model={"layers": [32, 16]}, seed=42)
    judge(made, first, 1)
    push(made, first, "1700000000")
    second = train(made, examples[1], model={"layers": [8]}, seed=42)
    judge(made, second, 0, baseline=first)
    push(made, second, "")
    train(made, examples[1], framework="JAX")
    return made


def test_every_model_with_what_became_of_it(store: Any) -> None:
    found = experiments.experiments(store)
    assert [one.state for one in found] == ["pushed", "refused", "not judged"]
    assert [one.span for one in found] == ["1", "10", "10"]
    assert [one.auc for one in found] == [0.65, 0.65, None]
    assert found[0].pushed == ("1700000000",)
    assert found[0].settings == {"model.layers": "32-16", "seed": 42}
    assert {one.code for one in found} == {"modules.trainer"}


def test_a_baseline_is_not_what_is_judged(store: Any) -> None:
    first = experiments.experiments(store)[0]
    assert first.blessed, "the second evaluation was about another model"


@pytest.mark.parametrize("state", [stores.RUNNING, stores.FAILED])
def test_an_evaluator_that_did_not_end_has_judged_nothing(store: Any, state: int) -> None:
    before = experiments.experiments(store)
    # TFX registers the outputs before the executor runs, and a failed one leaves their folders empty.
    stores.step(store, "Evaluator", {"model": [before[0].model]}, MAKES, state=state)
    stores.step(store, "Evaluator", {"model": [before[2].model]}, MAKES, state=state)
    assert experiments.experiments(store) == before


def test_what_the_cache_hands_out_again_is_one_experiment(store: Any) -> None:
    before = experiments.experiments(store)
    stores.step(store, "Trainer", {}, {}, state=stores.CACHED, again=(before[0].model,))
    stores.step(store, "Pusher", {"model": [before[0].model]}, {}, state=stores.CACHED)
    assert experiments.experiments(store) == before


def test_the_table_has_the_settings_that_differ(store: Any) -> None:
    found = experiments.experiments(store)
    table = experiments.table(found)
    assert experiments.varied(found) == ["model.layers", "seed", "framework"]
    assert experiments.varied(found[:2]) == ["model.layers"]
    assert list(table.columns[:3]) == ["trainer", "code", "span"]
    assert table["framework"].tolist() == [None, None, "JAX"]
    assert math.isnan(table["auc"].iloc[2])
    assert table.index.tolist() == [one.model for one in found]


def test_an_empty_store_and_unreadable_settings() -> None:
    store = stores.empty()
    assert experiments.experiments(store) == ()
    assert len(experiments.table(())) == 0
    stores.step(store, "Trainer", {}, {"model": "Model"}, custom_config="{torn")
    (one,) = experiments.experiments(store)
    assert (one.settings, one.span, one.state) == ({}, "", "not judged")


def test_files_that_are_gone_have_no_auc_and_are_looked_for_again(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow_model_analysis as tfma

    class Result:
        def __init__(self, auc: float) -> None:
            self.auc = auc

        def get_metrics_for_slice(self) -> dict[str, dict[str, float]]:
            return {"auc": {"doubleValue": self.auc}}

    folder = str(tmp_path)
    assert experiments.overall_auc(folder, 1) is None
    (tmp_path / "metrics-00000-of-00001").touch()
    monkeypatch.setattr(tfma, "load_eval_result", lambda _: Result(0.5))
    assert experiments.overall_auc(folder, 1) == 0.5
    monkeypatch.setattr(tfma, "load_eval_result", lambda _: Result(0.75))
    assert experiments.overall_auc(folder, 1) == 0.5
    assert experiments.overall_auc(folder, 2) == 0.75, "made anew in the same place"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"run_fn": "None", "module_path": "mine@/store/_wheels/mine-0.0+1f.whl"}, "mine"),
        ({"run_fn": "models.trainer.run_fn", "module_file": "None"}, "models.trainer"),
        ({"run_fn": "None", "module_file": "/home/me/mine.py"}, "mine.py"),
        ({}, ""),
    ],
)
def test_the_code_is_named_however_the_trainer_was_told(told: dict[str, str], code: str) -> None:
    store = stores.empty()
    stores.step(store, "Trainer", {}, {"model": "Model"}, **told)
    assert experiments.experiments(store)[0].code == code
