"""What the cloud modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class CloudError(WorkbookError, RuntimeError):
    """A file that cannot be read, a price that is not known, or a command that is not run."""
