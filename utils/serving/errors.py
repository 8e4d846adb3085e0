"""What the serving modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class ServingError(WorkbookError, RuntimeError):
    """A server that cannot be started as it was asked to be."""


class RequestError(WorkbookError, RuntimeError):
    """A request that a server refused, or could not answer.

    Args:
        what: What the server said, in one sentence.
        cure: What to do about it; empty where the server's sentence says it.
        code: The status: a number of HTTP, or the name of a code of gRPC.
    """

    def __init__(self, what: str, cure: str = "", code: int | str = "") -> None:
        super().__init__(what, cure)
        self.args = (what, cure, code)
        self.code = code
