"""Text encoders as TensorFlow Hub delivers them: a SavedModel that takes texts and gives vectors.

Hub's own encoders are large downloads, so nothing is fetched unless asked for. What this workbook can make itself, an
encoder from the text half of its own model, has the same form and is loaded by the same call.

Source: book, chapter 6, which uses the Universal Sentence Encoder; https://www.tensorflow.org/hub/reusable_saved_models
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from utils import folders, paths
from utils.training.errors import TrainingError, output

UNIVERSAL_SENTENCE_ENCODER = "https://tfhub.dev/google/universal-sentence-encoder/4"
"""The book's encoder: 512 numbers a text, about 1 GB to download."""

_MADE_FROM = "made_from.txt"


def cache() -> Path:
    """Return the folder of downloaded encoders: ``$TFHUB_CACHE_DIR`` where set, else one in the build folder."""
    named = os.environ.get("TFHUB_CACHE_DIR")
    return Path(named).expanduser() if named else paths.build() / "tfhub"


def load(handle: str | Path, *, download: bool = False) -> Any:
    """Load an encoder.

    Args:
        handle: An address of TensorFlow Hub, or the folder of a SavedModel.
        download: Whether an address may be downloaded. What was downloaded before is used in any case.

    Returns:
        A function from a string tensor ``[texts]`` to a float32 tensor ``[texts, size]``.

    Raises:
        TrainingError: Where the encoder is neither on this machine nor may be downloaded, or the download fails.
    """
    import tensorflow_hub as hub

    where = str(handle)
    if not where.startswith("https://"):
        if not (Path(where) / "saved_model.pb").is_file():
            raise TrainingError(
                f"There is no encoder in {where}.",
                "Give the folder that holds its saved_model.pb, or an address of TensorFlow Hub.",
            )
        return hub.load(where)
    folder = cache() / hashlib.sha1(where.encode()).hexdigest()
    if not folder.is_dir() and not download:
        raise TrainingError(
            f"The encoder {where} is not on this machine.",
            "Online, load(handle, download=True) fetches it once, about 1 GB for a sentence encoder; offline, copy it "
            f"to {cache()} or set TFHUB_CACHE_DIR to a folder that has it.",
        )
    os.environ.setdefault("TFHUB_CACHE_DIR", str(cache()))
    try:
        return hub.load(where)
    except (OSError, RuntimeError, ValueError) as error:
        raise TrainingError(
            f"The encoder {where} could not be downloaded ({type(error).__name__}).",
            "Look at the connection and at the free disk space, then run this cell again.",
        ) from error


def layer(encoder: Any, name: str = "encoder") -> Any:
    """Put a loaded encoder into a Keras 3 layer, which ``hub.KerasLayer`` is not.

    Args:
        encoder: What :func:`load` returned; it is used as it is and not trained further.
        name: The layer's name.

    Returns:
        A ``keras.Layer`` from texts ``[rows]`` to vectors ``[rows, size]``.
    """
    import keras
    import tensorflow as tf

    size = int(encoder(tf.constant([""])).shape[-1])

    class Encoder(keras.Layer):
        def call(self, texts: Any) -> Any:
            return encoder(texts)

        def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            return (shape[0], size)

    return Encoder(name=name, dtype="float32", trainable=False)


def export(model: Any, column: str, folder: Path) -> Path:
    """Make an encoder from the text half of a trained model.

    Args:
        model: A Trainer that has run, on single words (``ngrams=1``), or its output ``model``.
        column: A text column that the model reads.
        folder: Where to write the SavedModel; what lies there already is used where it is from the same model.

    Returns:
        The folder.

    Raises:
        TrainingError: Where the model reads no such text, or where the folder holds anything but an encoder of
            this function.
    """
    import tensorflow as tf

    from utils.pipeline.modules import transform, warm_start
    from utils.pipeline.predict import find_model

    folder_of_model = find_model(output(model, "model"))
    marker, origin = folder / _MADE_FROM, f"{column} of {folder_of_model}"
    if marker.is_file() and marker.read_text(encoding="utf-8") == origin:
        return folder
    if not marker.is_file() and any(folder.glob("*")):
        raise TrainingError(
            f"{folder} exists and holds no encoder that was exported here, so it is not replaced.",
            "Name a folder that does not exist yet, or delete this one yourself.",
        )
    words = warm_start.read_vocabulary(folder_of_model, column)
    if not words:
        raise TrainingError(
            f"The model has no vocabulary of {column!r}.",
            "Name a text column of its features, for example 'consumer_complaint_narrative'.",
        )
    named = {
        v.name.partition(":")[0]: v for v in tf.saved_model.load(str(folder_of_model)).variables
    }

    class Encoder(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            entries = tf.lookup.KeyValueTensorInitializer(
                tf.constant(words), tf.range(1, len(words) + 1, dtype=tf.int64)
            )
            self.numbers = tf.lookup.StaticHashTable(entries, 0)
            self.weights = tf.Variable(named[f"{column}_embedding/kernel"].numpy())

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, texts: tf.Tensor) -> tf.Tensor:
            numbers = tf.ragged.map_flat_values(self.numbers.lookup, transform.words(texts))
            held = tf.math.bincount(
                numbers,
                minlength=len(words) + 1,
                maxlength=len(words) + 1,
                axis=-1,
                binary_output=True,
                dtype=tf.float32,
            )
            return tf.matmul(held[:, 1:], self.weights[1:])

    folders.make(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        made = Path(name) / "encoder"
        tf.saved_model.save(Encoder(), str(made))
        (made / _MADE_FROM).write_text(origin, encoding="utf-8")
        if marker.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    return folder
