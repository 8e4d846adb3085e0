"""TensorFlow Serving's files in protobuf's text format.

``tensorflow-serving-api`` has the messages of the model configuration. Those of the batching parameters and of the
monitoring configuration are described here as TensorFlow Serving describes them, and protobuf makes the classes.

Source: https://github.com/tensorflow/serving, ``session_bundle_config.proto`` and ``monitoring_config.proto``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf import descriptor_pb2, message_factory, text_format, wrappers_pb2
from google.protobuf.message import Message

from utils.serving.server.status import Code, StatusError, invalid

_Message = TypeVar("_Message", bound=Message)

_DESCRIBED = """
name: "utils/serving/server/protos.py"
package: "tensorflow.serving"
syntax: "proto3"
dependency: "google/protobuf/wrappers.proto"
message_type {
  name: "BatchingParameters"
  field { name: "max_batch_size" number: 1 label: LABEL_OPTIONAL type_name: ".google.protobuf.Int64Value" }
  field { name: "batch_timeout_micros" number: 2 label: LABEL_OPTIONAL type_name: ".google.protobuf.Int64Value" }
  field { name: "max_enqueued_batches" number: 3 label: LABEL_OPTIONAL type_name: ".google.protobuf.Int64Value" }
  field { name: "num_batch_threads" number: 4 label: LABEL_OPTIONAL type_name: ".google.protobuf.Int64Value" }
  field { name: "thread_pool_name" number: 5 label: LABEL_OPTIONAL type_name: ".google.protobuf.StringValue" }
  field { name: "allowed_batch_sizes" number: 6 label: LABEL_REPEATED type: TYPE_INT64 }
  field { name: "pad_variable_length_inputs" number: 7 label: LABEL_OPTIONAL type: TYPE_BOOL }
  field { name: "enable_large_batch_splitting" number: 8 label: LABEL_OPTIONAL
          type_name: ".google.protobuf.BoolValue" }
  field { name: "max_execution_batch_size" number: 9 label: LABEL_OPTIONAL type_name: ".google.protobuf.Int64Value" }
}
message_type {
  name: "PrometheusConfig"
  field { name: "enable" number: 1 label: LABEL_OPTIONAL type: TYPE_BOOL }
  field { name: "path" number: 2 label: LABEL_OPTIONAL type: TYPE_STRING }
}
message_type {
  name: "MonitoringConfig"
  field { name: "prometheus_config" number: 1 label: LABEL_OPTIONAL
          type_name: ".tensorflow.serving.PrometheusConfig" }
}
"""


def _classes() -> dict[str, Any]:
    wrappers = descriptor_pb2.FileDescriptorProto()
    wrappers_pb2.DESCRIPTOR.CopyToProto(wrappers)
    described = text_format.Parse(_DESCRIBED, descriptor_pb2.FileDescriptorProto())
    return message_factory.GetMessages([wrappers, described])


_CLASSES = _classes()

BatchingParameters: Any = _CLASSES["tensorflow.serving.BatchingParameters"]
"""How requests are put together: the message of ``--batching_parameters_file``."""

MonitoringConfig: Any = _CLASSES["tensorflow.serving.MonitoringConfig"]
"""Where metrics are shown: the message of ``--monitoring_config_file``."""


def read(file: str | Path, message: _Message) -> _Message:
    """Read a file in protobuf's text format.

    Args:
        file: The file.
        message: An empty message of the type that the file holds.

    Returns:
        The same message, filled.

    Raises:
        StatusError: If there is no such file, or it holds something else; standard error then says what is wrong.
    """
    try:
        text = Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise StatusError(Code.NOT_FOUND, f"{file}; {error.strerror}") from error
    except UnicodeDecodeError as error:
        print(f"{file} is no text in UTF-8: {error}", file=sys.stderr, flush=True)
        raise invalid(f"Invalid protobuf file: '{file}'") from error
    try:
        return text_format.Parse(text, message)
    except (text_format.ParseError, ValueError, RecursionError) as error:
        where = f"Error parsing text-format {message.DESCRIPTOR.full_name}: {error}"
        print(where, file=sys.stderr, flush=True)
        raise invalid(f"Invalid protobuf file: '{file}'") from error
