"""What the Flink modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class FlinkError(WorkbookError, RuntimeError):
    """A cluster that cannot be started, or that does not do what it was asked for."""
