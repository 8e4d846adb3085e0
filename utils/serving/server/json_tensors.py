"""JSON values, to tensors.

Source: https://www.tensorflow.org/tfx/serving/api_rest#json_mapping
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import tensorflow as tf

from utils.serving.server.status import Code, StatusError, invalid

_SHOWN = 256
"""How many characters of a request an error quotes."""

WHOLE = (tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint32, tf.uint64)
"""The types that JSON writes as whole numbers."""

DECIMAL = (tf.float32, tf.float64)
"""The types that JSON writes with a point."""

_JSON_TYPES: Mapping[tf.DType, frozenset[type]] = {
    tf.bool: frozenset({bool}),
    **dict.fromkeys(WHOLE, frozenset({int})),
    **dict.fromkeys(DECIMAL, frozenset({int, float})),
}
"""By type, what Python makes of the JSON values that it takes."""

_JSON_NAMES = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number"}


def tensor(value: Any, dtype: int) -> np.ndarray:
    """Return the array that a JSON value is.

    Args:
        value: A scalar, or lists of equal lengths within each other, as deep as the tensor has dimensions.
        dtype: TensorFlow's number of its type.

    Returns:
        The array; text and ``{"b64": "..."}`` are ``bytes``.

    Raises:
        StatusError: If the lists differ in length or depth, or a value is of another type.
    """
    shape: list[int] = []
    flat = [value]
    while isinstance(flat[0], list):
        size = len(flat[0])
        for part in flat:
            if not isinstance(part, list):
                raise invalid(
                    f"JSON Value: {shown(part)} found at incorrect level: {len(shape) + 1} in the JSON DOM. "
                    f"Expected at level: {_depth(value)}"
                )
            if len(part) != size:
                raise invalid(
                    f"Encountered list at unexpected size: {len(part)} at level: {len(shape)} expected size: {size}"
                )
        shape.append(size)
        flat = list(chain.from_iterable(flat))
        if not flat:
            break
    if list in set(map(type, flat)):
        raise invalid(f"Encountered list at unexpected level: {len(shape)} expected < {len(shape)}")
    array = _array(flat, tf.as_dtype(dtype))
    try:
        return array.reshape(shape)
    except ValueError as error:
        raise invalid(f"A tensor of {len(shape)} dimensions: {error}") from error


def _depth(value: Any) -> int:
    depth = 0
    while isinstance(value, list) and value:
        value, depth = value[0], depth + 1
    return depth


def _array(flat: list[Any], kind: tf.DType) -> np.ndarray:
    if kind == tf.string:
        return np.array([_bytes(value) for value in flat] + [None], object)[:-1]
    allowed = _JSON_TYPES.get(kind)
    if allowed is None:
        what = f"Conversion of JSON Value: {shown(flat[0] if flat else [])} to type: {kind.name}"
        raise StatusError(Code.UNIMPLEMENTED, what)
    if not set(map(type, flat)) <= allowed:
        raise _of_type(next(value for value in flat if type(value) not in allowed), kind)
    if kind in WHOLE:
        for value in (min(flat, default=0), max(flat, default=0)):
            if not kind.min <= value <= kind.max:
                raise _of_type(value, kind)
    try:
        with np.errstate(over="ignore"):  # what is too large for the type is infinite
            return np.array(flat, kind.as_numpy_dtype)
    except OverflowError as error:
        raise _of_type(max(flat, key=abs), kind) from error


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if is_object(value):
        raise invalid(f"JSON Value: {shown(value)} not formatted correctly for base64 data")
    if not isinstance(value, dict):
        raise _of_type(value, tf.string)
    return decoded(value)


def _of_type(value: Any, kind: tf.DType) -> StatusError:
    name = {tf.float32: "float", tf.float64: "double"}.get(kind, kind.name)
    return invalid(
        f"JSON Value: {shown(value)} Type: {json_type(value)} is not of expected type: {name}"
    )


def json_type(value: Any) -> str:
    """Return what JSON calls the type of a value."""
    if value is None:
        return "Null"
    return str(value) if isinstance(value, bool) else _JSON_NAMES[type(value)]


def is_b64(value: Any) -> bool:
    """Return whether a value is ``{"b64": "..."}``, which stands for bytes."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("b64"), str)


def is_object(value: Any) -> bool:
    """Return whether a value is an object that does not stand for bytes."""
    return isinstance(value, dict) and not is_b64(value)


def decoded(value: Mapping[str, str]) -> bytes:
    """Return the bytes that ``{"b64": "..."}`` stands for.

    Args:
        value: The object; padding at its end may be missing.

    Raises:
        StatusError: If that is no base64.
    """
    text = value["b64"].rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("Unable to base64 decode") from error


def shown(value: Any) -> str:
    """Return the beginning of a value, for an error."""
    text = ""
    for part in json.JSONEncoder().iterencode(value):
        text += part
        if len(text) >= _SHOWN:
            break
    return text[:_SHOWN]
