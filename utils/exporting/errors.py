"""An error whose message names the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class ExportError(WorkbookError, ValueError):
    """A project that cannot be written, or cannot be loaded."""
