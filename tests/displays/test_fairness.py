from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.displays.evaluations import STATES
from utils.displays import fairness

Evaluation = Callable[[str], Any]
RATE = "fairness_indicators_metrics/false_positive_rate@0.50"


@pytest.fixture
def widget_view(enabled: None) -> Any:
    """The module that the book imports."""
    from tensorflow_model_analysis.addons.fairness.view import widget_view

    return widget_view


def test_the_book_s_call_shows_the_metrics(evaluation: Evaluation, widget_view: Any) -> None:
    result = evaluation("first")
    view = widget_view.render_fairness_indicator(eval_result=result, slicing_column="state")
    assert isinstance(view, fairness.FairnessIndicatorsView)
    (table,) = view.tables
    assert [row[0] for row in table.rows if row[0] == "Overall"] == ["Overall"]
    assert {row[0] for row in table.rows} == {"Overall", *(f"state:{one}" for one in STATES)}
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    for state in STATES:
        expected = result.get_metrics_for_slice((("state", state),))[RATE]["doubleValue"]
        assert rows[f"state:{state}"][RATE] == expected


def test_two_models_are_compared_by_name(evaluation: Evaluation, widget_view: Any) -> None:
    results = {"old": evaluation("first"), "new": evaluation("second")}
    view = widget_view.render_fairness_indicator(multi_eval_results=results)
    assert (view.data["evalName"], view.data["evalNameCompare"]) == ("old", "new")
    assert [table.caption for table in view.tables] == [
        "Metrics by slice: old",
        "Metrics by slice: new",
    ]
    slices = [
        [row["slice"] for row in view.data[key]] for key in sorted(view.data) if "Metr" in key
    ]
    assert sorted(slices[0]) == sorted(slices[1])


def test_the_output_stays_small(evaluation: Evaluation, widget_view: Any) -> None:
    results = {"old": evaluation("first"), "new": evaluation("second")}
    for view in (
        widget_view.render_fairness_indicator(evaluation("first")),
        widget_view.render_fairness_indicator(multi_eval_results=results),
    ):
        assert len(view.html(embed=True)) <= 500_000
        assert len(view.html(embed=False)) <= 100_000


def test_a_slicing_spec_picks_slices(evaluation: Evaluation, widget_view: Any) -> None:
    import tensorflow_model_analysis as tfma

    spec = tfma.SlicingSpec(feature_keys=["state"], feature_values={"state": "CA"})
    rows = widget_view.convert_slicing_metrics_to_ui_input(
        evaluation("first").slicing_metrics, slicing_spec=tfma.SlicingSpec(feature_keys=["state"])
    )
    assert len(rows) == 1 + len(STATES)
    with pytest.raises(ValueError, match="not both"):
        widget_view.convert_slicing_metrics_to_ui_input([], "state", spec)


def test_crossed_slices_are_named_by_both(widget_view: Any) -> None:
    key = ((("state", "CA"),), (("state", "NY"), ("sex", b"f")))
    (row,) = widget_view.convert_slicing_metrics_to_ui_input([(key, {"": {"": {"auc": {}}}})])
    assert row["sliceValue"] == "CA__XX__NY_X_f"
    assert row["slice"].startswith("state:CA__XX__")


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_comparison_needs_two_results(
    count: int, evaluation: Evaluation, widget_view: Any
) -> None:
    results = {f"model {number}": evaluation("first") for number in range(count)}
    with pytest.raises(ValueError, match=r"either|two results"):
        widget_view.render_fairness_indicator(multi_eval_results=results)


def test_nothing_to_show_says_for_what(evaluation: Evaluation, widget_view: Any) -> None:
    with pytest.raises(ValueError, match="output_name='other'"):
        widget_view.render_fairness_indicator(evaluation("first"), output_name="other")
