"""Asking an exported model, in this process.

Source: book, chapters 6 and 8; https://www.tensorflow.org/guide/saved_model
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf

from .modules import features


class ExportedModel:
    """A model as Trainer wrote it or Pusher pushed it: raw complaints in, probabilities out."""

    def __init__(self, folder: str | Path) -> None:
        """Load the model.

        Args:
            folder: A SavedModel, a Trainer's or Pusher's artifact that holds one, or a folder of pushed
                versions, of which the latest counts.

        Raises:
            FileNotFoundError: Where there is no model.
        """
        self.folder = find_model(folder)
        self._loaded = tf.saved_model.load(str(self.folder))

    def predict(self, complaints: Iterable[Mapping[str, str | None]]) -> np.ndarray:
        """Return the probability that each complaint will be disputed.

        Args:
            complaints: Column name to text. Columns that are left out, empty or None count as missing,
                further ones and the label are ignored.

        Returns:
            float32 ``[complaints]``.
        """
        return self.answer(serialize(complaints))

    def answer(self, examples: Sequence[bytes]) -> np.ndarray:
        """Return the probability for complaints that are serialized already, so that several models can share them.

        Args:
            examples: What :func:`serialize` returns.

        Returns:
            float32 ``[complaints]``.
        """
        answer = self._loaded.signatures["serving_default"](
            examples=tf.constant(examples, tf.string)
        )
        return answer["probability"].numpy()[:, 0]

    def transform(self, complaints: Iterable[Mapping[str, str | None]]) -> dict[str, np.ndarray]:
        """Return what the model itself is given for each complaint.

        Args:
            complaints: As for :meth:`predict`.

        Returns:
            Transformed feature to array ``[complaints, ...]``.
        """
        answer = self._loaded.signatures["transform_features"](
            examples=tf.constant(serialize(complaints), tf.string)
        )
        return {name: values.numpy() for name, values in answer.items()}


def serialize(complaints: Iterable[Mapping[str, str | None]]) -> list[bytes]:
    """Write complaints as ``tf.Example`` s, the way a serving request carries them.

    Args:
        complaints: Column name to text; empty or None is missing. The label is left out.

    Returns:
        A serialized example each.

    Raises:
        TypeError: For a value that is not text, for example a ZIP code as a number.
    """
    return [_example(complaint).SerializeToString(deterministic=True) for complaint in complaints]


def find_model(folder: str | Path) -> Path:
    """Find the SavedModel.

    Args:
        folder: See :class:`ExportedModel`.

    Returns:
        The folder that holds ``saved_model.pb``.

    Raises:
        FileNotFoundError: Where there is none.
    """
    folder = Path(folder)
    versions = [path for path in folder.glob("*") if path.name.isdigit()]
    latest = max(versions, key=lambda path: int(path.name), default=folder)
    for place in (folder, folder / "Format-Serving", latest):
        if (place / "saved_model.pb").is_file():
            return place
    raise FileNotFoundError(
        f"There is no model in {folder}: was it trained, or blessed and pushed?"
    )


def _example(complaint: Mapping[str, str | None]) -> tf.train.Example:
    example = tf.train.Example()
    for name, value in complaint.items():
        if name == features.LABEL or value is None or value == "":
            continue
        if not isinstance(value, str):
            raise TypeError(
                f"{name} is {value!r}, a {type(value).__name__}: every column is text, write {str(value)!r}."
            )
        example.features.feature[name].bytes_list.value.append(value.encode())
    return example
