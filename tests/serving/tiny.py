"""Tiny models that the tests export themselves, and the stand-in in this process."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from utils import services
from utils.serving.clients import GrpcClient, RestClient
from utils.serving.server.flags import Flags
from utils.serving.server.stand_in import StandIn

FLOATS = tf.TensorSpec([None], tf.float32)
TEXTS = tf.TensorSpec([None], tf.string)


def parsed(examples: tf.Tensor) -> tf.Tensor:
    """The feature x of serialized examples, ``[examples, 1]``."""
    return tf.io.parse_example(examples, {"x": tf.io.FixedLenFeature([1], tf.float32)})["x"]


class Tiny(tf.Module):
    """A model that takes half of x, and adds an offset by which its versions differ."""

    def __init__(self, offset: float) -> None:
        super().__init__()
        self.offset = tf.Variable(offset)

    def signatures(self) -> dict[str, Any]:
        def half(x):
            return {"y": x / 2 + self.offset}

        def two(a, b):
            return {"sum": a + b, "difference": a - b}

        def types(text, whole, flag, exact):
            return {"text": text, "text_bytes": text, "whole": whole, "flag": flag, "exact": exact}

        def pairs(x):
            return {"y": tf.stack([x, x], axis=1)}

        def matrix(x):
            return {"y": tf.linalg.matmul(x, tf.ones([2, 1]))}

        def no_rows(x):
            return {"y": tf.reduce_sum(x)}

        def classify(inputs):
            return {"scores": parsed(inputs) / 2 + self.offset}

        def labels(inputs):
            scores = tf.concat([parsed(inputs), -parsed(inputs)], axis=1)
            classes = tf.where(scores > 0, "above", "below")
            return {"classes": classes, "scores": scores}

        def regress(inputs):
            return {"outputs": parsed(inputs) / 2 + self.offset}

        def made(function, **specs):
            return tf.function(function).get_concrete_function(**specs)

        many = tf.TensorSpec([None, None], tf.float32)
        kinds = {"whole": tf.int64, "flag": tf.bool, "exact": tf.float64}
        specs = {name: tf.TensorSpec([None], kind) for name, kind in kinds.items()}
        return {
            "serving_default": made(half, x=FLOATS),
            "two": made(two, a=FLOATS, b=FLOATS),
            "types": made(types, text=TEXTS, **specs),
            "pairs": made(pairs, x=FLOATS),
            "matrix": made(matrix, x=many),
            "no_rows": made(no_rows, x=FLOATS),
            "classify_x_to_y": made(classify, inputs=TEXTS),
            "classify_labels": made(labels, inputs=TEXTS),
            "regress_x_to_y": made(regress, inputs=TEXTS),
        }


def save(folder: Path, offset: float = 2.0) -> Path:
    """Export a tiny model."""
    module = Tiny(offset)
    tf.saved_model.save(module, str(folder), signatures=module.signatures())
    return folder


def save_of_first_generation(folder: Path) -> Path:
    """Export a model as TensorFlow 1 did, whose signatures name their methods."""
    v1, info = tf.compat.v1, tf.compat.v1.saved_model.build_tensor_info
    with tf.Graph().as_default(), v1.Session() as session:
        text = v1.placeholder(tf.string, [None])
        x = tf.identity(parsed(text), "x")
        y = v1.get_variable("a", initializer=0.5) * x + v1.get_variable("b", initializer=2.0)
        session.run(v1.global_variables_initializer())

        def signature(inputs, outputs, method):
            return v1.saved_model.signature_def_utils.build_signature_def(
                {key: info(value) for key, value in inputs.items()},
                {key: info(value) for key, value in outputs.items()},
                f"tensorflow/serving/{method}",
            )

        builder = v1.saved_model.Builder(str(folder))
        builder.add_meta_graph_and_variables(
            session,
            ["serve"],
            {
                "serving_default": signature({"x": x}, {"y": y}, "predict"),
                "classify_x_to_y": signature({"inputs": text}, {"scores": y}, "classify"),
                "regress_x_to_y": signature({"inputs": text}, {"outputs": y}, "regress"),
            },
        )
        builder.save()
    return folder


def example(x: float) -> tf.train.Example:
    made = tf.train.Example()
    made.features.feature["x"].float_list.value.append(x)
    return made


def put(source: Path, base_path: Path, number: int) -> Path:
    """Make a version appear at once, as Pusher does not and a rename does."""
    base_path.mkdir(parents=True, exist_ok=True)
    part = base_path / f"part-{number}"
    shutil.copytree(source, part)
    return part.rename(base_path / str(number))


def config(*models: str) -> Any:
    """A configuration from the text of its models."""
    listed = "".join(f'config {{ model_platform: "tensorflow" {model} }}' for model in models)
    text = f"model_config_list {{ {listed} }}"
    return text_format.Parse(text, model_server_config_pb2.ModelServerConfig())


@dataclass(frozen=True)
class Running:
    """A stand-in in this process, and clients of it."""

    server: StandIn
    rest: RestClient
    grpc: GrpcClient
    url: str
    address: str

    def wait(self, true: Any) -> None:
        """Wait until something is true of its versions."""
        self.server.core.manager.wait(true, seconds=60)

    def states(self, name: str) -> dict[int, str]:
        return self.grpc.status(name)


@contextlib.contextmanager
def running(**flags: Any) -> Iterator[Running]:
    """Run the stand-in in this process, on free ports."""
    grpc_port, rest_port = services.free_ports(2)
    given = {"port": grpc_port, "rest_api_port": rest_port, "load_retry_interval_micros": 1000}
    server = StandIn(Flags(**{**given, **flags}))
    url, address = f"http://127.0.0.1:{rest_port}", f"127.0.0.1:{grpc_port}"
    rest, grpc = RestClient(url), GrpcClient(address)
    try:
        server.start()
        yield Running(server, rest, grpc, url, address)
    finally:
        rest.close()
        grpc.close()
        server.close()
