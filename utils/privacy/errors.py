"""An error whose message names the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class PrivacyError(WorkbookError, ValueError):
    """Values with which nothing private can be computed."""
