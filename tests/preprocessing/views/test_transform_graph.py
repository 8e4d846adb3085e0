"""The drawing of a preprocessing function: columns, analyzers, features, and what leads where."""

from __future__ import annotations

from utils.preprocessing.tracing import Analyzer, Trace
from utils.preprocessing.views import transform_graph

HOSTILE = "</script><img src=x>"
TRACE = Trace(
    columns=("product", "state", "text", "label"),
    features={
        "product_xf": ("product", "state"),
        "state_xf": ("product", "state"),
        "length_xf": ("text",),
        "label_xf": ("label",),
    },
    analyzers=(
        Analyzer("vocabulary", 3, "categories", ("product", "state"), ("product_xf", "state_xf")),
        Analyzer("z/mean_and_var", 2, "", ("text",), ("length_xf",)),
    ),
)


def test_each_feature_is_a_fact():
    frame = transform_graph(TRACE).data.set_index("feature")
    assert frame.loc["product_xf"].tolist() == ["product, state", "vocabulary"]
    assert frame.loc["label_xf"].tolist() == ["label", "none: each row alone"]


def test_alike_columns_share_a_box():
    view = transform_graph(TRACE)
    assert view.title == "4 columns, 2 analyzers, 4 features"
    assert "product … state" in view.picture
    assert "2 features" in view.picture
    assert "learns a vocabulary" in view.picture
    assert "learns 2 values" in view.picture
    assert view.picture.count("<g ") == 3 + 2 + 3
    assert view.picture.count('class="workbook-edge"') == 2 + 2 + 1


def test_hostile_names_are_escaped():
    hostile = Trace((HOSTILE,), {HOSTILE: (HOSTILE,)}, ())
    assert "<img" not in transform_graph(hostile).html()
