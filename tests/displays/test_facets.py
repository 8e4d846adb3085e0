"""Facets Overview: what it hooks, what its tables say, how large it is, and that hostile data stay data."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from utils import displays
from utils.displays import assets, facets

HOSTILE = "</script><img src=x onerror=alert(1)>\"'\u202e"


@pytest.fixture(scope="module")
def statistics():
    import tensorflow_data_validation as tfdv

    frame = pd.DataFrame(
        {
            "age": [20, 30, 40, 0],
            "product": ["Card", "Card", "Loan", None],
            HOSTILE: [HOSTILE, "x" * 1_000_000, "", "plain"],
        }
    )
    return tfdv.generate_statistics_from_dataframe(frame)


@pytest.fixture(autouse=True)
def switched_off():
    InteractiveShell.instance()
    yield
    displays.disable()


def test_the_library_is_small_and_whole() -> None:
    library = facets.library()
    assert len(library.packed) < 600_000
    assert '<dom-module id="facets-overview">' in library.head
    for left_out in ("wit-dashboard", "three.js", "facets-dive-vis", "@font-face"):
        assert f'<dom-module id="{left_out}"' not in library.head
        assert f"tf-imports/{left_out}" not in library.head
    assert "@font-face" not in library.head


def test_an_output_stays_under_its_limit(statistics) -> None:
    assert len(facets.overview({"S1": statistics}).html(embed=True)) < 700_000


def test_the_tables_hold_the_numbers(statistics) -> None:
    text = facets.overview({"S1": statistics, "S3": statistics}).text()
    age = re.search(r"^age +S1 +(.*)$", text, re.MULTILINE)
    assert age is not None
    assert age[1].split() == ["4", "0%", "22.50000", "14.79020", "25%", "0", "30", "40"]
    product = re.search(r"^product +S3 +(.*)$", text, re.MULTILINE)
    assert product is not None
    assert product[1].split() == ["3", "25%", "2", "Card", "2", "4"]


def test_html_and_text_say_the_same(statistics) -> None:
    view = facets.overview(statistics)
    for table in facets.tables(statistics):
        assert table.html() in view.html(embed=False)
        assert table.text() in view.text()


def test_hostile_names_and_values_stay_data(statistics) -> None:
    html = facets.overview({HOSTILE: statistics}).html(embed=False)
    assert "<img src=x" not in html
    assert "&lt;img src=x onerror" in html
    assert len(html) < 100_000


def test_nothing_to_show_is_an_error() -> None:
    with pytest.raises(ValueError, match="given no statistics"):
        facets.overview({})


def test_the_ecosystems_own_calls_show_it(statistics) -> None:
    import tensorflow_data_validation as tfdv

    with capture_output() as before:
        tfdv.visualize_statistics(statistics)
    displays.enable()
    with capture_output() as during:
        tfdv.visualize_statistics(
            statistics, lhs_name="S1", rhs_statistics=statistics, rhs_name="S3"
        )
    html = tfdv.get_statistics_html(statistics)
    displays.disable()
    with capture_output() as after:
        tfdv.visualize_statistics(statistics)
    shown = during.outputs[0].data
    assert "Facets Overview: S1, S3" in shown["text/html"]
    assert shown["text/plain"].startswith("Facets Overview: S1, S3")
    assert "workbook-frame" in html
    for original in (before, after):
        assert "facets-jupyter.html" in original.outputs[0].data["text/html"]


def test_lists_that_exclude_each_other_are_refused(statistics) -> None:
    import tensorflow_data_validation as tfdv

    displays.enable()
    path = tfdv.FeaturePath(["age"])
    with pytest.raises(AssertionError, match="Only specify one"):
        tfdv.visualize_statistics(statistics, allowlist_features=[path], denylist_features=[path])
    with capture_output() as shown:
        tfdv.visualize_statistics(statistics, allowlist_features=[path])
    assert "product" not in shown.outputs[0].data["text/plain"]


def test_another_wheel_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    other = assets.Asset("witwidget", "static/index.js", "0" * 64, "witwidget 1.8.1")
    monkeypatch.setattr(assets, "WHAT_IF", other)
    facets.library.cache_clear()
    with pytest.raises(assets.AssetError, match=r"install witwidget 1\.8\.1"):
        facets.library()
    monkeypatch.undo()
    facets.library.cache_clear()


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 5, "0%"), (1, 4, "25%"), (1, 3, "33.33%"), (3, 0, "0%")]
)
def test_percent(part: int, whole: int, said: str) -> None:
    assert facets.percent(part, whole) == said


def test_long_texts_are_cut_in_the_labels_only() -> None:
    import tensorflow_data_validation as tfdv
    from pandas import DataFrame

    texts = [f"{number} " + "a long story " * 40 for number in range(300)]
    statistics = tfdv.generate_statistics_from_dataframe(DataFrame({"narrative": texts}))
    before = statistics.SerializeToString(deterministic=True)
    shortened = facets._shortened(statistics)
    assert statistics.SerializeToString(deterministic=True) == before
    (feature,) = shortened.datasets[0].features
    labels = [bucket.label for bucket in feature.string_stats.rank_histogram.buckets]
    assert labels
    assert {len(label) for label in labels} == {facets.LABEL_CHARACTERS}
    assert (
        feature.string_stats.avg_length
        == statistics.datasets[0].features[0].string_stats.avg_length
    )
