"""The same network, written with operations that TensorFlow Lite has.

Keras's ``CategoryEncoding`` counts with ``DenseBincount``, which TensorFlow Lite lacks. :class:`MultiHot` makes the
same zeros and ones by comparing. It does not use ``one_hot``: the converter of TensorFlow 2.16 gives the zero of that
operation a scale of its own when it writes int8, and the interpreter then reads every zero as one half.

Source: https://ai.google.dev/edge/litert/conversion/tensorflow/ops_compatibility
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


@keras.utils.register_keras_serializable("workbook")
class MultiHot(keras.layers.Layer):
    """Ones at the places that a row names, zeros elsewhere: int ``[rows, places]`` to float32 ``[rows, size]``."""

    def __init__(self, size: int, **named: Any) -> None:
        """Make the layer.

        Args:
            size: How many places there are.
            **named: What every layer of Keras takes, for example ``name``.
        """
        super().__init__(**named)
        self.size = size

    def call(self, places: Any) -> Any:
        """Compare each named place with all places."""
        every = ops.arange(self.size, dtype=places.dtype)
        same = ops.equal(ops.expand_dims(places, -1), every)
        return ops.cast(ops.any(same, axis=-2), "float32")

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made from."""
        return super().get_config() | {"size": self.size}


def portable(network: keras.Model) -> keras.Model:
    """Copy a network, with a :class:`MultiHot` in the place of each ``CategoryEncoding``.

    Args:
        network: A network made of Keras's layers, such as the pipeline's.

    Returns:
        A network with the same weights and the same answers.
    """

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        if isinstance(layer, keras.layers.CategoryEncoding):
            return MultiHot(layer.num_tokens, name=layer.name)
        return type(layer).from_config(layer.get_config())

    copy = keras.models.clone_model(network, clone_function=copied)
    copy.set_weights(network.get_weights())
    return copy
