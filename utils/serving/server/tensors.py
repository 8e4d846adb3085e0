"""Arrays to ``TensorProto`` messages and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from utils.serving.server.status import Code, StatusError, invalid

_LISTS: Mapping[tf.DType, str] = {
    tf.float32: "float_val",
    tf.float64: "double_val",
    tf.int8: "int_val",
    tf.int16: "int_val",
    tf.int32: "int_val",
    tf.uint8: "int_val",
    tf.uint16: "int_val",
    tf.int64: "int64_val",
    tf.uint32: "uint32_val",
    tf.uint64: "uint64_val",
    tf.bool: "bool_val",
    tf.string: "string_val",
}
"""By type, the field of a ``TensorProto`` that holds its values; other types are sent as bytes."""

LARGEST = 2**31
"""How many bytes a tensor may take: more is taken for a mistake in its shape."""


def from_proto(proto: Any, name: str) -> np.ndarray:
    """Return the array that a message holds.

    Args:
        proto: A ``TensorProto``. Where it has fewer values than its shape asks for, the last one is repeated.
        name: The input's name, for an error.

    Returns:
        The array, in the message's own shape and type; text is ``bytes``.

    Raises:
        StatusError: If the message contradicts itself, or is of a type that TensorFlow does not have.
    """
    sizes = [dimension.size for dimension in proto.tensor_shape.dim]
    if min(sizes, default=0) < 0:
        raise invalid(f"tensor parsing error: {name}: its shape is {sizes}")
    if math.prod(sizes) * 8 > LARGEST:
        raise StatusError(
            Code.RESOURCE_EXHAUSTED, f"Tensor {name} has too many values: its shape is {sizes}"
        )
    try:
        return tf.make_ndarray(proto)
    except (TypeError, ValueError, KeyError) as error:
        raise invalid(f"tensor parsing error: {name}: {error}") from error


def from_protos(messages: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays that a request's inputs hold, by their names; see :func:`from_proto`."""
    return {name: from_proto(proto, name) for name, proto in messages.items()}


def to_proto(array: np.ndarray, as_content: bool = False) -> Any:
    """Return the message that holds an array.

    Args:
        array: Numbers, truth values or ``bytes``, of any shape.
        as_content: Whether it holds raw bytes instead of a list of values.

    Returns:
        A ``TensorProto``.
    """
    kind = tf.as_dtype(array.dtype)
    field = _LISTS.get(kind)
    if as_content or field is None:
        return tf.make_tensor_proto(array)
    proto = tf.make_tensor_proto([], kind, shape=[0])
    proto.tensor_shape.CopyFrom(tf.TensorShape(array.shape).as_proto())
    getattr(proto, field).extend(array.ravel().tolist())
    return proto
