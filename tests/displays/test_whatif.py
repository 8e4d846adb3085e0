"""The What-If Tool's Python side: imported in any order, live or genuine as switched, and always with its facts."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from utils import displays, paths
from utils.displays import whatif

HOSTILE = "</script><img src=x onerror=alert(1)>\"'\u202e"


@pytest.fixture(autouse=True)
def switched_on():
    InteractiveShell.instance()
    displays.enable()
    yield
    displays.disable()


def examples(count: int = 12) -> list[Any]:
    import tensorflow as tf

    made = []
    for index in range(count):
        one = tf.train.Example()
        one.features.feature["age"].float_list.value.append(index)
        one.features.feature[HOSTILE].bytes_list.value.append(HOSTILE.encode())
        made.append(one)
    return made


def predict(asked: list[Any]) -> list[list[float]]:
    ages = [one.features.feature["age"].float_list.value[0] for one in asked]
    return [[1 - age / 20, age / 20] for age in ages]


def widget(function: Any = predict, count: int = 12) -> Any:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    return WitWidget(WitConfigBuilder(examples(count)).set_custom_predict_fn(function))


def told(made: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Collects what a widget sends, decoded."""
    sent: list[tuple[str, Any]] = []

    def send(content: dict[str, Any], buffers: list[bytes]) -> None:
        text = gzip.decompress(buffers[0]).decode()
        sent.append((content["do"], text if content["do"] == "library" else json.loads(text)))

    monkeypatch.setattr(made, "send", send)
    return sent


def hear(made: Any, event: str, **detail: Any) -> None:
    made._on_message(made, {"event": event, "detail": detail, "view": "one"}, [])


