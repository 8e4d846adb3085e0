"""Tensors become JSON as TensorFlow Serving writes it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from utils.serving.server.json_responses import decimals, predict_response
from utils.serving.server.status import StatusError


def answer(outputs, in_rows):
    return json.loads(predict_response(outputs, in_rows))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_decimals_have_as_many_digits_as_they_need(kind):
    values = [3, 0.2, 1e6, 9000000, 3e-5, 1 / 3, 123456.7, np.nan, np.inf, -np.inf, -0.0]
    array = np.array(values, kind)
    written = decimals(array)
    assert written[:5] == ["3.0", "0.2", "1e+06", "9e+06", "3e-05"]
    assert written[7:] == ["NaN", "Infinity", "-Infinity", "-0.0"]
    assert np.array_equal(np.array([float(text) for text in written], kind), array, equal_nan=True)
    assert written[5] == {np.float32: "0.333333343", np.float64: "0.33333333333333331"}[kind]


def test_one_output_and_several():
    y, z = np.array([[1, 2], [3, 4]], np.float32), np.array([b"a", b"b"], object)
    assert answer({"y": y}, True) == {"predictions": [[1, 2], [3, 4]]}
    assert answer({"y": y}, False) == {"outputs": [[1, 2], [3, 4]]}
    assert answer({"y": y, "z": z}, False) == {"outputs": {"y": [[1, 2], [3, 4]], "z": ["a", "b"]}}
    assert answer({"y": y, "z": z}, True) == {
        "predictions": [{"y": [1, 2], "z": "a"}, {"y": [3, 4], "z": "b"}]
    }


def test_bytes_whole_numbers_and_truth():
    outputs = {
        "text": np.array(['"ä\n'.encode(), b"\xff"], object),
        "text_bytes": np.array([b"hi", b"\xff"], object),
        "whole": np.array([2**63 - 1, -1]),
        "flag": np.array([True, False]),
    }
    assert answer(outputs, False)["outputs"] == {
        "text": ['"ä\n', "\ufffd"],
        "text_bytes": [{"b64": "aGk="}, {"b64": "/w=="}],
        "whole": [2**63 - 1, -1],
        "flag": [True, False],
    }


def test_shapes_without_values():
    assert answer({"y": np.zeros((2, 0), np.float32)}, True) == {"predictions": [[], []]}
    assert answer({"y": np.zeros((0, 2), np.float32)}, True) == {"predictions": []}
    assert answer({"y": np.zeros((0, 2), np.float32)}, False) == {"outputs": []}
    assert answer({"y": np.float32(1)[()].reshape(())}, False) == {"outputs": 1}


def test_what_has_no_rows():
    with pytest.raises(StatusError, match="Tensor name: y has no shape information"):
        predict_response({"y": np.zeros((), np.float32)}, True)
    with pytest.raises(
        StatusError, match="Tensor name: z has inconsistent batch size: 1 expecting: 2"
    ):
        predict_response({"y": np.zeros(2), "z": np.zeros(1)}, True)
    with pytest.raises(StatusError, match="Failed to write JSON value for tensor type: complex64"):
        predict_response({"y": np.zeros(2, np.complex64)}, True)
