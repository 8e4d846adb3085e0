"""What a request failed with: one of the codes that gRPC and TensorFlow share, and what HTTP makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpc import StatusCode as Code

HTTP: Mapping[Code, int] = {
    Code.OK: 200,
    Code.CANCELLED: 499,
    Code.INVALID_ARGUMENT: 400,
    Code.DEADLINE_EXCEEDED: 504,
    Code.NOT_FOUND: 404,
    Code.ALREADY_EXISTS: 409,
    Code.PERMISSION_DENIED: 403,
    Code.RESOURCE_EXHAUSTED: 429,
    Code.FAILED_PRECONDITION: 400,
    Code.ABORTED: 409,
    Code.OUT_OF_RANGE: 400,
    Code.UNIMPLEMENTED: 501,
    Code.UNAVAILABLE: 503,
    Code.UNAUTHENTICATED: 401,
}
"""The HTTP status of each code; what is not listed is 500."""

_BY_NUMBER = {code.value[0]: code for code in Code}


class StatusError(Exception):
    """A request, or the loading of a model, that failed.

    Args:
        code: One of gRPC's status codes.
        message: What a client is told.
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        """Return the code and the message, as TensorFlow writes a status."""
        return f"{self.code.name}: {self.message}"


def invalid(message: str) -> StatusError:
    """Return the error of a request that makes no sense."""
    return StatusError(Code.INVALID_ARGUMENT, message)


def number(code: Code) -> int:
    """Return a code's number on the wire."""
    return code.value[0]


def of(error: BaseException) -> StatusError:
    """Return what any error means to a client.

    Args:
        error: One of TensorFlow's own errors keeps its code; any other counts as internal.

    Returns:
        The error with its code.
    """
    if isinstance(error, StatusError):
        return error
    if isinstance(error, MemoryError):
        return StatusError(Code.RESOURCE_EXHAUSTED, f"Out of memory: {error}")
    known: Any = getattr(error, "error_code", None)
    if known in _BY_NUMBER:
        return StatusError(_BY_NUMBER[known], str(getattr(error, "message", error)))
    return StatusError(Code.INTERNAL, f"{type(error).__name__}: {error}")
