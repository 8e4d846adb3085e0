"""A TensorFlow Lite model, served with the signatures that its file has.

The converter writes signatures into the file; older ones wrote them as metadata, which TensorFlow Serving reads too.
Where there are none, the model's inputs and outputs are those of its default signature.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from flatbuffers import flexbuffers
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.lite.python import schema_py_generated as schema

from utils.serving.server.status import Code, StatusError, invalid

FILE = "model.tflite"
"""The file in the folder of a version."""

METADATA = b"signature_defs_metadata"
"""The name of the metadata that hold signatures."""


class TfLiteRunner:
    """Several interpreters of one model, since each serves one request at a time."""

    def __init__(self, path: str, copies: int) -> None:
        """Load the model.

        Args:
            path: The file.
            copies: How many interpreters there are.

        Raises:
            StatusError: If it is no TensorFlow Lite model.
        """
        try:
            with tf.io.gfile.GFile(path, "rb") as file:
                content = file.read()
            self._free: queue.SimpleQueue[Any] = queue.SimpleQueue()
            for _ in range(max(copies, 1)):
                self._free.put(tf.lite.Interpreter(model_content=content))
        except (ValueError, RuntimeError) as error:
            raise StatusError(Code.INTERNAL, f"{path} cannot be loaded: {error}") from error
        with_signatures = self._free.get()
        self._indices = {_name(tensor): tensor["index"] for tensor in _ends(with_signatures)}
        self.signatures: Mapping[str, Any] = (
            _native(with_signatures) or _from_metadata(content) or _default(with_signatures)
        )
        self._free.put(with_signatures)

    def run(self, feeds: Mapping[str, np.ndarray], fetches: Sequence[str]) -> list[np.ndarray]:
        """See :class:`utils.serving.server.models.Runner`."""
        interpreter = self._free.get()
        try:
            for name, value in feeds.items():
                interpreter.resize_tensor_input(self._indices[name], value.shape)
            interpreter.allocate_tensors()
            for name, value in feeds.items():
                interpreter.set_tensor(self._indices[name], value)
            interpreter.invoke()
            return [interpreter.get_tensor(self._indices[name]) for name in fetches]
        except (ValueError, RuntimeError) as error:
            raise invalid(str(error)) from error
        finally:
            self._free.put(interpreter)

    def close(self) -> None:
        """See :class:`utils.serving.server.models.Runner`; the interpreters go with this object."""


def _ends(interpreter: Any) -> list[dict[str, Any]]:
    return [*interpreter.get_input_details(), *interpreter.get_output_details()]


def _name(tensor: Mapping[str, Any]) -> str:
    """Return a tensor's name as signatures write it, which number the outputs of an operation."""
    return tensor["name"] if ":" in tensor["name"] else f"{tensor['name']}:0"


def _native(interpreter: Any) -> dict[str, Any]:
    found = {}
    for key in interpreter.get_signature_list():
        runner = interpreter.get_signature_runner(key)
        found[key] = _signature(runner.get_input_details(), runner.get_output_details())
    return found


def _from_metadata(content: bytes) -> dict[str, Any]:
    model = schema.Model.GetRootAsModel(content, 0)
    for at in range(model.MetadataLength()):
        entry = model.Metadata(at)
        if entry.Name() == METADATA:
            root = flexbuffers.GetRoot(model.Buffers(entry.Buffer()).DataAsNumpy().tobytes()).AsMap
            return {
                key.AsKey: meta_graph_pb2.SignatureDef.FromString(value.AsStringBytes)
                for key, value in zip(root.Keys, root.Values, strict=True)
            }
    return {}


def _default(interpreter: Any) -> dict[str, Any]:
    inputs = {_alias(tensor): tensor for tensor in interpreter.get_input_details()}
    outputs = {_alias(tensor): tensor for tensor in interpreter.get_output_details()}
    return {tf.saved_model.DEFAULT_SERVING_SIGNATURE_DEF_KEY: _signature(inputs, outputs)}


def _alias(tensor: Mapping[str, Any]) -> str:
    return tensor["name"].removesuffix(":0")


def _signature(inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    return meta_graph_pb2.SignatureDef(
        inputs={alias: _info(tensor) for alias, tensor in inputs.items()},
        outputs={alias: _info(tensor) for alias, tensor in outputs.items()},
        method_name=tf.saved_model.PREDICT_METHOD_NAME,
    )


def _info(tensor: Mapping[str, Any]) -> Any:
    shape = tensor.get("shape_signature", tensor["shape"])
    kind = tf.string if tensor["dtype"] is np.bytes_ else tf.as_dtype(tensor["dtype"])
    return meta_graph_pb2.TensorInfo(
        name=_name(tensor),
        dtype=kind.as_datatype_enum,
        tensor_shape=tf.TensorShape([size if size >= 0 else None for size in shape]).as_proto(),
    )
