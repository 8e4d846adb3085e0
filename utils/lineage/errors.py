"""What the lineage modules raise: one sentence that names what is wrong, and the cure."""

from __future__ import annotations


class LineageError(ValueError):
    """A question to ML Metadata, or a step of a run, that makes no sense; the message names the cure."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]
