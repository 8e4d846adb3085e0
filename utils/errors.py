"""The root of this project's errors: one sentence that says what is wrong, and one that names the cure."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable


class WorkbookError(Exception):
    """An error that a reader can act on.

    IPython shows its sentences instead of a traceback; :meth:`full_report` has the rest.

    Args:
        what: What is wrong, in one sentence.
        cure: What to do about it, in one sentence; empty where the first sentence already says it.
    """

    def __init__(self, what: str, cure: str = "") -> None:
        # Both are kept in args, so that the error can be pickled, as Beam does between its workers.
        super().__init__(what, cure)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        """Return both sentences, a line each."""
        return f"{self.what}\n{self.cure}".strip()

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        told = [f"{type(self).__name__}: {self.what}"]
        return [*told, f"What to do: {self.cure}"] if self.cure else told

    def full_report(self) -> str:
        """Return the whole traceback, with those of the errors that caused this one."""
        return "".join(traceback.format_exception(type(self), self, self.__traceback__))


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return a sentence that offers the nearest name, or all names where none is near.

    Args:
        name: What was asked for.
        known: The names that exist.

    Returns:
        The sentence.
    """
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.55)
    return f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known) or 'none'}."
