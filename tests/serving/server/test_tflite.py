"""A TensorFlow Lite model beside a SavedModel, with its own signatures and without."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from flatbuffers import flexbuffers
from tensorflow.core.protobuf import meta_graph_pb2

from tests.serving import tiny
from utils.serving.errors import RequestError
from utils.serving.server import tflite
from utils.serving.server.status import StatusError

X = {"x": np.array([2.0, 3.0], np.float32)}


@pytest.fixture(scope="module")
def converted(exported):
    """The tiny model's default signature, converted."""
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(exported / "two"), signature_keys=["serving_default"]
    )
    return converter.convert()


@pytest.fixture(scope="module")
def nameless():
    """A model that is converted from a function, so that it has no signature."""

    @tf.function(input_signature=[tf.TensorSpec([1], tf.float32, name="x")])
    def half(x):
        return tf.identity(x / 2 + 2, name="y")

    return tf.lite.TFLiteConverter.from_concrete_functions([half.get_concrete_function()]).convert()


def test_the_model_has_its_signatures(converted, exported, tmp_path):
    folder = tiny.put(exported / "three", tmp_path, 1)
    (folder / tflite.FILE).write_bytes(converted)
    with tiny.running(model_base_path=str(tmp_path), prefer_tflite_model=True) as one:
        assert one.grpc.predict("default", X).outputs["y"].tolist() == [3.0, 3.5], (
            "not those of the SavedModel"
        )
        assert one.rest.predict("default", instances=[2.0, 3.0, 4.0]) == [3.0, 3.5, 4.0]
        assert list(one.grpc.metadata("default")) == ["serving_default"]
        with pytest.raises(RequestError, match='Serving signature key "two" not found'):
            one.grpc.predict("default", X, signature_name="two")
    with tiny.running(model_base_path=str(tmp_path)) as one:
        assert one.grpc.predict("default", X).outputs["y"].tolist() == [4.0, 4.5]


def test_a_model_without_signatures(nameless, tmp_path):
    file = tmp_path / tflite.FILE
    file.write_bytes(nameless)
    runner = tflite.TfLiteRunner(str(file), 2)
    ((key, signature),) = runner.signatures.items()
    assert key == "serving_default"
    (given,), (wanted,) = signature.inputs.values(), signature.outputs.values()
    for size in (1, 3):
        (answer,) = runner.run({given.name: np.full(size, 2, np.float32)}, [wanted.name])
        assert answer.tolist() == [3.0] * size
    with pytest.raises(StatusError, match="INVALID_ARGUMENT"):
        runner.run({given.name: np.array([1], np.int64)}, [wanted.name])


def test_signatures_in_the_metadata(monkeypatch, nameless):
    signature = meta_graph_pb2.SignatureDef(method_name="tensorflow/serving/predict")
    signature.inputs["x"].name = "lite_x:0"
    built = flexbuffers.Dumps({"serving_default": signature.SerializeToString().decode()})

    class Parts:
        def MetadataLength(self):
            return 1

        def Metadata(self, at):
            return self

        def Name(self):
            return tflite.METADATA

        def Buffer(self):
            return 0

        def Buffers(self, at):
            return self

        def DataAsNumpy(self):
            return np.frombuffer(built, np.uint8)

    monkeypatch.setattr(tflite.schema.Model, "GetRootAsModel", lambda *_: Parts())
    assert tflite._from_metadata(nameless) == {"serving_default": signature}


def test_what_is_no_model(tmp_path):
    (tmp_path / tflite.FILE).write_bytes(b"nothing")
    with pytest.raises(StatusError, match="cannot be loaded"):
        tflite.TfLiteRunner(str(tmp_path / tflite.FILE), 1)
