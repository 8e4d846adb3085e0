from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.displays.evaluations import HOSTILE, PRODUCTS, ROWS, STATES
from utils.displays import assets, tfma_views
from utils.displays.frame import Frame, static
from utils.errors import WorkbookError

Evaluation = Callable[[str], Any]
pytestmark = pytest.mark.usefixtures("enabled")
LARGEST = 500_000
LARGEST_SHARED = 100_000


def sizes(view: Frame) -> tuple[int, int]:
    return len(view.html(embed=True)), len(view.html(embed=False))


def test_slicing_metrics_show_what_tfma_computed(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    result = evaluation("first")
    view = tfma.view.render_slicing_metrics(result, slicing_column="state")
    assert isinstance(view, tfma_views.SlicingMetricsView)
    (table,) = view.tables
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert set(rows) == {f"state:{state}" for state in STATES}
    for state in STATES:
        metrics = result.get_metrics_for_slice((("state", state),))
        shown = rows[f"state:{state}"]
        assert shown["auc"] == metrics["auc"]["doubleValue"]
        assert shown["example_count"] == metrics["example_count"]["doubleValue"]
    assert view.data["config"] == {"weightedExamplesColumn": "example_count"}


def test_time_series_show_each_run(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    results = [evaluation("first"), evaluation("second")]
    view = tfma.view.render_time_series(
        tfma.make_eval_results(results, tfma.constants.MODEL_CENTRIC_MODE)
    )
    assert isinstance(view, tfma_views.TimeSeriesView)
    (table,) = view.tables
    column = list(table.columns).index("auc")
    expected = [result.get_metrics_for_slice()["auc"]["doubleValue"] for result in results]
    assert [row[column] for row in table.rows] == expected


def test_plots_show_their_thresholds_and_buckets(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    view = tfma.view.render_plot(evaluation("first"))
    assert isinstance(view, tfma_views.PlotView)
    thresholds, buckets = view.tables
    for row in thresholds.rows:
        assert sum(float(str(count)) for count in row[1:5]) == ROWS
    assert len(thresholds.rows) <= tfma_views.PLOT_ROWS
    assert len(buckets.rows) <= tfma_views.PLOT_ROWS


def test_confusion_matrix_of_classes_counts_every_row(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    view = tfma.view.render_plot(evaluation("classes"))
    assert view is not None
    (table,) = view.tables
    count = list(table.columns).index("numWeightedExamples")
    assert sum(float(str(row[count])) for row in table.rows) == ROWS


def test_a_plot_of_one_class(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    view = tfma.view.render_plot(evaluation("classes"), class_id=1)
    assert view is not None
    assert [table.caption.split(" at ")[0] for table in view.tables] == ["Confusion matrix"]


def test_confidence_intervals_are_shown(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    result = evaluation("intervals")
    view = tfma.view.render_slicing_metrics(result)
    assert view is not None
    interval = result.get_metrics_for_slice()["auc"]["boundedValue"]
    expected = (
        f"{interval['value']:.5f} ({interval['lowerBound']:.5f}, {interval['upperBound']:.5f})"
    )
    assert expected in view.html()
    assert expected in view.text()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_slices_reach_no_markup(name: str, evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    view = tfma.view.render_slicing_metrics(evaluation("hostile"), slicing_column="product")
    assert view is not None
    shown = tfma_views.short(f"product:{name}")
    assert shown in [row["slice"] for row in view.data["data"]]
    page = view.html()
    assert "<img" not in page
    assert "<script>parent" not in page
    assert len(page) < LARGEST


def test_outputs_stay_small(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    first = evaluation("first")
    series = tfma.make_eval_results(
        [first, evaluation("second")], tfma.constants.MODEL_CENTRIC_MODE
    )
    views = {
        "slices": tfma.view.render_slicing_metrics(first, slicing_column="product"),
        "districts": tfma.view.render_slicing_metrics(
            evaluation("districts"), slicing_column="district"
        ),
        "series": tfma.view.render_time_series(series),
        "plots": tfma.view.render_plot(first),
    }
    measured = {name: sizes(view) for name, view in views.items()}
    assert all(carrying <= LARGEST for carrying, _ in measured.values()), measured
    assert all(shared <= LARGEST_SHARED for _, shared in measured.values()), measured


def test_the_full_plots_of_a_large_evaluation_stay_small() -> None:
    """A thousand thresholds and ten thousand buckets whose numbers have no common digits."""
    import numpy as np

    random = np.random.default_rng(0)
    parts = np.sort(random.random(1_001))
    matrices = [
        {
            "threshold": float(at),
            "truePositives": float(round(20_000 * (1 - at) ** 2)),
            "falsePositives": float(round(50_000 * (1 - at) ** 3)),
            "trueNegatives": float(round(50_000 * (1 - (1 - at) ** 3))),
            "falseNegatives": float(round(20_000 * (1 - (1 - at) ** 2))),
            "precision": float(random.random()),
            "recall": float(random.random()),
        }
        for at in parts
    ]
    data = {"confusionMatrixAtThresholds": {"matrices": matrices}}
    carrying, shared = sizes(tfma_views.PlotView(data, {"sliceName": "", "metricKeys": {}}))
    assert carrying <= LARGEST
    assert shared <= LARGEST_SHARED


def test_the_charts_stay_small() -> None:
    assert len(static("charts.js").encode("utf-8")) <= 30_000


def test_rounding_keeps_counts_and_nine_digits() -> None:
    data = {"a": [0.12345678912345, 123456789123.0, "x", None, 7]}
    assert tfma_views.rounded(data) == {"a": [0.123456789, 123456789123.0, "x", None, 7]}


def test_long_names_are_told_apart() -> None:
    first, second = "x" * 300 + "a", "x" * 300 + "b"
    assert tfma_views.short("state:CA") == "state:CA"
    assert len(tfma_views.short(first)) <= tfma_views.MAX_NAME
    assert tfma_views.short(first) != tfma_views.short(second)


def test_colab_displays_at_once_and_returns_nothing(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import IPython.display
    import tensorflow_model_analysis as tfma

    shown: list[object] = []
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    monkeypatch.setattr(IPython.display, "display", shown.append)
    assert tfma.view.render_slicing_metrics(evaluation("first")) is None
    assert [type(view) for view in shown] == [tfma_views.SlicingMetricsView]


def test_another_wheel_gives_one_clear_error(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    import tensorflow_model_analysis as tfma

    tfma_views.library.cache_clear()
    monkeypatch.setattr(assets, "TFMA", dataclasses.replace(assets.TFMA, sha256="0" * 64))
    with pytest.raises(assets.AssetError, match="is not the file that this view was made for"):
        tfma.view.render_slicing_metrics(evaluation("first"))
    tfma_views.library.cache_clear()


def test_an_evaluation_artifact_shows_its_metrics(evaluation: Evaluation) -> None:
    from tfx.types import standard_artifacts

    from tests.displays import evaluations

    artifact = standard_artifacts.ModelEvaluation()
    artifact.uri = str(evaluations.ensure("first"))
    (view,) = tfma_views.evaluation(artifact)
    assert isinstance(view, tfma_views.SlicingMetricsView)
    auc = evaluation("first").get_metrics_for_slice()["auc"]["doubleValue"]
    assert f"{auc:.5f}" in view.text()


def test_products_are_slices_too(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    spec = tfma.SlicingSpec(feature_keys=["product"])
    view = tfma.view.render_slicing_metrics(evaluation("first"), slicing_spec=spec)
    assert view is not None
    assert {row["slice"] for row in view.data["data"]} == {f"product:{name}" for name in PRODUCTS}


def test_the_names_of_the_configuration_are_there() -> None:
    import tensorflow_model_analysis as tfma
    from tensorflow_model_analysis.proto import config_pb2

    assert {name: getattr(tfma, name) for name in tfma_views.CONFIGURATION} == {
        name: getattr(config_pb2, name) for name in tfma_views.CONFIGURATION
    }


def without_metrics(result: Any) -> Any:
    """The result as TFMA loads it where thresholds alone were configured."""
    return result._replace(
        slicing_metrics=[((), None), ((("state", "CA"),), None)],
        plots=[((), None), ((("state", "CA"),), None)],
    )


def without_overall(result: Any) -> Any:
    """The result as TFMA loads it where no ``SlicingSpec`` is empty."""
    return result._replace(
        slicing_metrics=[one for one in result.slicing_metrics if one[0]],
        plots=[one for one in result.plots if one[0]],
    )


@pytest.mark.parametrize("column", [None, "state"])
def test_a_result_without_metrics_says_how_to_add_one(
    evaluation: Evaluation, column: str | None
) -> None:
    import tensorflow_model_analysis as tfma

    bare = without_metrics(evaluation("first"))
    view = tfma.view.render_slicing_metrics(bare, slicing_column=column)
    assert "No metric was computed" in view.text()
    assert "tfma.MetricConfig(class_name=" in view.html()
    assert (f"{column}:CA" if column else "Overall") in view.text()


def test_runs_without_metrics_say_how_to_add_one(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    runs = [without_metrics(evaluation(name)) for name in ("first", "second")]
    view = tfma.view.render_time_series(
        tfma.make_eval_results(runs, tfma.constants.MODEL_CENTRIC_MODE)
    )
    assert "No metric was computed" in view.text()


def test_a_slice_without_metrics_stays_in_the_table(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    result = evaluation("first")
    bare = [
        (key, None if key == (("state", "CA"),) else outputs)
        for key, outputs in result.slicing_metrics
    ]
    view = tfma.view.render_slicing_metrics(
        result._replace(slicing_metrics=bare), slicing_column="state"
    )
    (table,) = view.tables
    assert {row[0]: set(row[1:]) for row in table.rows}["state:CA"] == {None}
    assert len(view.data["data"]) == len(STATES) - 1


@pytest.mark.parametrize("change", [without_metrics, without_overall])
def test_an_evaluation_artifact_shows_what_there_is(
    evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]
) -> None:
    import tensorflow_model_analysis as tfma
    from tfx.types import standard_artifacts

    result = change(evaluation("first"))
    monkeypatch.setattr(tfma, "load_eval_result", lambda uri: result)
    (view,) = tfma_views.evaluation(standard_artifacts.ModelEvaluation())
    assert "state:CA" in view.text() or change is without_metrics
    assert ("No metric was computed" in view.text()) == (change is without_metrics)


def test_slices_that_are_not_there_name_those_that_are(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    result = without_overall(evaluation("first"))
    with pytest.raises(WorkbookError, match="no slice for all rows together") as caught:
        tfma.view.render_slicing_metrics(result)
    assert "'product', 'state'" in caught.value.cure
    with pytest.raises(WorkbookError, match="no slice for the column 'zip'"):
        tfma.view.render_slicing_metrics(evaluation("first"), slicing_column="zip")
    with pytest.raises(WorkbookError, match="no slice for these plots"):
        tfma.view.render_plot(result)


def test_a_result_without_plots_says_how_to_add_one(evaluation: Evaluation) -> None:
    import tensorflow_model_analysis as tfma

    result = evaluation("first")
    for plots in ([((), None)], [((), {})], []):
        with pytest.raises(WorkbookError, match="has no plots") as caught:
            tfma.view.render_plot(result._replace(plots=plots))
        assert "ConfusionMatrixPlot" in caught.value.cure
