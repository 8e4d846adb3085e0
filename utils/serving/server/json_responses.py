"""Arrays, to the JSON of answers.

Source: https://www.tensorflow.org/tfx/serving/api_rest
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from utils.serving.server.json_tensors import DECIMAL, WHOLE
from utils.serving.server.status import invalid


def predict_response(outputs: Mapping[str, np.ndarray], in_rows: bool) -> str:
    """Return the answer to a predict request.

    Args:
        outputs: The outputs by name, ``[rows, ...]`` where the answer is in rows.
        in_rows: Whether the answer is a list of rows, as the request was.

    Returns:
        JSON; names are left out where there is only one output.

    Raises:
        StatusError: If there are to be rows, and an output has none or another number of them.
    """
    if not in_rows:
        columns = {name: texts(value, name) for name, value in outputs.items()}
        nested = {name: _nested(columns[name], value.shape) for name, value in outputs.items()}
        return f'{{\n    "outputs": {_only(nested)}\n}}'
    rows = None
    for name, value in outputs.items():
        if value.ndim == 0:
            raise invalid(f"Tensor name: {name} has no shape information")
        if rows is not None and len(value) != rows:
            raise invalid(
                f"Tensor name: {name} has inconsistent batch size: {len(value)} expecting: {rows}"
            )
        rows = len(value)
    parts = {
        name: _grouped(texts(value, name), value.shape[1:], len(value))
        for name, value in outputs.items()
    }
    made = [_only({name: part[at] for name, part in parts.items()}) for at in range(rows or 0)]
    return f'{{\n    "predictions": [{", ".join(made)}\n    ]\n}}'


def _only(texts_by_name: Mapping[str, str]) -> str:
    if len(texts_by_name) == 1:
        return next(iter(texts_by_name.values()))
    pairs = ",".join(
        f"\n            {json.dumps(name)}: {text}" for name, text in texts_by_name.items()
    )
    return f"\n        {{{pairs}\n        }}"


def _nested(flat: list[str], shape: Sequence[int]) -> str:
    return _grouped(flat, shape, 1)[0]


def _grouped(flat: list[str], shape: Sequence[int], count: int) -> list[str]:
    """Put brackets around values, from the innermost dimension outwards, until there are so many groups."""
    for depth in reversed(range(len(shape))):
        size, groups = shape[depth], count * math.prod(shape[:depth])
        flat = [f"[{', '.join(flat[at * size : (at + 1) * size])}]" for at in range(groups)]
    return flat


def texts(value: np.ndarray, name: str) -> list[str]:
    """Return the JSON of each value of a tensor.

    Args:
        value: Numbers, truth values or ``bytes``, of any shape.
        name: The tensor's name; one that ends in ``_bytes`` is written as base64.

    Returns:
        The texts, in the order of the values.

    Raises:
        StatusError: If JSON has nothing for their type.
    """
    flat = value.ravel()
    kind = tf.as_dtype(value.dtype)
    if kind in DECIMAL:
        return decimals(flat)
    if kind == tf.string:
        if name.endswith("_bytes"):
            return [f'{{"b64": "{base64.b64encode(one).decode()}"}}' for one in flat]
        return [json.dumps(one.decode("utf-8", "replace"), ensure_ascii=False) for one in flat]
    if kind in WHOLE or kind == tf.bool:
        return [json.dumps(one) for one in flat.tolist()]
    raise invalid(f"Failed to write JSON value for tensor type: {kind.name}")


def decimals(flat: np.ndarray) -> list[str]:
    """Return the JSON of numbers: six digits where they say all, else as many as are needed, and always a point.

    Args:
        flat: float32 or float64 ``[values]``.

    Returns:
        The texts; what is not finite is ``NaN``, ``Infinity`` or ``-Infinity``.
    """
    written = [f"{one:g}" for one in flat.tolist()]
    inexact = np.array([float(text) for text in written], flat.dtype) != flat
    digits = 9 if flat.dtype == np.float32 else 17
    for at in np.flatnonzero(inexact & np.isfinite(flat)):
        written[at] = f"{flat[at].item():.{digits}g}"
    special = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
    return [
        special.get(text) or (text if "." in text or "e" in text else f"{text}.0")
        for text in written
    ]
