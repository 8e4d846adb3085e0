"""The one exception of this package."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ValidationError(ValueError):
    """Data, a schema or a rule that cannot be worked with.

    IPython shows two sentences in place of a traceback.

    Args:
        what: What is wrong, in one sentence.
        cure: What to do about it, in one sentence.
    """

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what}\n{cure}")
        self.what = what
        self.cure = cure

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self.what}", f"What to do: {self.cure}"]


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A sentence that offers the nearest name, or all names where none is near.

    Args:
        name: What was asked for.
        known: The names that exist.
    """
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
