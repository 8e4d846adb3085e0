"""An error whose message names the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class OptimisationError(WorkbookError, ValueError):
    """A model that cannot be made smaller, or cannot be measured."""
