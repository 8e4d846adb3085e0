"""Models as several parts of TensorFlow export them are loaded and asked."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from tests.serving import tiny
from utils.serving.server import models
from utils.serving.server.flags import Flags
from utils.serving.server.status import StatusError

FLAGS = Flags(port=1)


def answer(base_path, name="serving_default", shape=(1,)):
    """What the served model answers to x = 2: its outputs, by gRPC."""
    with tiny.running(model_base_path=str(base_path)) as one:
        given = {"x": np.full(shape, 2, np.float32)}
        return one.grpc.predict("default", given, signature_name=name).outputs


def test_a_concrete_function_of_unknown_shape(tmp_path):
    root = tf.train.Checkpoint(v1=tf.Variable(3.0), v2=tf.Variable(2.0))
    root.f = tf.function(lambda x: {"y": root.v1 * root.v2 * x})
    concrete = root.f.get_concrete_function(tf.TensorSpec(None, tf.float32))
    tf.saved_model.save(root, str(tmp_path / "00000123"), concrete)
    assert answer(tmp_path)["y"].tolist() == [12.0]


def test_two_signatures_that_ignore_their_input(tmp_path):
    root = tf.train.Checkpoint()
    spec = [tf.TensorSpec(None, tf.float32, name="x")]
    root.f = tf.function(lambda x: {"y": 1.0}, input_signature=spec)
    root.g = tf.function(lambda x: {"y": 2.0}, input_signature=spec)
    signatures = {"serving_default": root.f, "custom_signature_key": root.g}
    tf.saved_model.save(root, str(tmp_path / "1"), signatures=signatures)
    assert answer(tmp_path)["y"] == 1.0
    assert answer(tmp_path, "custom_signature_key")["y"] == 2.0


def test_a_sequential_model_of_keras(tmp_path):
    model = tf.keras.Sequential(
        [tf.keras.layers.Input((1,), name="x"), tf.keras.layers.Identity(name="y")]
    )
    serve = tf.function(lambda x: {"y": model(x)})
    spec = tf.TensorSpec([None, 1], tf.float32)
    tf.saved_model.save(model, str(tmp_path / "1"), serve.get_concrete_function(spec))
    assert answer(tmp_path, shape=(1, 1))["y"].tolist() == [[2.0]]


def test_a_model_of_a_distribution_strategy(tmp_path):
    with tf.distribute.MirroredStrategy(devices=("/cpu:0",)).scope():
        root = tf.Module()
        root.weight = tf.Variable([[1.0]])
    serve = tf.function(lambda x: {"y": tf.linalg.matmul(x, root.weight)})
    spec = tf.TensorSpec([None, 1], tf.float32)
    tf.saved_model.save(root, str(tmp_path / "1"), serve.get_concrete_function(spec))
    assert answer(tmp_path, shape=(1, 1))["y"].tolist() == [[2.0]]


def test_a_model_with_a_table_and_its_file(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("bank\nloan\n")

    class Lookup(tf.Module):
        def __init__(self):
            super().__init__()
            keys = tf.lookup.TextFileInitializer(
                str(words), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE,
                tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER,
            )  # fmt: skip
            self.table = tf.lookup.StaticHashTable(keys, -1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def find(self, word):
            return {"index": self.table.lookup(word)}

    module = Lookup()
    tf.saved_model.save(module, str(tmp_path / "m" / "1"), signatures=module.find)
    words.unlink()
    with tiny.running(model_base_path=str(tmp_path / "m")) as one:
        assert one.rest.predict("default", instances=["loan", "card"]) == [1, -1]


def test_a_closed_model_cannot_be_asked(exported):
    model = models.load(str(exported / "two"), FLAGS)
    signature = model.signatures["serving_default"]
    feeds = {signature.inputs["x"].name: np.ones(1, np.float32)}
    (value,) = model.runner.run(feeds, [signature.outputs["y"].name])
    assert value.tolist() == [2.5]
    with pytest.raises(StatusError, match="INVALID_ARGUMENT"):
        model.runner.run(
            {"none:0": feeds[signature.inputs["x"].name]}, [signature.outputs["y"].name]
        )
    model.runner.close()
    with pytest.raises(StatusError, match="Session has been closed"):
        model.runner.run(feeds, [signature.outputs["y"].name])
