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


@pytest.fixture(scope="module")
def odd_statistics():
    """Statistics of NaN, of a feature that is always missing and of one that holds others, by TFDV itself."""
    import pyarrow as pa
    import tensorflow_data_validation as tfdv
    from tensorflow_data_validation.statistics import stats_impl

    numbers = pa.list_(pa.float32())
    person = pa.struct([("age", pa.list_(pa.int64()))])
    columns = {
        "some": pa.array([[1.0], [float("nan")], [3.0], None], numbers),
        "nan": pa.array([[float("nan")]] * 4, numbers),
        "never": pa.array([None] * 4, numbers),
        "no text": pa.array([None] * 4, pa.list_(pa.binary())),
        "person": pa.array(
            [[{"age": [1]}], [{"age": [3]}], None, [{"age": None}]], pa.list_(person)
        ),
    }
    batch = pa.RecordBatch.from_arrays(list(columns.values()), list(columns))
    return stats_impl.generate_statistics_in_memory(batch, tfdv.StatsOptions())


def shown_rows(statistics) -> dict[str, dict[str, object]]:
    return {
        str(row[0]): dict(zip(table.columns, row, strict=True))
        for table in facets.tables(statistics)[1:]
        for row in table.rows
    }


def test_nan_is_counted(odd_statistics) -> None:
    rows = shown_rows(odd_statistics)
    assert {name: rows[name]["NaN"] for name in ("some", "nan", "never")} == {
        "some": 1,
        "nan": 4,
        "never": 0,
    }
    assert rows["some"]["mean"] == 2.0
    assert "NaN" in facets.overview({"S1": odd_statistics}).html(embed=False)


@pytest.mark.parametrize("name", ["nan", "never"])
def test_without_a_number_there_is_no_mean(odd_statistics, name: str) -> None:
    row = shown_rows(odd_statistics)[name]
    assert {row[key] for key in ("mean", "std dev", "zeros", "min", "median", "max")} == {None}
    assert row["missing"] == ("100%" if name == "never" else "0%")
    assert shown_rows(odd_statistics)["no text"]["avg str len"] is None


def test_a_feature_that_holds_others_has_a_row(odd_statistics) -> None:
    rows = shown_rows(odd_statistics)
    assert rows["person"] == {
        "Feature": "person",
        "Data set": "statistics",
        "count": 3,
        "missing": "25%",
    }
    assert rows["person.age"]["mean"] == 2.0


def test_without_nan_there_is_no_column_for_it(statistics) -> None:
    assert "NaN" not in facets.overview({"S1": statistics}).text()
