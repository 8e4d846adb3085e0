"""Preprocessing: the small functions eagerly, the whole through Beam and back as the graph that is served."""

import numpy as np
import pytest
import tensorflow as tf

from tests.pipeline.analysis import ROWS, SMALL, analyze
from utils.pipeline.modules import features, transform


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("331XX", "331"),
        ("02139", "021"),
        ("02139-4307", "021"),
        (" 33101 ", "331"),
        ("2139", "021"),
        ("601", "006"),
        ("006XX", "006"),
        ("XXXXX", features.MISSING),
        ("33", features.MISSING),
        ("3310X", features.MISSING),
        ("331XXX", features.MISSING),
        ("Miami", features.MISSING),
        ("", features.MISSING),
        (features.MISSING, features.MISSING),
    ],
)
def test_the_zip_prefix_is_text_and_keeps_its_zeros(code, prefix):
    assert transform.zip_prefix(tf.constant([code])).numpy().tolist() == [prefix.encode()]


def test_missing_values_are_filled_in():
    sparse = tf.SparseTensor([[1, 0]], ["CA"], [3, 1])
    assert transform.fill_in_missing(sparse).numpy().tolist() == [b"(missing)", b"CA", b"(missing)"]
    numbers = tf.SparseTensor([[0, 0]], tf.constant([1], tf.int64), [2, 1])
    assert transform.fill_in_missing(numbers, -1).numpy().tolist() == [1, -1]
    assert transform.fill_in_missing(numbers).numpy().tolist() == [1, 0]
    assert transform.fill_in_missing(tf.constant([["x"], ["y"]])).numpy().tolist() == [b"x", b"y"]


def test_a_batch_without_any_value_is_filled_in_too():
    empty = tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.constant([], tf.string), [2, 0])
    assert transform.fill_in_missing(empty).numpy().tolist() == [b"(missing)"] * 2


def test_a_column_that_the_data_lacks_is_missing_in_every_row():
    inputs = {"state": tf.SparseTensor([[1, 0]], ["CA"], [3, 1])}
    assert transform.column(inputs, "product").numpy().tolist() == [b"(missing)"] * 3


def test_words_are_lower_case_without_punctuation():
    text = tf.constant(['They said:\n"NO", didn\'t THEY? {$12.00}', ""])
    assert transform.words(text).to_list() == [
        [b"they", b"said", b"no", b"didn't", b"they", b"12", b"00"],
        [],
    ]
    assert transform.log_words(text).numpy() == pytest.approx([np.log(8), 0.0])


@pytest.mark.parametrize("words", [20, 21, 36, 51, 292])
def test_a_logarithm_does_not_depend_on_its_place_in_the_batch(words):
    text = tf.constant(["word " * words] * 103)
    assert len(set(transform.log_words(text).numpy().tolist())) == 1
    assert transform.log_words(text[:1]).numpy() == transform.log_words(text).numpy()[-1]


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory):
    return analyze(ROWS, SMALL, tmp_path_factory.mktemp("transform"))


def test_categories_share_one_vocabulary(analyzed):
    _, rows, output = analyzed
    vocabulary = [term.decode() for term in output.vocabulary_by_name(features.CATEGORIES)]
    assert vocabulary[0] == "state=(missing)"
    assert {"product=Mortgage", "product=Loan", "zip_code=331", "zip_code=021"} < set(vocabulary)
    assert not any("Rare" in term or "999" in term for term in vocabulary)
    products = [
        vocabulary[row["product_xf"]] if row["product_xf"] < len(vocabulary) else None
        for row in rows
    ]
    assert products == [*["product=Mortgage"] * 3, *["product=Loan"] * 2, None]
    zips = [row["zip_code_xf"] for row in rows]
    assert zips[0] == zips[1] != zips[2] == zips[3]


def test_terms_are_those_that_tell_most(analyzed):
    _, rows, output = analyzed
    vocabulary = output.vocabulary_by_name("consumer_complaint_narrative")
    assert vocabulary == [b"supervisor", b"resolved"]
    terms = [row["consumer_complaint_narrative_xf"].tolist() for row in rows]
    assert terms == [[2, 0, 0], [2, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_length_and_label(analyzed):
    _, rows, _ = analyzed
    lengths = np.array([row["consumer_complaint_narrative_length_xf"] for row in rows])
    assert lengths.mean() == pytest.approx(0, abs=1e-6)
    assert lengths.std() == pytest.approx(1, abs=1e-6)
    assert [row["consumer_disputed_xf"] for row in rows] == [0, 0, 1, 1, 0, 0]


def test_serving_gives_what_training_saw_and_needs_no_label(analyzed):
    data, rows, output = analyzed
    layer = output.transform_features_layer()
    names = [name for name in data[0] if name != features.LABEL]
    batch = {}
    for name in names:
        cells = [(place, row[name][0]) for place, row in enumerate(data) if row[name]]
        indices = np.array([[place, 0] for place, _ in cells], np.int64).reshape(-1, 2)
        values = tf.constant([value for _, value in cells], tf.string)
        batch[name] = tf.SparseTensor(indices, values, [len(data), 1])
    served = layer(batch)
    for name in rows[0]:
        if name != "consumer_disputed_xf":
            assert np.allclose(served[name].numpy(), [row[name] for row in rows]), name


def test_columns_without_any_value_do_not_stop_it(tmp_path):
    rows = [{"product": "Mortgage", "label": label} for label in (0, 1, 0)]
    _, transformed, output = analyze(rows, SMALL, tmp_path)
    assert all(row["consumer_complaint_narrative_xf"].tolist() == [0, 0, 0] for row in transformed)
    assert all(row["consumer_complaint_narrative_length_xf"] == 0 for row in transformed)
    assert output.vocabulary_size_by_name("consumer_complaint_narrative") == 1


@pytest.mark.parametrize("words", [7, 20])
def test_texts_of_one_length_have_no_spread(tmp_path, words):
    rows = [{"product": "Loan", "text": "word " * words, "label": n % 2} for n in range(103)]
    _, transformed, output = analyze(rows, SMALL.only("consumer_complaint_narrative"), tmp_path)
    name = "consumer_complaint_narrative_length_xf"
    assert {float(row[name]) for row in transformed} == {0.0}
    text = tf.constant([row["text"].encode() for row in rows])
    layer = output.transform_features_layer()
    for batch in (text[:1], text[:5], text):
        places = tf.stack([tf.range(len(batch), dtype=tf.int64), tf.zeros(len(batch), tf.int64)], 1)
        column = tf.SparseTensor(places, batch, [len(batch), 1])
        served = layer({"consumer_complaint_narrative": column})[name]
        assert served.numpy().tolist() == [0.0] * len(batch)


def test_two_lengths_are_a_spread_however_close(tmp_path):
    rows = [{"text": "word " * (5_000 + n % 2), "label": n % 2} for n in range(40)]
    _, transformed, _ = analyze(rows, SMALL.only("consumer_complaint_narrative"), tmp_path)
    lengths = np.array([row["consumer_complaint_narrative_length_xf"] for row in transformed])
    assert lengths.std() == pytest.approx(1, abs=0.05)
