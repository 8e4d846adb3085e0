"""The pipeline's transformed complaints as one matrix of zeros and ones.

Each category and each term is a column. The wide half of the example model is a linear model over just this matrix.
DP-SGD, federated averaging and CKKS are all shown on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow_transform as tft
from numpy.typing import NDArray

from utils.pipeline.config import PipelineConfig
from utils.pipeline.modules import features, trainer

_ALL_ROWS = 10_000_000


@dataclass(frozen=True)
class Matrix:
    """Encoded rows of both splits.

    Attributes:
        train: float32 ``[rows, features]``, zeros and ones.
        train_labels: 0 or 1, ``[rows]``.
        held_out: The same of the split *eval*.
        held_out_labels: Their labels.
        states: The state of each row of *train*; states with few rows share a name.
    """

    train: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    held_out: NDArray[np.float32]
    held_out_labels: NDArray[np.int64]
    states: NDArray[np.str_]


def matrix(transform_graph: Any, examples: Any, config: PipelineConfig) -> Matrix:
    """Encode what Transform has made.

    Args:
        transform_graph: Transform's output channel of that name.
        examples: Its output channel ``transformed_examples``.
        config: The pipeline's configuration, for the features.

    Returns:
        The encoded rows, in an order that does not depend on how Beam wrote them.

    Raises:
        ValueError: If a split has no row with a label.
    """
    graph = tft.TFTransformOutput(transform_graph.get()[0].uri)
    inputs, wide, _ = trainer.encode(graph, config.features.as_dict(), config.model.as_dict())
    encoder = keras.Model(inputs, wide)
    words = [word.decode() for word in graph.vocabulary_by_name(features.CATEGORIES)]
    found: list[NDArray[Any]] = []
    states: list[str] = []
    for split in ("train", "eval"):
        files = [f"{examples.get()[0].uri}/Split-{split}/*"]
        columns, labels = next(iter(trainer.input_fn(files, graph, _ALL_ROWS)))
        encoded = encoder({name: columns[name] for name in encoder.input}, training=False)
        if split == "train":
            places = columns[features.transformed_name("state")].numpy().ravel()
            states = [_state(words, place) for place in places]
        found += [np.asarray(encoded, "float32"), np.asarray(labels)]
    train, train_labels, held_out, held_out_labels = found
    return Matrix(train, train_labels, held_out, held_out_labels, np.array(states))


def _state(words: list[str], place: int) -> str:
    """Return the state that a place in the vocabulary stands for."""
    return words[place].partition("=")[2] if 0 <= place < len(words) else "others"
