"""What a component of ours is told beyond TFX's own arguments, packed into ``custom_config`` and unpacked again.

Transform, Tuner and Trainer take a dictionary as it is. An ExampleGen takes a protocol buffer, which holds anything in
an envelope of its own.

Source: https://www.tensorflow.org/tfx/guide/custom_component; ``tfx.proto.example_gen_pb2.CustomConfig``
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from tfx.proto import example_gen_pb2

_KEY = "options"

_OURS = frozenset({"code"})
"""Entries that are no setting: the fingerprint of the code."""


def pack(options: Mapping[str, Any]) -> example_gen_pb2.CustomConfig:
    """Pack options as an ExampleGen's ``custom_config``.

    Args:
        options: Values that JSON can hold, by name.

    Returns:
        The message for ``FileBasedExampleGen(custom_config=...)`` and its like.
    """
    packed, values = example_gen_pb2.CustomConfig(), struct_pb2.Struct()
    values.update({_KEY: json.dumps(options, sort_keys=True)})
    packed.custom_config.Pack(values)
    return packed


def unpack(custom_config: str | None) -> dict[str, Any]:
    """Return the options that :func:`pack` packed.

    Args:
        custom_config: The message as JSON, as executors get it; None or empty where none was given.

    Returns:
        The options; none where the message was packed by somebody else.
    """
    values = struct_pb2.Struct()
    if custom_config:
        message = json_format.Parse(custom_config, example_gen_pb2.CustomConfig())
        message.custom_config.Unpack(values)
    return json.loads(values[_KEY]) if _KEY in values else {}


def settings(execution: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a Transform, Tuner or Trainer was told, whoever has built it.

    Args:
        execution: Its execution in ML Metadata.

    Yields:
        Name and value of each setting, nested names joined by dots; none where ``custom_config`` is no dictionary.
    """
    try:
        config = json.loads(execution.properties["custom_config"].string_value)
    except ValueError:  # none was given, which InteractiveContext writes as the word None
        return
    if isinstance(config, Mapping):
        yield from _flat({name: value for name, value in config.items() if name not in _OURS}, "")


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
