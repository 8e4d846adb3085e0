"""Transform's ``preprocessing_fn``: raw complaints in, numbers that a model can learn from out.

The same function runs over the training data and, saved as a graph, inside the served model: that is what keeps
training and serving alike.

Source: book, chapter 5; https://www.tensorflow.org/tfx/guide/transform
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf
import tensorflow_transform as tft

from . import features, reload_edited, terms

reload_edited(__name__)

ROUNDING = 2**-20
"""The standard deviation, as a share of the mean, that float32 makes of one and the same number: eight last digits."""


def preprocessing_fn(
    inputs: Mapping[str, Any], custom_config: Mapping[str, Any]
) -> dict[str, tf.Tensor]:
    """Turn a batch of raw complaints into the model's inputs.

    Args:
        inputs: Column name to tensor of a batch, sparse or dense, one value or none a row.
        custom_config: Holds ``features``, the feature specification (see :mod:`.features`).

    Returns:
        For a categorical or ZIP column an int64 tensor ``[batch]`` of vocabulary indices, the last of them
        for values outside the vocabulary. For a text column an int64 tensor ``[batch, terms_per_text]`` of
        the distinct n-grams known from training, counted from 1, the most informative first and 0 for no
        more; and a float32 tensor ``[batch]``, the z-score of the logarithm of its words. The label, where
        there is one, an int64 tensor ``[batch]``, with :data:`.features.NO_LABEL` where it is not known.
    """
    specification = custom_config["features"]
    label = None
    if features.LABEL in inputs:
        label = fill_in_missing(inputs[features.LABEL], features.NO_LABEL)
    outputs = _indices(inputs, specification)
    for name in specification["text"]:
        text = column(inputs, name, default="")
        outputs[features.length_name(name)] = z_score(log_words(text))
        outputs[features.transformed_name(name)] = _terms(text, name, label, specification)
    if label is not None:
        outputs[features.transformed_name(features.LABEL)] = label
    return outputs


def fill_in_missing(
    tensor: tf.Tensor | tf.SparseTensor, default: str | int = features.MISSING
) -> tf.Tensor:
    """Replace missing values.

    Args:
        tensor: A batch of one column: sparse ``[batch, at most 1]`` with gaps, or dense ``[batch]`` or ``[batch, 1]``.
        default: What a missing value becomes; where this is a text and the column holds numbers, it is 0.

    Returns:
        A dense tensor ``[batch]`` without gaps.
    """
    if isinstance(tensor, tf.SparseTensor):
        blank = default if isinstance(default, str) == (tensor.dtype == tf.string) else 0
        one_column = tf.SparseTensor(tensor.indices, tensor.values, [tensor.dense_shape[0], 1])
        tensor = tf.sparse.to_dense(one_column, default_value=blank)
    return tf.reshape(tensor, [-1])


def column(inputs: Mapping[str, Any], name: str, default: str = features.MISSING) -> tf.Tensor:
    """Return a text column of the batch without gaps.

    Args:
        inputs: The batch, never without any column.
        name: The column. One that the data does not have at all counts as missing in every row.
        default: What a missing value becomes.

    Returns:
        A string tensor ``[batch]``.
    """
    if name in inputs:
        return fill_in_missing(inputs[name], default)
    some = next(iter(inputs.values()))
    rows = some.dense_shape[0] if isinstance(some, tf.SparseTensor) else tf.shape(some)[0]
    return tf.fill(tf.cast(tf.reshape(rows, [1]), tf.int32), default)


def zip_prefix(codes: tf.Tensor) -> tf.Tensor:
    """Return the first three digits of a ZIP code: its sorting area. Text throughout, because ``02139`` is not 2139.

    ``02139``, ``02139-4307`` and the shortened ``021XX`` give ``021``. A spreadsheet that took the code for
    a number has eaten its leading zeros (``2139``, ``601``): they are put back. Anything else is missing.

    Args:
        codes: A string tensor ``[batch]``.

    Returns:
        A string tensor ``[batch]`` of three digits each, or :data:`.features.MISSING`.
    """
    codes = tf.strings.strip(codes)
    shortened = tf.strings.regex_full_match(codes, r"\d{3}(\d\d|XX)(-\d{4})?")
    number = tf.strings.regex_full_match(codes, r"\d{3,4}")
    zeros = tf.where(tf.equal(tf.strings.length(codes), 3), "00", "0")
    whole = tf.where(number, tf.strings.join([zeros, codes]), codes)
    return tf.where(shortened | number, tf.strings.substr(whole, 0, 3), features.MISSING)


def words(text: tf.Tensor) -> tf.RaggedTensor:
    """Split texts into words: lower case, letters, digits and apostrophes.

    Args:
        text: A string tensor ``[batch]``.

    Returns:
        A ragged string tensor ``[batch, words]``.
    """
    return tf.strings.split(tf.strings.regex_replace(tf.strings.lower(text), r"[^a-z0-9']+", " "))


def log_words(text: tf.Tensor) -> tf.Tensor:
    """Return the natural logarithm of 1 + the number of words, a float32 tensor ``[batch]``.

    It is computed in float64, because in float32 the logarithm of one and the same number may end in another digit at
    another place in its batch.
    """
    count = tf.cast(words(text).row_lengths(), tf.float64)
    return tf.cast(tf.math.log1p(count), tf.float32)


def z_score(values: tf.Tensor) -> tf.Tensor:
    """Scale numbers to mean 0 and standard deviation 1; numbers that differ by rounding only all become 0.

    ``tft.scale_to_z_score`` by itself takes rounding for spread: divided by it, a last digit becomes as large as 1. And
    the last digit of a mean depends on how Beam cut the data, unless it is computed in float64.

    Args:
        values: A float32 tensor ``[batch]``.

    Returns:
        A float32 tensor ``[batch]``.
    """
    exact = tf.cast(values, tf.float64)
    scaled, spread = tft.scale_to_z_score(exact), tf.sqrt(tft.var(exact))
    mean = exact - scaled * spread
    known = tf.where(spread > ROUNDING * tf.abs(mean), scaled, tf.zeros_like(scaled))
    return tf.cast(known, tf.float32)


def _indices(inputs: Mapping[str, Any], specification: Mapping[str, Any]) -> dict[str, tf.Tensor]:
    """Look all categories up in one vocabulary of ``column=value``.

    One vocabulary takes one pass over the data; one for each column takes as many, which Beam makes slow.
    """
    columns = {name: column(inputs, name) for name in specification["categorical"]}
    columns |= {name: zip_prefix(column(inputs, name)) for name in specification["zip_code"]}
    if not columns:
        return {}
    named = [tf.strings.join([f"{name}=", values]) for name, values in columns.items()]
    indices = tft.compute_and_apply_vocabulary(
        tf.stack(named, axis=1),
        top_k=specification["max_values"],
        frequency_threshold=specification["min_count"],
        num_oov_buckets=1,
        vocab_filename=features.CATEGORIES,
    )
    return {
        features.transformed_name(name): indices[:, place] for place, name in enumerate(columns)
    }


def _terms(
    text: tf.Tensor, name: str, label: tf.Tensor | None, specification: Mapping[str, Any]
) -> tf.Tensor:
    found = terms.distinct(words(text), specification["ngrams"])
    blank = tf.zeros_like(text, tf.int64) if label is None else label
    vocabulary = terms.informative_vocabulary(
        found, blank, specification["text_terms"], specification["min_texts"], name
    )
    return terms.lowest(tft.apply_vocabulary(found, vocabulary), specification["terms_per_text"])
