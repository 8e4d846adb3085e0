"""The one exception of this package."""

from __future__ import annotations


class IngestionError(ValueError):
    """Data, or a request for data, that cannot be used.

    Args:
        what: What is wrong, in one sentence.
        cure: What to do about it, in one sentence; ``context.run`` shows it under "What to do".
    """

    def __init__(self, what: str, cure: str) -> None:
        """Keeps both sentences."""
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self.what}", f"What to do: {self.cure}"]

    def __str__(self) -> str:
        """Both sentences."""
        return f"{self.what} {self.cure}"
