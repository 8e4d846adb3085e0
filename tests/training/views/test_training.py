"""Views of training: the same facts in picture, table and data, and nothing unescaped."""

import math

import pandas as pd
import pytest

from utils.displays.views.axes import Axes, round_ticks
from utils.training import views
from utils.training.runs import Comparison, Run, Step

HOSTILE = "</script><b>bad</b>"

CURVES = pd.DataFrame(
    {
        "split": ["train", "train", "eval", "eval"],
        "epoch": [1, 2, 1, 2],
        "auc": [0.5, 0.7, 0.6, 0.65],
        "loss": [0.6, 0.5, 0.6, 0.55],
    }
)
TRIALS = pd.DataFrame(
    {
        "trial": [1, 2],
        "score": [0.6, 0.7],
        "layers": ["16", HOSTILE],
        "learning_rate": [0.001, 0.1],
    }
)
DIFFERENCES = pd.DataFrame(
    {
        "slice": [HOSTILE, "small"],
        "rows": [1_000, 50],
        "difference": [-0.05, 0.02],
        "low": [-0.08, -0.1],
        "high": [-0.02, 0.14],
    }
)


def test_curves_of_one_run_and_of_several():
    one = views.curves(CURVES)
    assert one.data["curve"].unique().tolist() == ["train", "eval"]
    both = views.curves({"first": CURVES, HOSTILE: CURVES}, metric="loss")
    assert len(both.data) == 8
    assert both.data["loss"].max() == 0.6
    assert HOSTILE not in both.html()
    assert both.picture.count("<path") >= 4
    with pytest.raises(ValueError, match="use 'auc' or 'loss'"):
        views.curves(CURVES, metric="accuracy")


def test_a_single_epoch_can_be_drawn():
    assert "nan" not in views.curves(CURVES[CURVES.epoch == 1]).picture


def test_what_was_not_measured_is_not_drawn():
    with pytest.raises(ValueError, match="given no curve of 'auc'"):
        views.curves(CURVES.assign(auc=math.nan))
    view = views.curves(CURVES.assign(loss=[math.nan, 0.5, math.nan, math.inf]), "loss")
    assert len(view.data) == 4
    assert view.picture.count("<circle") == 1
    assert ">train<" in view.picture and ">eval<" not in view.picture
    assert "nan" not in view.picture and "inf" not in view.picture


def test_trials():
    view = views.trials(TRIALS)
    assert view.data["trial"].tolist() == [2, 1], "the best first"
    assert HOSTILE not in view.html()
    assert "trial 2: 0.700" in view.picture
    with pytest.raises(ValueError, match="use one of layers, learning_rate"):
        views.trials(TRIALS, by="momentum")


def test_differences_say_whether_chance_could_make_them():
    view = views.differences(DIFFERENCES)
    assert view.data["verdict"].tolist() == ["beyond chance", "within chance"]
    assert view.data["difference"].tolist() == [-0.05, 0.02]
    assert HOSTILE not in view.html()
    assert "-0.050 beyond chance" in view.picture
    small = DIFFERENCES.assign(difference=DIFFERENCES["difference"] / 100)
    assert "-0.0005 beyond chance" in views.differences(small).picture
    assert "beyond chance" in view.text()
    with pytest.raises(ValueError, match="larger slices"):
        views.differences(DIFFERENCES[:0])


def run(name, layers, steps, auc, blessed):
    metrics = {
        "all": {"auc": auc, "example_count": 1_200.0},
        f"product={HOSTILE}": {"auc": auc, "example_count": 12.0},
        "state=CA": {"auc": auc, "example_count": 20.0},
    }
    return Run(name, {"model.layers": layers, "seed": 1}, steps, metrics, blessed)


def test_runs_side_by_side():
    compared = Comparison(
        (
            run("first", (32, 16), (Step("Transform", 1, 2.0), Step("Trainer", 2, 3.0)), 0.6, True),
            run("larger", (), (Step("Transform", 1, 2.0), Step("Trainer", 4, 5.0)), 0.61, None),
        )
    )
    view = views.comparison(compared, column="product")
    text = view.text()
    assert view.data.to_numpy().tolist() == [["model.layers", "32, 16", "(none)"]]
    assert [line.split() for line in text.splitlines() if line.startswith("Tra")] == [
        ["Transform", "2.0", "s", "same"],
        ["Trainer", "3.0", "s", "5.0", "s"],
    ]
    assert "1,200" in text
    assert "not judged" in text
    assert "state=CA" not in text
    assert HOSTILE not in view.html()


def test_places_in_a_chart():
    axes = Axes((0.001, 0.1), (0, 1), (0, 0, 100, 50), log_x=True)
    assert axes.across(0.01) == pytest.approx(50)
    assert (axes.down(0), axes.down(1)) == (50, 0)
    assert round_ticks(0.49, 0.66) == [0.5, 0.55, 0.6, 0.65]
    assert round_ticks(1, 1) == [1]
    assert round_ticks(math.nan, math.nan) == round_ticks(0, math.inf) == []
