"""Arrays survive the way through a message."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from utils.serving.server import tensors
from utils.serving.server.status import StatusError


@pytest.mark.parametrize("as_content", [False, True])
@pytest.mark.parametrize(
    "kind", [*"bBhHiIlL", "float32", "float64", "float16", "bool", "complex64", "object"]
)
def test_every_type(kind, as_content):
    values = [b"a", b"\xff"] if kind == "object" else [1, 0]
    array = np.array([values, values], kind)
    proto = tensors.to_proto(array, as_content)
    back = tensors.from_proto(proto, "x")
    assert back.dtype == array.dtype
    assert back.tolist() == array.tolist()
    assert tf.make_ndarray(proto).tolist() == array.tolist()


def test_values_are_sent_as_lists_unless_bytes_are_asked_for():
    array = np.array([1.5, 2.5], np.float32)
    assert list(tensors.to_proto(array).float_val) == [1.5, 2.5]
    assert not tensors.to_proto(array, as_content=True).float_val
    assert list(tensors.to_proto(np.float32(3)[None]).float_val) == [3]
    assert list(tensors.to_proto(np.zeros((0, 2), np.float32)).tensor_shape.dim)[1].size == 2


def test_a_message_that_contradicts_itself():
    proto = tensor_pb2.TensorProto(dtype=1, float_val=[1.0, 2.0, 3.0])
    proto.tensor_shape.dim.add(size=2)
    with pytest.raises(StatusError, match="INVALID_ARGUMENT: tensor parsing error: x"):
        tensors.from_proto(proto, "x")
    with pytest.raises(StatusError, match="INVALID_ARGUMENT: tensor parsing error: x"):
        tensors.from_proto(tensor_pb2.TensorProto(dtype=9999), "x")
    for sizes in ([-1], [-1, -3], [-3, 1]):
        negative = tensor_pb2.TensorProto(dtype=1, tensor_content=bytes(12))
        for size in sizes:
            negative.tensor_shape.dim.add(size=size)
        with pytest.raises(StatusError, match="INVALID_ARGUMENT: tensor parsing error: x"):
            tensors.from_proto(negative, "x")
    proto.tensor_shape.dim[0].size = 2**40
    with pytest.raises(StatusError, match="RESOURCE_EXHAUSTED"):
        tensors.from_proto(proto, "x")
