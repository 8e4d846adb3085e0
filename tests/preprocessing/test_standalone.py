"""tf.Transform over tables: what is learnt stays learnt, rows keep their order, and both paths give one result."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_transform as tft

from utils.pipeline.modules.transform import fill_in_missing
from utils.preprocessing import frames, skew, standalone

ROWS = pd.DataFrame(
    {
        "product": ["Mortgage", "Loan", "Mortgage", "Card", "Mortgage", "Loan"],
        "words": [10.0, 20.0, 30.0, 40.0, 50.0, 90.0],
        "amount": [None, 2.0, None, 4.0, 6.0, None],
        "state": ["CA", None, "NY", "CA", None, "CA"],
        "days": [1, 2, 3, 4, 5, 6],
    },
    index=list("abcdef"),
)


def preprocess(inputs):
    index = tft.compute_and_apply_vocabulary(
        inputs["product"], num_oov_buckets=1, vocab_filename="products"
    )
    return {
        "z": tft.scale_to_z_score(inputs["words"]),
        "amount": tft.scale_to_z_score(inputs["amount"]),
        "state": fill_in_missing(inputs["state"]),
        "index": index,
        "one_hot": tf.one_hot(index, 4),
        "tokens": tf.strings.split(inputs["product"], "g").to_sparse(),
        "days": inputs["days"],
    }


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_BUILD", str(tmp_path_factory.mktemp("build")))
        yield standalone.run(preprocess, ROWS)


def test_numbers_are_those_of_the_whole_table(result):
    z = (ROWS.words - ROWS.words.mean()) / ROWS.words.std(ddof=0)
    assert result.after.z.to_numpy() == pytest.approx(z.to_numpy(), abs=1e-6)
    assert result.after.days.tolist() == ROWS.days.tolist()


def test_an_average_over_gaps_is_that_of_what_is_there(result):
    known = ROWS.amount.dropna()
    expected = ((known - known.mean()) / known.std(ddof=0)).tolist()
    assert [v for row in result.after.amount for v in row] == pytest.approx(expected, abs=1e-6)
    assert [len(row) for row in result.after.amount] == [0, 1, 0, 1, 1, 0]


def test_texts_lists_and_the_index_come_back(result):
    assert result.after.index.tolist() == ROWS.index.tolist()
    assert result.after.state.tolist() == ["CA", "(missing)", "NY", "CA", "(missing)", "CA"]
    assert result.after.tokens["a"] == ["Mort", "a", "e"]
    assert result.after.one_hot["b"] == [0.0, 1.0, 0.0, 0.0]
    names = ["z", "amount", "state", "index", "one_hot", "tokens", "days"]
    assert result.after.columns.tolist() == names


def test_the_vocabulary_is_ranked_by_frequency(result):
    assert result.vocabulary("products") == ["Mortgage", "Loan", "Card"]


def test_serving_gives_what_training_gave(result):
    assert (skew.compare(result.after, result.apply(ROWS))["rows that differ"] == 0).all()


def test_one_row_is_treated_as_among_all(result):
    alone = result.apply(ROWS.iloc[[3]])
    assert (skew.compare(result.after.iloc[[3]], alone)["rows that differ"] == 0).all()


def test_unknown_values_go_to_the_last_place(result):
    other = ROWS.head(1).assign(product="Bitcoin")
    assert result.apply(other)["index"].tolist() == [3]


def test_whole_numbers_do_for_numbers(result):
    other = ROWS.head(1).assign(words=[43])
    assert np.isfinite(result.apply(other).z["a"])


def test_a_column_may_be_empty_where_gaps_are_known(result):
    assert result.apply(ROWS.head(2).assign(state=None)).state.tolist() == ["(missing)"] * 2


def test_the_graph_goes_with_its_result(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    made = standalone.run(lambda inputs: {"d": inputs["days"] + 1}, ROWS[["days"]])
    folder = made.folder
    assert folder.is_dir()
    del made
    gc.collect()
    assert not folder.exists()


def test_kinds_of_columns():
    table = pd.DataFrame({"a": [1], "b": [0.5], "c": ["x"], "d": [True], "e": [None]})
    kinds = [frames.WHOLE, frames.NUMBER, frames.TEXT, frames.WHOLE, frames.TEXT]
    assert list(frames.kinds(table).values()) == kinds
    assert frames.dense_columns(table) == {"a", "b", "c", "d"}


def test_hostile_text_survives_as_it_is(result):
    hostile = '</script><img src=x onerror="1">\n\u202e'
    assert result.apply(ROWS.head(1).assign(state=hostile)).state.tolist() == [hostile]
