"""What the operating modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class OperatingError(WorkbookError, RuntimeError):
    """A command that must not or cannot be run, or artifacts that must not be deleted."""
