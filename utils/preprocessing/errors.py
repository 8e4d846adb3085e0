"""An error whose message names the cure, and the line of the reader's function that it is about."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from utils.errors import WorkbookError, did_you_mean


class PreprocessingError(WorkbookError, ValueError):
    """Data or a ``preprocessing_fn`` that tf.Transform cannot work with.

    IPython shows two sentences instead of a long traceback through TensorFlow.
    """


def translated(
    error: Exception, columns: Iterable[str], preprocessing_fn: Callable[..., Any]
) -> PreprocessingError:
    """Say in two sentences what a ``preprocessing_fn`` did wrong.

    Args:
        error: What tracing or running it raised.
        columns: The columns that it was given.
        preprocessing_fn: The function.

    Returns:
        The error to raise in its place.
    """
    if isinstance(error, PreprocessingError):
        return error
    where = _line(error, preprocessing_fn)
    if isinstance(error, KeyError) and error.args:
        return PreprocessingError(
            f"The function asks for the column {error.args[0]!r}, which the data do not have{where}.",
            did_you_mean(error.args[0], columns),
        )
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    known = [(line, cure) for pattern, cure in _CURES for line in lines if re.search(pattern, line)]
    text, cure = known[0] if known else (lines[0], _DEFAULT_CURE)
    return PreprocessingError(f"The function stopped{where}: {clipped(text)}", cure)


def clipped(text: str, characters: int = 200) -> str:
    """Return the beginning of a text, on one line.

    Args:
        text: Any text.
        characters: The most characters to keep.
    """
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"


_CURES = (
    (
        r"[Ii]nput must be a SparseTensor",
        "A column without missing values arrives as a dense tensor [rows]: use it as it is, without tf.sparse.",
    ),
    (
        r"SparseTensor|convert .* to (a )?[Tt]ensor",
        "A column with missing values arrives as a SparseTensor: fill it first, with "
        "transform.fill_in_missing(inputs[...]).",
    ),
    (
        r"has no attribute",
        "Inside the function a column is a tensor, not a pandas Series: use tf.strings, tf.math and tft, for example "
        "tf.strings.lower(inputs[...]).",
    ),
    (
        r"[Uu]sing a symbolic|as a Python `?bool",
        "When the function is traced a tensor has no value yet, so `if` cannot ask for it: choose with tf.where.",
    ),
    (
        r"could not correctly convert string",
        "to_number takes digits only: find the texts that are none with tf.strings.regex_full_match, and give them a "
        "value of their own with tf.where.",
    ),
    (
        r"invalid dtype",
        "A feature is a text, an int64 or a float32: convert it, for example with tf.cast(..., tf.int64).",
    ),
    (
        r"string is not supported",
        "Texts have no average: turn them into numbers first, with tft.compute_and_apply_vocabulary or "
        "tf.strings.to_number.",
    ),
)

_DEFAULT_CURE = "Work on the tensors with functions of tf and tft only, and return a dictionary of name to tensor."


def _line(error: BaseException, preprocessing_fn: Callable[..., Any]) -> str:
    """Return where in the reader's function it happened, as the line itself: notebook cells have no line numbers."""
    code = getattr(preprocessing_fn, "__code__", None)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if code is not None and frame.filename == code.co_filename and frame.line
    ]
    return f" in the line `{clipped(str(frames[-1].line), 100)}`" if frames else ""
