"""Terms, their counts and their mutual information with the label."""

from collections import Counter

import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import mutual_info_score

from utils.pipeline.modules import terms


def counts_of(texts, labels):
    counts = terms.Counts()
    for text, label in zip(texts, labels, strict=True):
        words = Counter(set(text.encode().split()))
        counts.add(terms.Counts(1, label, words, words if label else Counter()))
    return counts


def test_mutual_information_agrees_with_scikit_learn():
    random = np.random.RandomState(7)
    labels = random.rand(500) < 0.3
    with_term = random.rand(4, 500) < np.array([[0.02], [0.5], [0.9], [0.3]])
    with_term[3] |= labels
    measured = terms.mutual_information(
        (with_term & labels).sum(1).astype(float),
        with_term.sum(1).astype(float),
        float(labels.sum()),
        500.0,
    )
    expected = [mutual_info_score(row, labels) for row in with_term]
    assert measured == pytest.approx(expected, abs=1e-12)


def test_the_most_informative_come_first_and_rare_ones_are_left_out():
    texts = ["good word", "good word", "bad word", "bad word", "bad rare"]
    ranked = terms.rank(counts_of(texts, [0, 0, 1, 1, 1]), keep=3, min_count=2)
    assert ranked == [b"bad", b"good", b"word"]


def test_equals_are_ordered_by_frequency_and_alphabet():
    ranked = terms.rank(counts_of(["b a c", "b a", "c b a"], [0, 1, 0]), keep=2, min_count=1)
    assert ranked[0] == b"c"
    assert terms.rank(counts_of(["b a", "b a", "b"], [0, 0, 0]), keep=5, min_count=1) == [
        b"b",
        b"a",
    ]


def test_a_vocabulary_without_terms_still_has_a_line(tmp_path):
    path = tmp_path / "new" / "vocabulary"
    assert terms.write_vocabulary(terms.Counts(), str(path), 10, 1) == str(path).encode()
    assert path.read_bytes() == terms.NOTHING + b"\n"


def test_each_term_stands_once_in_a_row():
    words = tf.ragged.constant([["a", "b", "a", "b"], [], ["b"]], dtype=tf.string)
    found = terms.distinct(words, 2)
    listed = [[], [], []]
    for (row, _), value in zip(found.indices.numpy(), found.values.numpy(), strict=True):
        listed[row].append(value.decode())
    assert [sorted(row) for row in listed] == [["a", "a b", "b", "b a"], [], ["b"]]


def test_the_lowest_indices_are_kept_in_order():
    indices = tf.SparseTensor(
        [[0, 0], [0, 1], [0, 2], [0, 3], [2, 0]], tf.constant([5, -1, 0, 2, 7], tf.int64), [3, 4]
    )
    assert terms.lowest(indices, 2).numpy().tolist() == [[1, 3], [0, 0], [8, 0]]
