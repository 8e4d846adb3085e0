"""The JSON of predict requests, to arrays.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
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

_JSON_NAMES = {dict: "Object", list: "Array", str: "String", int: "Number", float: "Number"}

_DECODER = json.JSONDecoder()


def parse(body: bytes) -> dict[str, Any]:
    """Parse the body of a request.

    Args:
        body: JSON, in which numbers may be ``NaN`` and ``Infinity``; what follows the first value counts for nothing.

    Returns:
        The object that it is.

    Raises:
        StatusError: If it is no JSON, or no object.
    """
    try:
        text = body.decode("utf-8").lstrip()
    except UnicodeDecodeError as error:
        raise invalid(
            f"JSON Parse error: Invalid encoding in string. at offset: {error.start}"
        ) from error
    if not text:
        raise invalid("JSON Parse error: The document is empty")
    try:
        value, _ = _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        what = "Invalid value." if error.msg == "Expecting value" else f"{error.msg}."
        raise invalid(f"JSON Parse error: {what} at offset: {error.pos}") from error
    except RecursionError as error:
        raise invalid("JSON Parse error: Nested too deeply.") from error
    if not isinstance(value, dict):
        raise invalid(f"JSON Value: {shown(value)} Is not object")
    return value


def signature_name(document: Mapping[str, Any]) -> str:
    """Return the signature that a request names, or an empty text.

    Args:
        document: The request.

    Raises:
        StatusError: If it is no text.
    """
    name = document.get("signature_name", "")
    if not isinstance(name, str):
        raise invalid(
            f"JSON Value: {shown(document)} not formatted correctly. 'signature_name' key must be a string value."
        )
    return name


def predict_inputs(
    document: Mapping[str, Any], infos: Mapping[str, Any]
) -> tuple[dict[str, np.ndarray], bool]:
    """Return the inputs of a predict request.

    Args:
        document: The request: ``instances``, a list of rows, or ``inputs``, a tensor for each input.
        infos: The signature's inputs: ``TensorInfo`` messages by name.

    Returns:
        The inputs by name, and whether they came in rows.

    Raises:
        StatusError: If the request has neither or both, or a value does not fit the signature.
    """
    if "instances" in document and "inputs" in document:
        raise invalid(
            f"JSON Value: {shown(document)} Not formatted correctly expecting only one of 'inputs' or 'instances' "
            "keys to exist"
        )
    if "instances" in document:
        rows = document["instances"]
        if not isinstance(rows, list):
            raise invalid(
                f"JSON Value: {shown(document)} Expecting 'instances' to be an list/array"
            )
        if not rows:
            raise invalid(f"JSON Value: {shown(document)} No values in 'instances' array")
        return _from_rows(rows, infos), True
    if "inputs" in document:
        return _from_columns(document["inputs"], infos), False
    raise invalid("Missing 'inputs' or 'instances' key")


def _from_rows(rows: list[Any], infos: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not _is_object(rows[0]):
        if len(infos) > 1:
            raise invalid(
                "instances is a plain list, but expecting list of objects as multiple input tensors required as per "
                "tensorinfo_map"
            )
        for at, row in enumerate(rows):
            if _is_object(row):
                raise invalid(f"Expecting value/list but got object at item {at} of input list")
        ((name, info),) = infos.items()
        return {name: _stacked(rows, info, "")}
    for at, row in enumerate(rows):
        if not _is_object(row):
            raise invalid(f"Expecting object but got list at item {at} of input list")
        for name in row:
            if name not in infos:
                raise _in_row(at, name, f"JSON object: does not have named input: {name}")
        if len(row) != len(infos):
            raise invalid(
                f"Failed to process element: {at} of 'instances' list. JSON object: {shown(row)} keys must be equal "
                f"to: {','.join(sorted(infos))}"
            )
    return {name: _stacked([row[name] for row in rows], info, name) for name, info in infos.items()}


def _stacked(rows: list[Any], info: Any, name: str) -> np.ndarray:
    """Return a column of rows, and name the first row that does not fit."""
    try:
        return tensor(rows, info.dtype)
    except StatusError:
        first = None
        for at, row in enumerate(rows):
            try:
                value = tensor(row, info.dtype)
            except StatusError as error:
                raise _in_row(at, name, str(error)) from error
            first = value.shape if first is None else first
            if value.shape != first:
                what = f"Expecting shape {_shape(first)} but got: {_shape(value.shape)}"
                raise _in_row(at, name, f"INVALID_ARGUMENT: {what}") from None
        raise


def _in_row(at: int, name: str, what: str) -> StatusError:
    key = f" key: {name}" if name else ""
    return invalid(f"Failed to process element: {at}{key} of 'instances' list. Error: {what}")


def _from_columns(value: Any, infos: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not _is_object(value):
        if len(infos) > 1:
            raise invalid(
                "inputs is a plain value/list, but expecting an object as multiple input tensors required as per "
                "tensorinfo_map"
            )
        ((name, info),) = infos.items()
        return {name: tensor(value, info.dtype)}
    for name in infos:
        if name not in value:
            raise invalid(f"Missing named input: {name} in 'inputs' object.")
    return {name: tensor(value[name], info.dtype) for name, info in infos.items()}


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
    return _array(flat, tf.as_dtype(dtype)).reshape(shape)


def _depth(value: Any) -> int:
    return 1 + _depth(value[0]) if isinstance(value, list) and value else 0


def _array(flat: list[Any], kind: tf.DType) -> np.ndarray:
    found = set(map(type, flat))
    if kind == tf.string:
        return np.array([_bytes(value) for value in flat] + [None], object)[:-1]
    allowed = (
        {bool}
        if kind == tf.bool
        else {int}
        if kind in WHOLE
        else {int, float}
        if kind in DECIMAL
        else None
    )
    if allowed is None:
        raise StatusError(
            Code.UNIMPLEMENTED, f"Conversion of JSON Value: {shown(flat[0])} to type: {kind.name}"
        )
    if not found <= allowed:
        raise _of_type(next(value for value in flat if type(value) not in allowed), kind)
    if kind in WHOLE:
        for value in (min(flat, default=0), max(flat, default=0)):
            if not kind.min <= value <= kind.max:
                raise _of_type(value, kind)
    try:
        return np.array(flat, kind.as_numpy_dtype)
    except OverflowError as error:
        raise _of_type(max(flat, key=abs), kind) from error


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if _is_object(value):
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


def _is_object(value: Any) -> bool:
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
    return json.dumps(value)[:_SHOWN]


def _shape(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"
