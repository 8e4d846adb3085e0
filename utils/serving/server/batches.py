"""What a batch is: its parameters, and how requests are put together and taken apart.

Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/batching/README.md
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.serving.server.models import Feeds
from utils.serving.server.status import Code, StatusError, invalid

MOST_THREADS = 1024
"""More threads than that are taken for a mistake: each takes memory before the first request."""

LONGEST_TIMEOUT = 3_600_000_000
"""The longest that a batch may wait for more rows, in microseconds: an hour."""


@dataclass(frozen=True)
class Parameters:
    """How requests are put together; the defaults are TensorFlow Serving's.

    Attributes:
        max_batch_size: How many rows a batch has at most.
        timeout_seconds: How long a batch waits for more rows.
        max_enqueued_batches: How many batches may wait in one queue.
        threads: How many batches are run at once.
        thread_pool_name: The threads' name, in the metrics.
        allowed_batch_sizes: The numbers of rows that a batch may have; it is filled up to the next one. Empty for any.
        pad_variable_length_inputs: Whether inputs are made equally long.
        split_large_batches: Whether a request that is too large is taken apart.
        max_execution_batch_size: How many rows are then run at once.
    """

    max_batch_size: int = 1000
    timeout_seconds: float = 0.0
    max_enqueued_batches: int = 10
    threads: int = os.cpu_count() or 1
    thread_pool_name: str = "model_server_batch_threads"
    allowed_batch_sizes: tuple[int, ...] = ()
    pad_variable_length_inputs: bool = False
    split_large_batches: bool = False
    max_execution_batch_size: int = 1000

    @classmethod
    def of(cls, message: Any) -> Parameters:
        """Read a ``BatchingParameters`` message.

        Args:
            message: The message; what it leaves out keeps its default.

        Returns:
            The parameters.

        Raises:
            StatusError: If a parameter is out of its range, or the largest allowed batch is not the largest batch.
        """

        def given(name: str, default: Any) -> Any:
            return getattr(message, name).value if message.HasField(name) else default

        largest = given("max_batch_size", cls.max_batch_size)
        parameters = cls(
            max_batch_size=largest,
            timeout_seconds=given("batch_timeout_micros", 0) / 1e6,
            max_enqueued_batches=given("max_enqueued_batches", cls.max_enqueued_batches),
            threads=given("num_batch_threads", cls.threads),
            thread_pool_name=given("thread_pool_name", cls.thread_pool_name),
            allowed_batch_sizes=tuple(message.allowed_batch_sizes),
            pad_variable_length_inputs=message.pad_variable_length_inputs,
            split_large_batches=given("enable_large_batch_splitting", False),
            max_execution_batch_size=given("max_execution_batch_size", largest),
        )
        parameters.check()
        allowed = parameters.allowed_batch_sizes
        if allowed and allowed[-1] != parameters.rows:
            raise invalid(
                "Last entry in allowed_batch_sizes must match max_batch_size; last entry was "
                f"{allowed[-1]}; expected {parameters.rows}"
            )
        return parameters

    def check(self) -> None:
        """Refuse what no queue can work by.

        Raises:
            StatusError: If a parameter is out of its range.
        """
        for name, value, least, most in (
            ("max_batch_size", self.max_batch_size, 1, None),
            ("max_execution_batch_size", self.max_execution_batch_size, 1, None),
            ("max_enqueued_batches", self.max_enqueued_batches, 1, None),
            ("num_batch_threads", self.threads, 1, MOST_THREADS),
            ("batch_timeout_micros", round(self.timeout_seconds * 1e6), 0, LONGEST_TIMEOUT),
        ):
            if value < least:
                raise invalid(f"{name} must be at least {least}; was {value}")
            if most is not None and value > most:
                raise invalid(f"{name} must be at most {most}; was {value}")

    @property
    def rows(self) -> int:
        """How many rows are run at once, at most."""
        return self.max_execution_batch_size if self.split_large_batches else self.max_batch_size

    def filled(self, rows: int) -> int:
        """Return how many rows a batch has after it is filled up."""
        return next((size for size in self.allowed_batch_sizes if size >= rows), rows)


def rows_of(feeds: Feeds) -> int:
    """Return how many rows a request has.

    Args:
        feeds: Its inputs ``[rows, ...]``.

    Returns:
        The number.

    Raises:
        StatusError: If an input has no dimension, or they differ.
    """
    if any(value.ndim == 0 for value in feeds.values()):
        raise invalid("Batching Run() input tensors must have at least one dimension.")
    rows = {len(value) for value in feeds.values()}
    if len(rows) != 1:
        raise invalid("Batching Run() input tensors must have equal 0th-dimension size.")
    return rows.pop()


def merge(tasks: Sequence[Feeds], rows: int, parameters: Parameters) -> Feeds:
    """Put the inputs of several requests together.

    Args:
        tasks: The inputs of each, by the same names.
        rows: How many rows they have together.
        parameters: Whether they are made equally long, and to how many rows the batch is filled up.

    Returns:
        The inputs of the batch.

    Raises:
        StatusError: If they differ in shape, and are not to be made equally long.
    """
    missing = parameters.filled(rows) - rows
    merged = {}
    for name in tasks[0]:
        parts = [feeds[name] for feeds in tasks]
        if parameters.pad_variable_length_inputs:
            parts = _equally_long(parts)
        if len({part.shape[1:] for part in parts}) > 1:
            raise StatusError(
                Code.FAILED_PRECONDITION,
                f"Tensors with name '{name}' from different tasks have different shapes and padding is turned off. "
                "Set pad_variable_length_inputs to true, or make all but the first dimension equal.",
            )
        merged[name] = np.concatenate([*parts, *[parts[-1][:1]] * missing])
    return merged


def _equally_long(parts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Fill all dimensions but the first up to the largest, with the first value of each."""
    if len({part.ndim for part in parts}) > 1:
        return list(parts)
    longest = np.max([part.shape for part in parts], axis=0)
    return [
        np.pad(
            part,
            [
                (0, 0),
                *((0, want - has) for want, has in zip(longest[1:], part.shape[1:], strict=True)),
            ],
            constant_values=part.flat[0] if part.size else 0,
        )
        for part in parts
    ]


def split(outputs: Sequence[np.ndarray], rows: Sequence[int]) -> list[list[np.ndarray]]:
    """Take the outputs of a batch apart.

    Args:
        outputs: What came out, ``[rows, ...]``; rows that only filled it up come last.
        rows: How many rows each request has.

    Returns:
        The outputs of each request.

    Raises:
        StatusError: If an output does not have a row for each of the inputs.
    """
    if any(value.ndim == 0 for value in outputs):
        raise StatusError(Code.FAILED_PRECONDITION, "Batched output tensor has 0 dimensions")
    if any(len(value) < sum(rows) for value in outputs):
        raise StatusError(
            Code.FAILED_PRECONDITION,
            "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input "
            "tensors",
        )
    ends = np.cumsum(rows)
    return [
        [value[end - size : end] for value in outputs] for end, size in zip(ends, rows, strict=True)
    ]
