"""Signatures whose inputs have defaults, and outputs that are not what a method needs."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow_serving.apis import input_pb2

from tests.serving import tiny
from utils.serving.server.inference import Engine
from utils.serving.server.metrics import Metrics
from utils.serving.server.models import Model
from utils.serving.server.status import StatusError


class Fixed:
    """Returns what it is given, or what it is told to return."""

    def __init__(self, *values):
        self.values = values

    def run(self, feeds, fetches):
        return list(self.values or feeds.values())

    def close(self):
        pass


def signature(inputs, outputs):
    def infos(aliases):
        return {alias: meta_graph_pb2.TensorInfo(name=f"{alias}:0", dtype=1) for alias in aliases}

    return meta_graph_pb2.SignatureDef(inputs=infos(inputs), outputs=infos(outputs))


def test_an_input_that_is_left_out_has_its_default():
    made = signature(["x", "slope"], ["x", "slope"])
    if not hasattr(made, "defaults"):
        pytest.skip("this TensorFlow has no defaults in signatures")
    made.defaults["slope"].CopyFrom(tf.make_tensor_proto(np.float32(0.5)))
    model, engine = Model({"serving_default": made}, Fixed()), Engine(Metrics())
    x = np.ones(2, np.float32)
    found = engine.predict("half", model, "", {"x": x}, ["x", "slope"])
    assert (found["slope"], found["x"].tolist()) == (0.5, [1, 1])
    with pytest.raises(StatusError, match=r"Missing but required: \{x\}"):
        engine.predict("half", model, "", {"slope": x})
    with pytest.raises(StatusError, match="input size does not match signature: 0!=2"):
        engine.predict("half", model, "", {})


def run(method, outputs, *values):
    model = Model({"serving_default": signature(["inputs"], outputs)}, Fixed(*values))
    given = input_pb2.Input()
    given.example_list.examples.extend([tiny.example(1.0), tiny.example(2.0)])
    return getattr(Engine(Metrics()), method)("half", model, "", given)


@pytest.mark.parametrize(
    ("method", "outputs", "values", "said"),
    [
        ("classify", ["scores"], [np.zeros(2, np.float32)], r"shape: \[batch_size num_classes\] but got \[2\]"),
        ("classify", ["scores"], [np.zeros((2, 1))], "Expected scores Tensor of float32. Got: float64"),
        ("classify", ["scores"], [np.zeros((3, 1), np.float32)], "scores output batch size of 2. Got: 3"),
        ("classify", ["classes", "scores"], [np.full((2, 1), b"", object), np.zeros((2, 2), np.float32)],
         r"should match in dim_size\(1\)"),
        ("classify", ["classes", "scores", "more"], [], "Expected one or two output Tensors, found 3"),
        ("classify", ["probabilities"], [], "No classification outputs found"),
        ("regress", ["outputs"], [np.zeros((2, 2), np.float32)], r"\[batch_size, 1\] but got \[2, 2\]"),
        ("regress", ["outputs"], [np.zeros(3, np.float32)], "did not match output batch size: 2 vs. 3"),
        ("regress", ["outputs"], [np.zeros(2)], "Expected output Tensor of float. Got: float64"),
        ("regress", ["outputs", "more"], [], "Expected one output Tensor"),
    ],
)  # fmt: skip
def test_outputs_that_do_not_fit_a_method(method, outputs, values, said):
    with pytest.raises(StatusError, match=said):
        run(method, outputs, *values)


def test_classes_without_scores():
    result = run("classify", ["classes"], np.array([[b"a"], [b"b"]], object))
    assert [row.classes[0].label for row in result.classifications] == ["a", "b"]


def test_a_regression_of_one_dimension():
    result = run("regress", ["outputs"], np.array([1, 2], np.float32))
    assert [one.value for one in result.regressions] == [1, 2]
