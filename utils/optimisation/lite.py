"""Asking a TensorFlow Lite model: its scores, how long they take, and what its numbers are.

Source: https://ai.google.dev/edge/litert/inference
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from utils import native_output
from utils.optimisation.errors import OptimisationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CALLS = 50
"""How often a model is asked to measure how long it takes."""


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what the converter's and the interpreter's native code writes during the block."""
    with native_output.held(1), native_output.held(2):
        yield


def inputs(features: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Give transformed features the shapes that a network's inputs have.

    Args:
        features: Arrays or tensors by name, ``[rows]`` or ``[rows, numbers]``.

    Returns:
        The same as arrays, ``[rows, 1]`` or ``[rows, numbers]``.
    """
    arrays = {name: np.asarray(values) for name, values in features.items()}
    return {name: each[:, None] if each.ndim == 1 else each for name, each in arrays.items()}


def interpreter(model: bytes) -> Any:
    """Load a model.

    Args:
        model: What the converter returned.

    Returns:
        A ``tf.lite.Interpreter``.

    Raises:
        OptimisationError: If this is no model of TensorFlow Lite.
    """
    import tensorflow as tf

    with warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")  # newer versions announce a package of its own
        try:
            return tf.lite.Interpreter(model_content=model)
        except (ValueError, TypeError) as error:
            raise OptimisationError(
                f"This is no TensorFlow Lite model: {error}",
                "Give the bytes that converter.convert() returned, or those of a file with the ending .tflite.",
            ) from error


def scores(model: bytes, features: Mapping[str, Any] | NDArray[Any]) -> NDArray[np.float32]:
    """Ask a model about each row.

    Args:
        model: What the converter returned.
        features: Arrays by the model's input names, ``[rows, ...]``, or a single array where it has one input. What
            the model does not read is left out.

    Returns:
        The model's only output, ``[rows]``; whole numbers are turned back into what they stand for.

    Raises:
        OptimisationError: If this is no model of TensorFlow Lite, or a feature is missing.
    """
    return _Asked(model, features).scores()


def milliseconds(
    model: bytes, features: Mapping[str, Any] | NDArray[Any], rows: int, calls: int = CALLS
) -> float:
    """Measure how long a model takes to answer about some rows at once, in this process and on one thread.

    Args:
        model: What the converter returned.
        features: As for :func:`scores`.
        rows: How many rows, the first ones.
        calls: How often it is asked.

    Returns:
        The median of the calls, in milliseconds.

    Raises:
        OptimisationError: If this is no model of TensorFlow Lite, or a feature is missing.
    """
    asked = _Asked(model, features, rows)
    asked.call()
    return 1_000 * float(np.median([asked.seconds() for _ in range(calls)]))


def types(model: bytes) -> dict[str, int]:
    """Count the tensors of a model by the type of their numbers.

    Args:
        model: What the converter returned.

    Returns:
        The type's name to the number of tensors.

    Raises:
        OptimisationError: If this is no model of TensorFlow Lite.
    """
    found: dict[str, int] = {}
    for tensor in interpreter(model).get_tensor_details():
        name = np.dtype(tensor["dtype"]).name
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


class _Asked:
    """A loaded model, and the rows that it is asked about."""

    def __init__(
        self, model: bytes, features: Mapping[str, Any] | NDArray[Any], rows: int | None = None
    ) -> None:
        self._interpreter = interpreter(model)
        with quiet():
            self._runner = self._interpreter.get_signature_runner()
        wanted = self._runner.get_input_details()
        if not isinstance(features, Mapping):
            if len(wanted) != 1:
                raise OptimisationError(
                    f"The model reads {len(wanted)} features, and got one array.",
                    f"Give arrays by name: {', '.join(sorted(wanted))}.",
                )
            features = dict.fromkeys(wanted, features)
        missing = sorted(set(wanted) - set(features))
        if missing:
            raise OptimisationError(
                f"The rows lack what the model reads: {', '.join(missing)}.",
                "Give transformed features, as Transform or the signature transform_features makes them.",
            )
        self._given = {
            name: _written(np.asarray(features[name])[:rows], tensor)
            for name, tensor in wanted.items()
        }

    def call(self) -> NDArray[Any]:
        with quiet():
            (answer,) = self._runner(**self._given).values()
        return answer

    def seconds(self) -> float:
        started = time.perf_counter()
        self._runner(**self._given)
        return time.perf_counter() - started

    def scores(self) -> NDArray[np.float32]:
        answer = self.call()
        (tensor,) = self._runner.get_output_details().values()
        scale, zero = tensor["quantization"]
        if scale:
            answer = (answer.astype("float32") - zero) * scale
        return answer.astype("float32").reshape(len(answer), -1)[:, 0]


def _written(values: NDArray[Any], tensor: Mapping[str, Any]) -> NDArray[Any]:
    """Return values as an input takes them: in whole numbers with a scale, where it has one."""
    scale, zero = tensor["quantization"]
    if not scale:
        return values.astype(tensor["dtype"])
    limits = np.iinfo(tensor["dtype"])
    rounded = np.rint(values / scale + zero)
    return rounded.clip(limits.min, limits.max).astype(tensor["dtype"])
