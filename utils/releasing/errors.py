"""An error whose message names the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class ReleasingError(WorkbookError, ValueError):
    """A workflow file that cannot be read, or a linter that cannot be had."""
