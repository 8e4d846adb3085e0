"""Examples in JSON, and the JSON of classifications and regressions."""

from __future__ import annotations

import json

import pytest
from tensorflow_serving.apis import classification_pb2, regression_pb2

from utils.serving.server import json_examples
from utils.serving.server.status import StatusError


def test_features_of_every_type():
    given = json_examples.parse_input(
        {"examples": [{"a": 1.5, "b": [1, True], "c": ["x", {"b64": "aGk="}], "d": []}]}
    )
    (example,) = given.example_list.examples
    features = example.features.feature
    assert list(features["a"].float_list.value) == [1.5]
    assert list(features["b"].int64_list.value) == [1, 1]
    assert list(features["c"].bytes_list.value) == [b"x", b"hi"]
    assert features["d"].WhichOneof("kind") is None


def test_a_context_is_kept_apart():
    given = json_examples.parse_input({"context": {"a": "x"}, "examples": [{"b": 1}, {"b": 2}]})
    together = given.example_list_with_context
    assert together.context.features.feature["a"].bytes_list.value[0] == b"x"
    assert len(together.examples) == 2


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "key 'examples' is expected and was not found"),
        ({"examples": {}}, "Expecting 'examples' value to be an list/array"),
        ({"examples": []}, "'examples' value is an empty array"),
        ({"examples": [1]}, "Example must be JSON object but got JSON Number"),
        ({"examples": [{"a": None}]}, "Feature: a has element with unexpected JSON type: Null"),
        ({"examples": [{"a": [[1]]}]}, "Feature: a has element with unexpected JSON type: Array"),
        (
            {"examples": [{"a": {"b": 1}}]},
            "Feature: a has element with unexpected JSON type: Object",
        ),
        (
            {"examples": [{"a": [1, "x"]}]},
            "Unexpected element type in feature: a expecting type: int64",
        ),
        (
            {"examples": [{"a": [1.5, 1]}]},
            "Unexpected element type in feature: a expecting type: float",
        ),
        (
            {"examples": [{"a": 2**63}]},
            "Feature: a has uint64_t element. Only int64_t is supported.",
        ),
    ],
)
def test_what_is_no_example(document, said):
    with pytest.raises(StatusError) as caught:
        json_examples.parse_input(document)
    assert said in str(caught.value)


def test_results():
    result = classification_pb2.ClassificationResult()
    row = result.classifications.add()
    row.classes.add(label='a"', score=0.25)
    row.classes.add(label="", score=3)
    found = json.loads(json_examples.classification_response(result))
    assert found == {"results": [[['a"', 0.25], ["", 3.0]]]}
    result = regression_pb2.RegressionResult()
    result.regressions.add(value=3)
    assert json.loads(json_examples.regression_response(result)) == {"results": [3.0]}
