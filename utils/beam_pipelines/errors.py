"""What the Beam modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class BeamPipelineError(WorkbookError, ValueError):
    """A pipeline's result, time or cluster that is not there or makes no sense; the message names the cure."""