def printed(code: str) -> list[str]:
    """The words that code prints in a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    return done.stdout.split()


@pytest.mark.parametrize(
    "order",
    ["witwidget, tfx.v1", pytest.param("tfx.v1, witwidget", marks=pytest.mark.heavy)],
)
def test_it_is_imported_before_or_after_tfx(order: str) -> None:
    code = (
        f"from utils import displays; displays.enable(); import {order}\n"
        "import witwidget._utils.inference_utils as inference\n"
        "from tensorflow_serving.apis import classification_pb2 as installed\n"
        "print(inference.classification_pb2.ClassificationResponse is installed.ClassificationResponse)"
    )
    assert printed(code) == ["True"]


def test_in_colab_it_is_the_same_widget() -> None:
    code = (
        "import sys, types\n"
        "google = __import__('google'); colab = types.ModuleType('google.colab')\n"
        "colab.output = types.ModuleType('google.colab.output')\n"
        "colab.output.register_callback = lambda *_: None\n"
        "calls = []; colab.output.enable_custom_widget_manager = lambda: calls.append(1)\n"
        "google.colab = colab; sys.modules['google.colab'] = colab\n"
        "sys.modules['google.colab.output'] = colab.output\n"
        "from utils import displays; displays.enable()\n"
        "from witwidget.notebook.visualization import WitConfigBuilder, WitWidget\n"
        "made = WitWidget(WitConfigBuilder([]))\n"
        "print(hasattr(made, 'snapshot'), len(calls))"
    )
    assert printed(code) == ["True", "1"]


def test_the_switch_decides_which_class_is_made() -> None:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    live = WitWidget(WitConfigBuilder(examples()))
    displays.disable()
    with capture_output():
        genuine = WitWidget(WitConfigBuilder(examples()))
    assert isinstance(live, WitWidget)
    assert hasattr(live, "snapshot")
    assert type(genuine) is WitWidget
    with pytest.raises(TypeError, match=r"displays\.enable"):
        whatif.standalone(genuine)


def test_an_edited_example_is_predicted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    made = widget()
    sent = told(made, monkeypatch)
    hear(made, "ready")
    hear(made, "infer-examples")
    changed = json.loads(made.examples[3])
    changed["features"]["feature"]["age"]["floatList"]["value"] = [19]
    hear(made, "update-example", index=3, example=json.dumps(changed))
    hear(made, "infer-examples")
    start, first, second = (value for _, value in sent)
    assert len(start["examples"]) == 12
    assert first["inferences"]["indices"] == list(range(12))
    scores = {
        index: one["classes"][1]["score"]
        for index, one in zip(
            second["inferences"]["indices"],
            second["inferences"]["results"][0]["classificationResult"]["classifications"],
            strict=True,
        )
    }
    assert scores[3] == pytest.approx(0.95)


def test_copies_and_deletions_keep_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    made = widget()
    sent = told(made, monkeypatch)
    hear(made, "infer-examples")
    hear(made, "duplicate-example", index=5)
    hear(made, "delete-example", index=0)
    hear(made, "infer-examples")
    assert len(made.examples) == 12
    assert sent[-1][1]["inferences"]["indices"][-1] == 11


def test_partial_dependence_is_told_with_its_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    made = widget()
    sent = told(made, monkeypatch)
    hear(made, "get-eligible-features")
    hear(
        made,
        "infer-mutants",
        feature_name="age",
        example_index=-1,
        x_min=0,
        x_max=10,
        feature_index_pattern=None,
    )
    assert [name for name, _ in sent] == ["features", "chart"]
    assert "age" in [one["name"] for one in sent[0][1]]
    assert sent[1][1]["feature"] == "age"
    assert sent[1][1]["data"]


def test_own_distances_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    def distance(_: Any, others: list[Any], __: Any) -> list[float]:
        return [float(index) for index, _ in enumerate(others)]

    made = WitWidget(WitConfigBuilder(examples()).set_custom_distance_fn(distance))
    sent = told(made, monkeypatch)
    params = {"distanceParams": None, "callbackParams": {"a": 1}}
    hear(made, "compute-custom-distance", index=2, callback="f", params=params)
    assert sent[0][1]["distances"][:3] == [0, 1, 2]
    assert sent[0][1]["exInd"] == 2


def test_a_failing_model_is_told_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> Any:
        raise ValueError("no such vocabulary")

    made = widget(broken)
    sent = told(made, monkeypatch)
    hear(made, "infer-examples")
    assert sent[0][0] == "error"
    assert "no such vocabulary" in sent[0][1]
    assert "no such vocabulary" in made.static_html()
    assert "12 data points" in made.static_text()


def test_the_library_travels_once_and_is_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    made = widget()
    sent = told(made, monkeypatch)
    hear(made, "library")
    assert "wit-dashboard" in sent[0][1]
    assert len(whatif.message()) < 760_000
    state = json.dumps({key: str(value) for key, value in made.get_state().items()})
    assert len(state) < 40_000


def test_it_shows_a_widget_and_the_same_facts_beside_it() -> None:
    with capture_output() as shown:
        widget()._ipython_display_()
    live, static = (one.data for one in shown.outputs)
    assert "application/vnd.jupyter.widget-view+json" in live
    for fact in ("12 data points", "Score of model 1", "0.55000"):
        assert fact in static["text/html"]
        assert fact in static["text/plain"]


def test_where_nobody_will_ask_it_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_PAGES", "1")
    with capture_output() as shown:
        widget()._ipython_display_()
    (alone,) = (one.data for one in shown.outputs)
    assert "What-If Tool, saved with its predictions" in alone["text/html"]
    assert "wit-dashboard" in alone["text/html"]
    assert "0.55000" in alone["text/plain"]


def test_where_nobody_will_ask_a_failing_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Any) -> Any:
        raise ValueError("no such vocabulary")

    monkeypatch.setenv("WORKBOOK_PAGES", "1")
    with capture_output() as shown:
        widget(broken)._ipython_display_()
    assert "no such vocabulary" in shown.outputs[-1].data["text/html"]


def test_hostile_data_stay_data() -> None:
    made = widget()
    assert "<img" not in made.static_html().replace("&lt;img", "")
    standalone = whatif.standalone(made).html(embed=False)
    assert "<img" not in standalone
    assert "0.55000" in standalone


def test_without_a_model_the_data_points_are_shown() -> None:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    made = WitWidget(WitConfigBuilder(examples(3)))
    assert made.snapshot()["inferences"] is None
    assert "3 of 3 data points" in made.static_text()


def test_regression_scores_beyond_one_get_their_own_range() -> None:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    def regress(asked: list[Any]) -> list[float]:
        return [one.features.feature["age"].float_list.value[0] * 10 for one in asked]

    config = (
        WitConfigBuilder(examples()).set_custom_predict_fn(regress).set_model_type("regression")
    )
    text = WitWidget(config).static_text()
    assert "99 to 110" in text


def regression(function: Any) -> Any:
    from witwidget.notebook.visualization import WitConfigBuilder, WitWidget

    config = WitConfigBuilder(examples()).set_custom_predict_fn(function)
    return WitWidget(config.set_model_type("regression"))


def column(asked: list[Any]) -> Any:
    """The probabilities of :func:`predict` as a ``[n, 1]`` array, as Keras gives them."""
    import numpy as np

    return np.array(predict(asked), "float32")[:, 1:]


@pytest.mark.parametrize("wrapped", [False, True])
def test_one_column_is_the_probability_of_the_second_class(wrapped: bool) -> None:
    def answer(asked: list[Any]) -> Any:
        found = column(asked)
        return {"predictions": found, "words": ["a"] * len(asked)} if wrapped else found

    assert widget(answer)._scores() == {"model 1": pytest.approx([i / 20 for i in range(12)])}
    (first,) = widget(answer).snapshot()["inferences"]["inferences"]["results"]
    classes = [one["classes"] for one in first["classificationResult"]["classifications"]]
    assert [len(one) for one in classes] == [2] * 12


@pytest.mark.parametrize("shape", [(12,), (12, 1)])
def test_a_regression_returns_arrays_too(shape: tuple[int, ...]) -> None:
    made = regression(lambda asked: column(asked).reshape(shape))
    assert made._scores() == {"model 1": pytest.approx([i / 20 for i in range(12)])}


def test_nan_is_shown_as_such() -> None:
    def answer(asked: list[Any]) -> list[list[float]]:
        return [[float("nan")] * 2, [float("inf")] * 2, *predict(asked)[2:]]

    made = widget(answer)
    spread, points = made.tables()
    assert spread.rows[-1] == ("NaN or infinite", 2)
    assert sum(row[1] for row in spread.rows) == 12
    assert "NaN" in points.html()
    assert "Infinity" in made.static_text()
    assert "could not be asked" not in made.static_html()
    assert "NaN" in whatif.standalone(made).html(embed=False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda asked: predict(asked)[1:], "an array of the shape [11, 2] for 12 data points"),
        (lambda asked: [0.5] * 12, "an array of the shape [12] for 12 data points"),
        (lambda asked: [[0.5, 0.5]] * 11 + [[1.0]], "a list that cannot be read as numbers"),
        (lambda asked: [["low", "high"]] * 12, "a list that cannot be read as numbers"),
        (lambda asked: None, "returned one NoneType"),
        (lambda asked: 0.5, "returned one float"),
        (lambda asked: [[3.5]] * 12, "numbers from 3.5 to 3.5, which are no probabilities"),
        (lambda asked: {"scores": predict(asked)}, "a dictionary with scores in it"),
        (lambda asked: [[[0.5, 0.5]]] * 12, "an array of the shape [12, 1, 2]"),
        (lambda asked: [[]] * 12, "an array of the shape [12, 0]"),
    ],
)
def test_what_is_no_score_of_each_point_is_said_in_a_sentence(
    answer: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = widget(answer)
    sent = told(made, monkeypatch)
    hear(made, "infer-examples")
    assert sent[0][0] == "error"
    assert said in sent[0][1]
    assert said in made.static_text()
    if "dictionary" not in said:
        assert "[12, classes]" in made.static_text()
    assert "12 data points" in made.static_text()


def test_a_regression_s_shape_is_asked_for() -> None:
    text = regression(predict).static_text()
    assert "an array of the shape [12, 2] for 12 data points" in text
    assert "of the shape [12]." in text
