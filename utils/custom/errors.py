"""An error whose message names the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class CustomError(WorkbookError, ValueError):
    """A model's file that disagrees with the model, or a review that cannot be decided."""
