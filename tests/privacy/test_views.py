"""The chapter's two views show the facts that they were given."""

from __future__ import annotations

import pandas as pd
import pytest

from utils.privacy import views

MEASURED = pd.DataFrame(
    {
        "epsilon": [8.0, 0.5],
        "noise": [1.25, 11.5],
        "auc": [0.59, 0.52],
        "low": [0.57, 0.5],
        "high": [0.61, 0.54],
    }
)


def test_models_stand_in_the_order_of_their_price():
    view = views.utility(MEASURED, without=0.61)
    assert view.data.epsilon.tolist() == [0.5, 8.0]
    assert "0.610" in view.text()
    assert "epsilon 8.00: AUC 0.590" in view.html() or "epsilon 8.00: AUC 0.590" in view.picture


@pytest.mark.parametrize("epsilon", [0.0, float("inf")])
def test_an_epsilon_that_has_no_place_is_refused(epsilon):
    with pytest.raises(ValueError, match="above zero"):
        views.utility(MEASURED.assign(epsilon=epsilon), without=0.6)
    with pytest.raises(ValueError, match="at least one"):
        views.utility(MEASURED.head(0), without=0.6)


def test_each_round_has_a_row():
    view = views.rounds({"by state": [0.5, 0.6], "by label": [0.4, 0.45]}, of="AUC")
    assert view.data["round"].tolist() == [1, 2]
    assert view.data["by label"].tolist() == [0.4, 0.45]
    assert "0.450" in view.text()


@pytest.mark.parametrize("figures", [{}, {"a": []}, {"a": [1.0], "b": [1.0, 2.0]}])
def test_rounds_that_do_not_fit_are_refused(figures):
    with pytest.raises(ValueError, match="same number of rounds"):
        views.rounds(figures, of="AUC")
