"""JSON becomes tensors of a given type, or an error that names what does not fit."""

from __future__ import annotations

import math

import pytest
import tensorflow as tf

from utils.serving.server.json_tensors import shown, tensor
from utils.serving.server.status import StatusError


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (1, tf.float32, 1.0),
        ([1, 2.5], tf.float32, [1.0, 2.5]),
        ([[1], [2]], tf.int32, [[1], [2]]),
        ([], tf.float32, []),
        ([[], []], tf.float32, [[], []]),
        ([1.7e308, -1.7e308, 1e-300], tf.float32, [math.inf, -math.inf, 0.0]),
        ([1435774380, 1435774380.0], tf.float32, [1435774336.0, 1435774336.0]),
        ([True, False], tf.bool, [True, False]),
        (["ä", {"b64": "aGk="}, {"b64": "aGk"}, ""], tf.string, ["ä".encode(), b"hi", b"hi", b""]),
        ([2**63 - 1, -(2**63)], tf.int64, [2**63 - 1, -(2**63)]),
        ([2**64 - 1], tf.uint64, [2**64 - 1]),
        ([255], tf.uint8, [255]),
    ],
)
def test_tensors(value, kind, expected):
    array = tensor(value, kind.as_datatype_enum)
    assert array.tolist() == expected
    assert tf.as_dtype(array.dtype) == kind


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        ("x", tf.float32, 'JSON Value: "x" Type: String is not of expected type: float'),
        (True, tf.float32, "Type: True is not of expected type: float"),
        (None, tf.float64, "Type: Null is not of expected type: double"),
        (1.5, tf.int64, "Type: Number is not of expected type: int64"),
        (1, tf.bool, "Type: Number is not of expected type: bool"),
        (256, tf.uint8, "Type: Number is not of expected type: uint8"),
        (2**63, tf.int64, "Type: Number is not of expected type: int64"),
        (1, tf.string, "Type: Number is not of expected type: string"),
        ({"b64": "aGk="}, tf.float32, "Type: Object is not of expected type: float"),
        ({"b64": 1}, tf.string, "not formatted correctly for base64 data"),
        ({"b64": "?"}, tf.string, "Unable to base64 decode"),
        ([[1, 2], [3]], tf.float32, "list at unexpected size: 1 at level: 1 expected size: 2"),
        ([[1], 2], tf.float32, "JSON Value: 2 found at incorrect level: 2"),
        ([1, [2]], tf.float32, "Encountered list at unexpected level: 1"),
        (1, tf.complex64, "UNIMPLEMENTED: Conversion of JSON Value: 1 to type: complex64"),
        (10**400, tf.float64, "is not of expected type: double"),
    ],
)
def test_what_does_not_fit(value, kind, said):
    with pytest.raises(StatusError) as caught:
        tensor(value, kind.as_datatype_enum)
    assert said in str(caught.value)


def test_more_dimensions_than_an_array_can_have():
    value: object = 1.0
    for _ in range(100):
        value = [value]
    with pytest.raises(StatusError, match="A tensor of 100 dimensions"):
        tensor(value, 1)


def test_an_error_quotes_the_beginning_only():
    assert shown([1, "x"]) == '[1, "x"]'
    assert len(shown([0.5] * 10_000)) == 256
