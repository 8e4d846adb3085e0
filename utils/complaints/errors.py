"""The one exception that this package raises for data it cannot use."""

from __future__ import annotations


class ComplaintsError(ValueError):
    """Complaint data that cannot be used; the message says what is wrong and how to cure it.

    A notebook shows the message without a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
