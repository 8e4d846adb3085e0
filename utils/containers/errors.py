"""What the container modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class ContainerError(WorkbookError, RuntimeError):
    """A file that no builder or cluster could use as it is, or a tool that is not there."""
