"""The JSON of predict requests, to arrays.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from utils.serving.server.json_tensors import is_object, shown, tensor
from utils.serving.server.status import StatusError, invalid

_DECODER = json.JSONDecoder()

_ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""The escapes of a JSON text; a half is one of the two that write a character together, without the other."""


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
    except ValueError as error:  # a whole number of thousands of digits
        raise invalid("JSON Parse error: A number has too many digits.") from error
    _check_halves(text)
    if not isinstance(value, dict):
        raise invalid(f"JSON Value: {shown(value)} Is not object")
    return value


def _check_halves(text: str) -> None:
    """Refuse halves of characters, which Python takes for text and nothing else does."""
    if "\\ud" in text or "\\uD" in text:
        for escape in _ESCAPES.finditer(text):
            if escape["half"]:
                raise invalid(
                    "JSON Parse error: The surrogate pair in string is invalid. at offset: "
                    f"{escape.start()}"
                )


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
    if not is_object(rows[0]):
        if len(infos) > 1:
            raise invalid(
                "instances is a plain list, but expecting list of objects as multiple input tensors required as per "
                "tensorinfo_map"
            )
        for at, row in enumerate(rows):
            if is_object(row):
                raise invalid(f"Expecting value/list but got object at item {at} of input list")
        ((name, info),) = infos.items()
        return {name: _stacked(rows, info, "")}
    for at, row in enumerate(rows):
        if not is_object(row):
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
                size = math.prod(first)
                what = (
                    f"Expecting tensor size: {size} but got: {value.size}"
                    if value.size != size
                    else f"Expecting shape {_shape(first)} but got: {_shape(value.shape)}"
                )
                raise _in_row(at, name, f"INVALID_ARGUMENT: {what}") from None
        raise


def _in_row(at: int, name: str, what: str) -> StatusError:
    key = f" key: {name}" if name else ""
    return invalid(f"Failed to process element: {at}{key} of 'instances' list. Error: {what}")


def _from_columns(value: Any, infos: Mapping[str, Any]) -> dict[str, np.ndarray]:
    if not is_object(value):
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


def _shape(shape: Sequence[int]) -> str:
    return f"[{','.join(map(str, shape))}]"
