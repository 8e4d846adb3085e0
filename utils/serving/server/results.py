"""What came out of a model, to the messages of a classification or a regression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import classification_pb2, regression_pb2

from utils.serving.server.status import invalid


def classification(outputs: Mapping[str, np.ndarray], examples: int) -> Any:
    """Return the result of a classification.

    Args:
        outputs: ``classes``, ``scores`` or both, ``[examples, classes]``.
        examples: How many examples were classified.

    Returns:
        A ``ClassificationResult`` message.

    Raises:
        StatusError: If an output has another shape or type.
    """
    for alias, expected in (("classes", np.object_), ("scores", np.float32)):
        if alias in outputs:
            _check_output(outputs[alias], alias, expected, examples)
    shapes = {value.shape for value in outputs.values()}
    if len(shapes) > 1:
        raise invalid(f"Tensors class and score should match in dim_size(1). Got {sorted(shapes)}")
    (shape,) = shapes
    labels = outputs.get("classes", np.full(shape, b"", object)).tolist()
    scores = outputs.get("scores", np.zeros(shape, np.float32)).tolist()
    result = classification_pb2.ClassificationResult()
    for row_labels, row_scores in zip(labels, scores, strict=True):
        row = result.classifications.add()
        for label, score in zip(row_labels, row_scores, strict=True):
            row.classes.add(label=label.decode("utf-8", "replace"), score=score)
    return result


def _check_output(value: np.ndarray, alias: str, expected: Any, examples: int) -> None:
    if value.ndim != 2:
        raise invalid(
            f"Expected Tensor shape: [batch_size num_classes] but got {list(value.shape)}"
        )
    if value.dtype != expected:
        named = tf.as_dtype(expected).name
        raise invalid(f"Expected {alias} Tensor of {named}. Got: {tf.as_dtype(value.dtype).name}")
    if len(value) != examples:
        raise invalid(f"Expected {alias} output batch size of {examples}. Got: {len(value)}")


def regression(outputs: Mapping[str, np.ndarray], examples: int) -> Any:
    """Return the result of a regression.

    Args:
        outputs: ``outputs``, ``[examples]`` or ``[examples, 1]``.
        examples: How many examples there were.

    Returns:
        A ``RegressionResult`` message.

    Raises:
        StatusError: If the output has another shape or type.
    """
    value = outputs["outputs"]
    if value.ndim not in (1, 2) or value.shape[1:] not in ((), (1,)):
        raise invalid(
            "Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got "
            f"{list(value.shape)}"
        )
    if len(value) != examples:
        raise invalid(
            f"Input batch size did not match output batch size: {examples} vs. {len(value)}"
        )
    if value.dtype != np.float32:
        raise invalid(f"Expected output Tensor of float. Got: {tf.as_dtype(value.dtype).name}")
    result = regression_pb2.RegressionResult()
    for number in value.ravel().tolist():
        result.regressions.add(value=number)
    return result
