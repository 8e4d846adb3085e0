"""Which model a request means, as a message: what clients send, and what the stand-in answers with."""

from __future__ import annotations

from typing import Any

from tensorflow_serving.apis import model_pb2


def model_spec(
    name: str, signature_name: str = "", version: int | None = None, label: str | None = None
) -> Any:
    """Return a ``ModelSpec`` message.

    Args:
        name: The model's name.
        signature_name: The signature's name, where one is meant.
        version: The version's number, where one is meant.
        label: Or its label.
    """
    spec = model_pb2.ModelSpec(name=name, signature_name=signature_name)
    if version is not None:
        spec.version.value = version
    elif label is not None:
        spec.version_label = label
    return spec
