"""The view of experiments: the same facts as a table and as lines."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from utils.lineage.experiments import Experiment
from utils.lineage.views import experiments


def one(
    model: int, auc: float | None, blessed: bool | None, *pushed: str, **settings: Any
) -> Experiment:
    """An experiment."""
    when = pd.Timestamp("2026-11-27 02:00")
    return Experiment(model, "Trainer", "trainer", settings, "1", auc, blessed, pushed, when)


FOUND = (
    one(3, 0.61, False, rate=0.1, layers="8"),
    one(5, 0.66, True, "17", rate=0.01, layers="32-16"),
    one(7, 0.65, True, rate=0.001, layers="32-16"),
    one(9, None, None, rate=0.001),
)


def test_the_best_comes_first_and_the_unjudged_last():
    view = experiments(FOUND)
    assert view.data["model"].tolist() == [5, 7, 3, 9]
    assert view.data["state"].tolist() == ["pushed", "blessed", "refused", "not judged"]
    assert view.note.startswith("4 models: 1 pushed, 1 blessed, 1 refused, 1 not judged.")


def test_the_picture_has_a_line_for_each_judged_model_and_an_axis_for_what_differs():
    picture = experiments(FOUND).picture
    assert picture.count('<path class="workbook-line ') == 3
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    assert {"rate", "layers", "AUC", "pushed", "blessed", "refused"} <= set(shown)
    assert "span" not in shown, "all have the same"
    assert "model 5, Trainer: AUC 0.660, pushed" in picture


def test_one_model_alone_is_drawn_too():
    view = experiments(FOUND[1:2])
    assert "AUC" in view.picture
    assert list(view.data.columns) == [
        "model",
        "trainer",
        "AUC",
        "state",
        "code",
        "span",
        "trained (UTC)",
    ]


def test_without_an_evaluator_there_is_no_picture():
    assert experiments(FOUND[3:]).picture == ""


def test_many_values_are_thinned_out():
    many = [one(n, 0.6 + n / 1000, True, name=f"value {n}") for n in range(40)]
    shown = re.findall(r">(value \d+)<", experiments(many).picture)
    assert 5 <= len(shown) <= 9


def test_no_experiment_is_refused():
    with pytest.raises(ValueError, match="train a model first"):
        experiments(())
