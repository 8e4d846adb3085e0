"""What the Beam modules raise: one sentence that names what is wrong, and the cure."""

from __future__ import annotations


class BeamPipelineError(ValueError):
    """A pipeline's result, time or cluster that is not there or makes no sense; the message names the cure."""
