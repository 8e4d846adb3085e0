"""JSON becomes tensors of the signature's types, or an error that names what does not fit."""

from __future__ import annotations

import math

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2

from utils.serving.server import json_requests
from utils.serving.server.json_requests import predict_inputs
from utils.serving.server.status import StatusError


def infos(**kinds):
    return {
        name: meta_graph_pb2.TensorInfo(name=f"{name}:0", dtype=kind.as_datatype_enum)
        for name, kind in kinds.items()
    }


ONE = infos(x=tf.float32)
TWO = infos(a=tf.float32, b=tf.int64)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "JSON Parse error: The document is empty"),
        (b"instances = [1, 2]", "JSON Parse error: Invalid value"),
        (b'{"instances": [1, ', "JSON Parse error"),
        (b"[1]", "JSON Value: [1] Is not object"),
        (b"\xff", "JSON Parse error"),
        (b"[" * 100_000, "JSON Parse error"),
    ],
    ids=["empty", "no JSON", "half", "a list", "no UTF-8", "deep"],
)
def test_what_is_no_request(body, said):
    with pytest.raises(StatusError) as caught:
        json_requests.parse(body)
    assert said in str(caught.value)


def test_numbers_that_json_does_not_have_and_what_follows():
    document = json_requests.parse(b' {"instances": [NaN, Infinity, -Infinity]} and more')
    inputs, in_rows = predict_inputs(document, ONE)
    assert in_rows
    assert math.isnan(inputs["x"][0])
    assert inputs["x"][1:].tolist() == [math.inf, -math.inf]


def test_rows_and_columns():
    rows, in_rows = predict_inputs({"instances": [{"a": 1, "b": 2}, {"b": 4, "a": 3}]}, TWO)
    columns, by_columns = predict_inputs({"inputs": {"a": [1, 3], "b": [2, 4], "c": "more"}}, TWO)
    assert (in_rows, by_columns) == (True, False)
    for found in (rows, columns):
        assert {name: value.tolist() for name, value in found.items()} == {"a": [1, 3], "b": [2, 4]}
    for document in (
        {"instances": [[1.0], [2.0]]},
        {"inputs": [[1.0], [2.0]]},
        {"inputs": {"x": [[1.0], [2.0]]}},
    ):
        assert predict_inputs(document, ONE)[0]["x"].tolist() == [[1], [2]]
    rows, _ = predict_inputs({"instances": [{"b64": "aGk="}, "ho"]}, infos(x=tf.string))
    assert rows["x"].tolist() == [b"hi", b"ho"]


@pytest.mark.parametrize(
    ("document", "expected", "said"),
    [
        ({}, ONE, "Missing 'inputs' or 'instances' key"),
        ({"inputs": 1, "instances": [1]}, ONE, "expecting only one of 'inputs' or 'instances'"),
        ({"instances": {}}, ONE, "Expecting 'instances' to be an list/array"),
        ({"instances": []}, ONE, "No values in 'instances' array"),
        ({"instances": [1]}, TWO, "instances is a plain list, but expecting list of objects"),
        ({"instances": [1, {"x": 1}]}, ONE, "Expecting value/list but got object at item 1"),
        ({"instances": [{"x": 1}, 1]}, ONE, "Expecting object but got list at item 1"),
        (
            {"instances": [{"x": 1}, {"z": 1}]},
            ONE,
            "element: 1 key: z of 'instances' list. Error: JSON object: does",
        ),
        (
            {"instances": [{"a": 1}]},
            TWO,
            "element: 0 of 'instances' list. JSON object: {\"a\": 1} keys must be equal",
        ),
        (
            {"instances": [1, "x"]},
            ONE,
            "element: 1 of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: \"x\"",
        ),
        (
            {"instances": [[1], [2, 3]]},
            ONE,
            "element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting tensor size: 1 but got: 2",
        ),
        (
            {"instances": [1, [1]]},
            ONE,
            "element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting shape [] but got: [1]",
        ),
        ({"inputs": [1]}, TWO, "inputs is a plain value/list, but expecting an object"),
        ({"inputs": {"a": [1]}}, TWO, "Missing named input: b in 'inputs' object."),
    ],
)
def test_requests_that_do_not_fit_the_signature(document, expected, said):
    with pytest.raises(StatusError) as caught:
        predict_inputs(document, expected)
    assert said in str(caught.value)


def test_the_signature_is_named_by_text():
    assert json_requests.signature_name({}) == ""
    assert json_requests.signature_name({"signature_name": "two"}) == "two"
    with pytest.raises(StatusError, match="'signature_name' key must be a string value"):
        json_requests.signature_name({"signature_name": 100})


def test_many_rows_of_many_columns_keep_their_places():
    rows = np.arange(6000, dtype=np.float32).reshape(1000, 3, 2)
    assert (predict_inputs({"instances": rows.tolist()}, ONE)[0]["x"] == rows).all()


def test_a_number_of_thousands_of_digits():
    with pytest.raises(StatusError, match="A number has too many digits"):
        json_requests.parse(b'{"instances": [' + b"9" * 5000 + b"]}")


@pytest.mark.parametrize(
    "half", ["\\ud800", "\\uDC00", "\\ud800x", "\\udc00\\ud800", "\\\\\\ud800"]
)
def test_half_a_character_is_refused(half):
    body = f'{{"instances": ["{half}"]}}'.encode()
    with pytest.raises(StatusError, match=r"surrogate pair in string is invalid\. at offset: "):
        json_requests.parse(body)


@pytest.mark.parametrize(
    ("text", "expected"), [("\\ud83d\\ude00", "\U0001f600"), ("\\\\ud800", "\\ud800")]
)
def test_whole_characters_and_backslashes_are_taken(text, expected):
    assert json_requests.parse(f'{{"x": "{text}"}}'.encode()) == {"x": expected}
