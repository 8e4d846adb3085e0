"""What the lineage modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class LineageError(WorkbookError, ValueError):
    """A question to ML Metadata, or a step of a run, that makes no sense; the message names the cure."""
