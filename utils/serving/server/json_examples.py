"""The JSON of classify and regress: examples with named features, and results.

Source: https://www.tensorflow.org/tfx/serving/api_rest#classify_and_regress_api
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import input_pb2

from utils.serving.server import json_responses, json_tensors
from utils.serving.server.status import invalid

_LARGEST = 2**63 - 1

_KINDS = {"bytes_list": "bytes", "float_list": "float", "int64_list": "int64"}


def parse_input(document: Mapping[str, Any]) -> Any:
    """Return the examples of a request.

    Args:
        document: The request: ``examples``, and perhaps a ``context`` whose features all of them share.

    Returns:
        An ``Input`` message.

    Raises:
        StatusError: If there are no examples, or a feature holds what no feature can hold.
    """
    examples = document.get("examples")
    if "examples" not in document:
        raise invalid(
            f"JSON Value: {json_tensors.shown(document)} When method is classify, key 'examples' is expected and was "
            "not found"
        )
    if not isinstance(examples, list):
        raise invalid(
            f"JSON Value: {json_tensors.shown(document)} Expecting 'examples' value to be an list/array"
        )
    if not examples:
        raise invalid(
            f"JSON Value: {json_tensors.shown(document)} 'examples' value is an empty array"
        )
    made = [_example(example) for example in examples]
    given = input_pb2.Input()
    if "context" in document:
        given.example_list_with_context.context.CopyFrom(_example(document["context"]))
        given.example_list_with_context.examples.extend(made)
    else:
        given.example_list.examples.extend(made)
    return given


def _example(value: Any) -> tf.train.Example:
    if not isinstance(value, dict):
        raise invalid(f"Example must be JSON object but got JSON {json_tensors.json_type(value)}")
    example = tf.train.Example()
    for name, content in value.items():
        feature = example.features.feature[name]
        for element in content if isinstance(content, list) else [content]:
            _add(element, name, feature)
    return example


def _add(value: Any, name: str, feature: tf.train.Feature) -> None:
    if value is None or isinstance(value, list) or json_tensors.is_object(value):
        kind = json_tensors.json_type(value)
        raise invalid(f"Feature: {name} has element with unexpected JSON type: {kind}")
    if isinstance(value, float):
        wanted: str = "float_list"
    else:
        wanted = "int64_list" if isinstance(value, int) else "bytes_list"
    existing = feature.WhichOneof("kind")
    if existing not in (None, wanted):
        raise invalid(
            f"Unexpected element type in feature: {name} expecting type: {_KINDS[existing]}"
        )
    if isinstance(value, dict):
        value = json_tensors.decoded(value)
    elif isinstance(value, str):
        value = value.encode()
    elif isinstance(value, bool):
        value = int(value)
    elif isinstance(value, int) and not -_LARGEST - 1 <= value <= _LARGEST:
        raise invalid(f"Feature: {name} has uint64_t element. Only int64_t is supported.")
    getattr(feature, wanted).value.append(value)


def classification_response(result: Any) -> str:
    """Return the answer to a classify request.

    Args:
        result: A ``ClassificationResult`` message.

    Returns:
        JSON: for each example a list of labels with their scores.
    """
    rows = []
    for row in result.classifications:
        scores = json_responses.decimals(np.array([one.score for one in row.classes], np.float32))
        pairs = [
            f"[{json.dumps(one.label, ensure_ascii=False)}, {score}]"
            for one, score in zip(row.classes, scores, strict=True)
        ]
        rows.append(f"[{', '.join(pairs)}]")
    return f'{{\n    "results": [{", ".join(rows)}\n    ]\n}}'


def regression_response(result: Any) -> str:
    """Return the answer to a regress request.

    Args:
        result: A ``RegressionResult`` message.

    Returns:
        JSON: a number for each example.
    """
    values = np.array([one.value for one in result.regressions], np.float32)
    return f'{{\n    "results": [{", ".join(json_responses.decimals(values))}]\n}}'
