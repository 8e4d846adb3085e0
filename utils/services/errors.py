"""The error of a service that cannot be started."""

from __future__ import annotations

from utils.errors import WorkbookError


class ServiceError(WorkbookError, RuntimeError):
    """A background service that could not be started; the message quotes the end of its log."""
