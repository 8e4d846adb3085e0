"""A network small enough to be converted in a moment, and rows for it."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

PLACES = 6


def network() -> keras.Model:
    """A network of two inputs, as the pipeline's is made: categories as numbers, and a length."""
    keras.utils.set_random_seed(1)
    inputs = {
        "category": keras.Input((2,), name="category", dtype="int64"),
        "length": keras.Input((1,), name="length"),
    }
    hot = keras.layers.CategoryEncoding(PLACES, "multi_hot", name="hot")(inputs["category"])
    both = keras.layers.Concatenate()([hot, inputs["length"]])
    hidden = keras.layers.Dense(4, "relu")(both)
    return keras.Model(inputs, keras.layers.Dense(1, "sigmoid")(hidden))


def rows(count: int) -> dict[str, np.ndarray]:
    """Transformed features, as a network's inputs."""
    random = np.random.RandomState(0)
    return {
        "category": random.randint(0, PLACES, (count, 2)),
        "length": random.normal(size=(count, 1)).astype("float32"),
    }


def converted(model: keras.Model, folder, **attributes) -> bytes:
    """Convert a network, with attributes of the converter set."""
    model.export(str(folder), verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    for name, value in attributes.items():
        setattr(converter, name, value)
    return converter.convert()


def one_by_one(features: dict[str, np.ndarray]):
    """A representative dataset."""
    for at in range(len(features["length"])):
        yield {name: values[at : at + 1] for name, values in features.items()}
