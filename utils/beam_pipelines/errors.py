"""What the Beam modules raise: one sentence that names what is wrong, and the cure."""

from __future__ import annotations


class BeamPipelineError(ValueError):
    """A pipeline's result, time or cluster that is not there or makes no sense; the message names the cure."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]
