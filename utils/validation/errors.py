"""The one exception of this package."""

from __future__ import annotations

from utils.errors import WorkbookError


class ValidationError(WorkbookError, ValueError):
    """Data, a schema or a rule that cannot be worked with."""
