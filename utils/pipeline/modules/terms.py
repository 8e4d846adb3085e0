"""An analyzer of our own for Transform: the terms that tell most about the label.

``tft.vocabulary(labels=...)`` ranks by mutual information as well, but sends every term of every batch
through Beam as an element of its own. Counting batch by batch is the same arithmetic and many times faster.

Source: https://www.tensorflow.org/tfx/transform/api_docs/python/tft/experimental/ptransform_analyzer
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import apache_beam as beam
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft
from tensorflow_transform.beam.experimental import PTransformAnalyzer


@dataclass
class Counts:
    """How often terms occurred so far, in texts.

    Attributes:
        texts: Number of texts.
        positive: Number of those with label 1.
        term: Term to the number of texts that hold it.
        term_positive: The same among texts with label 1.
    """

    texts: int = 0
    positive: int = 0
    term: Counter[bytes] = field(default_factory=Counter)
    term_positive: Counter[bytes] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        """Add the counts of other texts."""
        self.texts += other.texts
        self.positive += other.positive
        self.term.update(other.term)
        self.term_positive.update(other.term_positive)


def rank(counts: Counts, keep: int, min_count: int) -> list[bytes]:
    """Rank terms by their mutual information with the label.

    Args:
        counts: The counts over all texts.
        keep: How many terms to keep.
        min_count: The least number of texts that must hold a term.

    Returns:
        The terms, the most informative first; among equals the more frequent, then in the order of the alphabet.
    """
    known = sorted(term for term, count in counts.term.items() if count >= min_count)
    with_term = np.array([counts.term[term] for term in known], dtype=float)
    both = np.array([counts.term_positive[term] for term in known], dtype=float)
    information = mutual_information(both, with_term, counts.positive, counts.texts)
    order = np.lexsort((-with_term, -np.round(information, 12)))
    return [known[place] for place in order[:keep]]


def mutual_information(
    both: np.ndarray, with_term: np.ndarray, positive: float, texts: float
) -> np.ndarray:
    """Return the mutual information, in nats, of holding a term and of having label 1.

    Args:
        both: Number of texts that hold the term and have label 1, ``[terms]``.
        with_term: Number of texts that hold the term, ``[terms]``.
        positive: Number of texts with label 1.
        texts: Number of texts.

    Returns:
        float ``[terms]``, 0 for a term that tells nothing.
    """
    cells = (
        (both, with_term * positive),
        (with_term - both, with_term * (texts - positive)),
        (positive - both, (texts - with_term) * positive),
        (texts - with_term - positive + both, (texts - with_term) * (texts - positive)),
    )
    total = np.zeros(len(with_term))
    for observed, expected in cells:
        seen = observed > 0
        total[seen] += observed[seen] / texts * np.log(observed[seen] * texts / expected[seen])
    return total


class _Count(beam.CombineFn):
    def create_accumulator(self) -> Counts:
        return Counts()

    def add_input(self, counts: Counts, batch: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Counts:
        terms, rows, labels = batch
        counts.add(
            Counts(
                int((labels >= 0).sum()),
                int((labels == 1).sum()),
                Counter(terms[labels[rows] >= 0].tolist()),
                Counter(terms[labels[rows] == 1].tolist()),
            )
        )
        return counts

    def merge_accumulators(self, accumulators: Iterable[Counts]) -> Counts:
        merged = Counts()
        for counts in accumulators:
            merged.add(counts)
        return merged

    def extract_output(self, counts: Counts) -> Counts:
        return counts


class _Vocabulary(PTransformAnalyzer):
    def __init__(self, name: str, keep: int, min_count: int) -> None:
        super().__init__()
        self._name, self._keep, self._min_count = name, keep, min_count

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        path = f"{self.base_temp_dir}/{self._name}"
        return (
            batches
            | "Count" >> beam.CombineGlobally(_Count())
            | "Write" >> beam.Map(write_vocabulary, path, self._keep, self._min_count)
        )


def write_vocabulary(counts: Counts, path: str, keep: int, min_count: int) -> np.ndarray:
    """Write the ranked terms, one per line.

    Args:
        counts: The counts over all texts.
        path: The file, on this machine or, such as ``gs://bucket/terms``, wherever TensorFlow can write.
        keep: How many terms to keep.
        min_count: The least number of texts that must hold a term.

    Returns:
        The path, as Transform wants it.
    """
    found = rank(counts, keep, min_count) or [NOTHING]
    tf.io.gfile.makedirs(path.rpartition("/")[0])
    with tf.io.gfile.GFile(path, "wb") as file:
        file.write(b"".join(term + b"\n" for term in found))
    return np.array(path.encode())


NOTHING = b"(no terms)"
"""What stands in a vocabulary without terms, because a lookup table cannot be empty. No term holds a bracket."""


def distinct(words: tf.RaggedTensor, ngrams: int) -> tf.SparseTensor:
    """Return the distinct terms of each text: its words and runs of words.

    Args:
        words: A ragged string tensor ``[batch, words]``.
        ngrams: The longest run of words.

    Returns:
        A sparse string tensor ``[batch, any]``: a term stands where it occurs first in its text, and nowhere else.
    """
    found = tf.strings.ngrams(words, list(range(1, ngrams + 1)), " ").to_sparse()
    # Terms of one text are told apart by a 44-bit hash beside the row: comparing numbers is much
    # faster than comparing strings.
    keys = found.indices[:, 0] * 2**44 + tf.strings.to_hash_bucket_fast(found.values, 2**44)
    _, place = tf.unique(keys, out_idx=tf.int64)
    positions = tf.range(tf.size(keys, out_type=tf.int64))
    first = tf.math.unsorted_segment_min(positions, place, tf.size(keys, out_type=tf.int64))
    return tf.sparse.retain(found, tf.equal(tf.gather(first, place), positions))


def lowest(indices: tf.SparseTensor, width: int) -> tf.Tensor:
    """Return the lowest vocabulary indices of each row, in order: the most informative terms.

    Args:
        indices: int64 ``[batch, any]``; negative ones, outside the vocabulary, are left out.
        width: How many to keep a row.

    Returns:
        An int64 tensor ``[batch, width]`` counted from 1; 0 where a row has fewer.
    """
    known = tf.sparse.retain(indices, indices.values >= 0)
    step = tf.constant(2**32, tf.int64)
    keys = tf.sort(known.indices[:, 0] * step + known.values)
    rows = tf.RaggedTensor.from_value_rowids(
        keys % step + 1, keys // step, nrows=indices.dense_shape[0], validate=False
    )
    return rows.to_tensor(default_value=0, shape=[None, width])


def informative_vocabulary(
    terms: tf.SparseTensor, labels: tf.Tensor, keep: int, min_count: int, name: str
) -> tf.Tensor:
    """Learn the vocabulary of the terms that tell most about a label.

    Args:
        terms: A sparse string tensor ``[batch, any]``, no term twice in a row.
        labels: An int64 tensor ``[batch]`` of 0 and 1; a row with another one is passed over.
        keep: How many terms to keep.
        min_count: The least number of rows that must hold a term.
        name: The vocabulary's file name.

    Returns:
        A scalar string tensor, the vocabulary's path, for ``tft.apply_vocabulary``.
    """
    (path,) = tft.experimental.ptransform_analyzer(
        inputs=[terms.values, terms.indices[:, 0], labels],
        ptransform=_Vocabulary(name, keep, min_count),
        output_dtypes=[tf.string],
        output_shapes=[[]],
        output_asset_default_values=[NOTHING],
        name=name,
    )
    return path
