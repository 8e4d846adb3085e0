"""The one exception of this package."""

from __future__ import annotations

from utils.errors import WorkbookError


class IngestionError(WorkbookError, ValueError):
    """Data, or a request for data, that cannot be used."""
