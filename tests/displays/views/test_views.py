"""The own views: HTML and text say the same, data stay data, and hostile values are only shown."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable

import pytest
from tensorflow_metadata.proto.v0 import anomalies_pb2, schema_pb2

from utils.displays import views
from utils.displays.fallback import MAX_CHARACTERS, Table
from utils.validation.views import drift

HOSTILE = "</script><img src=x onerror=alert(1)>\"'\u202e"


def a_schema(name: str = "product") -> schema_pb2.Schema:
    schema = schema_pb2.Schema(default_environment=["TRAINING", "SERVING"])
    feature = schema.feature.add(name=name, type=schema_pb2.BYTES, domain="products")
    feature.presence.min_fraction = 1
    feature.value_count.min = feature.value_count.max = 1
    feature.not_in_environment.append("SERVING")
    number = schema.feature.add(name="age", type=schema_pb2.INT)
    number.int_domain.min = 18
    schema.string_domain.add(name="products", value=["Card", HOSTILE, *map(str, range(500))])
    return schema


def some_anomalies(name: str = "product") -> anomalies_pb2.Anomalies:
    anomalies = anomalies_pb2.Anomalies()
    info = anomalies.anomaly_info[name]
    info.severity = anomalies_pb2.AnomalyInfo.ERROR
    info.reason.add(
        type=anomalies_pb2.AnomalyInfo.ENUM_TYPE_UNEXPECTED_STRING_VALUES,
        short_description="Unexpected string values",
        description="Values missing from the schema: " + "word " * 100,
    )
    measured = anomalies.drift_skew_info.add()
    measured.path.step.append(name)
    measured.drift_measurements.add(
        type=anomalies_pb2.DriftSkewInfo.Measurement.L_INFTY, value=0.14, threshold=0.03
    )
    return anomalies


def graph(name: str = "Trainer") -> views.View:
    return views.draw({"ExampleGen": [name, "Pusher"], name: ["Pusher"]}, f"Pipeline of {name}")


ALL: list[Callable[[str], views.View]] = [
    graph,
    lambda name: views.schema(a_schema(name)),
    lambda name: views.anomalies(some_anomalies(name)),
    lambda name: drift({name: {"S2": 0.02, "S3": 0.14}}, 0.012, 0.03),
    lambda name: views.runs({name: {"auc": 0.7}, "second": {"auc": 0.8}}),
]


@pytest.mark.parametrize("view", ALL)
def test_html_and_text_say_the_same(view: Callable[[str], views.View]) -> None:
    made = view("state")
    bundle = made._repr_mimebundle_()
    rows = re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", bundle["text/html"])
    assert rows
    for value in (html.unescape(row) for row in rows):
        parts = textwrap.wrap(value, MAX_CHARACTERS) if len(value) > MAX_CHARACTERS else [value]
        assert all(part in bundle["text/plain"] for part in parts)
    assert made.title in bundle["text/plain"]
    assert html.escape(made.title) in bundle["text/html"]


@pytest.mark.parametrize("view", ALL)
@pytest.mark.parametrize("value", [HOSTILE, "x" * 1_000_000])
def test_hostile_values_are_only_shown(view: Callable[[str], views.View], value: str) -> None:
    made = view(value).html()
    assert "<img" not in made
    assert made.count("</script>") <= 1
    assert len(made) < 200_000


@pytest.mark.parametrize("view", ALL)
def test_css_stays_within_its_prefix(view: Callable[[str], views.View]) -> None:
    style = re.search(r"<style>(.*?)</style>", view("state").html(), re.DOTALL)
    assert style is not None
    selectors = re.findall(r"(?:^|\})\s*([^{}]+)\{", style[1])
    assert selectors
    assert all(".workbook-" in one for part in selectors for one in part.split(","))


def test_the_facts_are_data() -> None:
    frame = drift({"S2": 0.005, "S3": 0.14}, noise_floor=0.012, threshold=0.03).data
    assert frame["Verdict"].tolist() == ["within the noise", "alarm"]
    assert frame["Distance"].tolist() == [0.005, 0.14]


def test_a_noise_floor_and_no_threshold() -> None:
    frame = drift(
        {"product": {"S2": 0.02}, "state": {"S2": 0.02}}, {"product": 0.01, "state": 0.03}
    )
    assert frame.data["Verdict"].tolist() == ["moved", "within the noise"]


def test_nothing_to_show_is_an_error() -> None:
    with pytest.raises(ValueError, match="no distance"):
        drift({})
    with pytest.raises(ValueError, match="no run"):
        views.runs({})


def test_a_schema_is_told_in_full() -> None:
    made = views.schema(a_schema())
    first, second = made.data.to_dict("records")
    assert first == {
        "Feature": "product",
        "Type": "STRING",
        "Presence": "required",
        "Valency": "single",
        "Domain": "products",
        "Not in": "SERVING",
    }
    assert second["Domain"] == "min 18"
    assert "499" in made.html()
    assert "499" in made.text()


def test_long_descriptions_are_wrapped_and_whole_as_data() -> None:
    made = views.anomalies(some_anomalies())
    assert len(made.data) == 1
    assert made.data["In detail"][0].count("word") == 100
    assert made.text().count("word") == 100
    assert made.data["Severity"][0] == "error"
    assert "l infty" in made.text()


def test_no_anomaly_is_said_in_words() -> None:
    made = views.anomalies(anomalies_pb2.Anomalies())
    assert made.title == "No anomalies found"
    assert made.data.empty


def test_what_differs_between_runs_comes_first() -> None:
    frame = views.runs({"a": {"seed": 1, "auc": 0.7}, "b": {"seed": 1, "auc": 0.8}}).data
    assert frame["Setting or metric"].tolist() == ["auc", "seed"]
    assert frame["Differs"].tolist() == ["yes", "no"]


def test_a_distance_stands_where_it_belongs() -> None:
    made = drift({"product": {"S2": 0.02, "S3": 0.1}, "state": {"S2": 0.0, "S3": 0.05}}, 0.01, 0.03)
    said = dict(
        re.findall(r'cy="([\d.]+)" r="4.5"><title>product, (S\d): 0\.\d+</title>', made.picture)
    )
    heights = {span: float(y) for y, span in said.items()}
    (threshold,) = re.findall(
        r'<line class="workbook-threshold" x1="50.0" y1="([\d.]+)"', made.picture
    )
    (band,) = re.findall(r'<rect class="workbook-band" x="50" y="([\d.]+)"', made.picture)
    assert heights["S3"] < float(threshold) < heights["S2"] < float(band)
    assert made.picture.count("<title>") == 4
    single = drift({"S2": 0.0}).picture
    assert 'cx="276.0" cy="206.0"' in single


def test_a_table_without_rows_is_left_out_where_something_else_says_so():
    full, empty = Table(("a",), [("x",)], "Full"), Table(("b",), [], "Empty")
    both = views.View("Both", [empty, full])
    noted = views.View("None", [empty], note="None was found.")
    for shown in (both.html(), both.text()):
        assert "Full" in shown and "Empty" not in shown
    for shown in (noted.html(), noted.text()):
        assert "None was found." in shown and "Empty" not in shown
    assert "<table" not in noted.html() and "role=" not in noted.html()
    assert list(noted.data.columns) == ["b"] and noted.data.empty
    alone = views.View("Alone", [empty])
    assert "Empty" in alone.html() and "Empty" in alone.text()
