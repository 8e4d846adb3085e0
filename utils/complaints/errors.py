"""The one exception that this package raises for data it cannot use."""

from __future__ import annotations

from utils.errors import WorkbookError


class ComplaintsError(WorkbookError, ValueError):
    """Complaint data that cannot be used; the message says what is wrong and how to cure it."""
