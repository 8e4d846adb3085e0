"""Starting from an earlier model: its weights go where they belong, word by word.

A row of an embedding belongs to a word, not to a number. When a vocabulary is learnt anew, from other data, the same
word gets another number, so copying weights as they lie would give each word the weights of a stranger.

Source: book, chapter 10, "Warm starting"; TFX's Trainer, ``base_model``
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from . import features


def load(
    model: keras.Model,
    transform_output: tft.TFTransformOutput,
    specification: Mapping[str, Any],
    base: str,
) -> None:
    """Give a new model the weights of an exported one.

    Args:
        model: A new model, as :func:`.trainer.build_model` builds it. What has no counterpart keeps its first value.
        transform_output: The new model's Transform.
        specification: The new model's feature specification.
        base: The folder of the earlier SavedModel, as :func:`.trainer.export` writes it.

    Raises:
        ValueError: Where the earlier model has other layers, or other sizes of them.
    """
    earlier = {_name(variable.name): variable for variable in tf.saved_model.load(base).variables}
    moves = _moves(transform_output, specification, base)
    for layer in model.layers:
        for weight in layer.trainable_weights:
            name = f"{layer.name}/{weight.name}"
            if name not in earlier:
                raise ValueError(
                    f"The model to start from has no weights {name!r}. Warm start from a model with the same "
                    "features and layers, or leave base_model out."
                )
            weight.assign(_fit(name, earlier[name].numpy(), weight.numpy(), moves.get(layer.name)))


def same_words(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Return where the words of a new vocabulary stood in the earlier one.

    Args:
        before: The earlier vocabulary, in order.
        after: The new one.

    Returns:
        Pairs of a word's earlier and new number, from 0, for the words that both hold.
    """
    place = {word: number for number, word in enumerate(before)}
    return [(place[word], number) for number, word in enumerate(after) if word in place]


def read_vocabulary(folder: str | Path, name: str) -> list[str]:
    """Read a vocabulary from an exported model.

    Args:
        folder: The SavedModel.
        name: The vocabulary's name, for example :data:`.features.CATEGORIES` or a text column.

    Returns:
        Its words in order; empty where the model has no such vocabulary.
    """
    path = Path(folder) / "assets" / name
    if not path.is_file():
        return []
    with path.open(
        "rb"
    ) as file:  # as bytes, because other signs end a line of text, and may stand in a word
        return [line.rstrip(b"\n").decode() for line in file]


def _moves(
    transform_output: tft.TFTransformOutput, specification: Mapping[str, Any], base: str
) -> dict[str, tuple[list[tuple[int, int]], int, int]]:
    """By layer: which rows go where, and how many rows the earlier and the new weights have."""
    moves: dict[str, tuple[list[tuple[int, int]], int, int]] = {}
    wide: list[tuple[int, int]] = []
    rows_before = rows_after = 0
    if features.indexed_columns(specification):
        before = read_vocabulary(base, features.CATEGORIES)
        after = _vocabulary(transform_output, features.CATEGORIES)
        pairs = [*same_words(before, after), (len(before), len(after))]  # the place of all others
        moves["categories_embedding"] = (pairs, len(before) + 1, len(after) + 1)
        wide += pairs
        rows_before, rows_after = len(before) + 1, len(after) + 1
    for name in specification["text"]:
        before, after = read_vocabulary(base, name), _vocabulary(transform_output, name)
        size = specification["text_terms"] + 1
        pairs = [(0, 0), *((old + 1, new + 1) for old, new in same_words(before, after))]
        moves[f"{name}_embedding"] = (pairs, size, size)
        wide += [(old + rows_before, new + rows_after) for old, new in pairs]
        rows_before, rows_after = rows_before + size, rows_after + size
    moves["wide"] = (wide, rows_before, rows_after)
    return moves


def _vocabulary(transform_output: tft.TFTransformOutput, name: str) -> list[str]:
    return [word.decode() for word in transform_output.vocabulary_by_name(name)]


def _name(name: str) -> str:
    return name.partition(":")[0].removeprefix("wide_and_deep/")


def _fit(
    name: str,
    before: np.ndarray,
    after: np.ndarray,
    move: tuple[list[tuple[int, int]], int, int] | None,
) -> np.ndarray:
    """Return the new value of one weight: the earlier one, its rows moved where they are words."""
    rows = (len(before), len(after)) if move is None else move[1:]
    if before.shape[1:] != after.shape[1:] or (len(before), len(after)) != rows:
        raise _other_size(name, before, after)
    if move is None:
        if before.shape != after.shape:
            raise _other_size(name, before, after)
        return before
    moved = after.copy()
    old, new = zip(*move[0], strict=True)
    moved[list(new)] = before[list(old)]
    return moved


def _other_size(name: str, before: np.ndarray, after: np.ndarray) -> ValueError:
    return ValueError(
        f"The weights {name!r} are {before.shape} in the model to start from and {after.shape} in the new one. "
        "Warm start with the same features, layers and embedding, or leave base_model out."
    )
