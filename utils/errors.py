"""The root of this project's errors: one sentence that says what is wrong, and one that names the cure."""

from __future__ import annotations

import difflib
import re
import textwrap
import traceback
import unicodedata
from collections.abc import Iterable

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
"""What colours the text of a terminal, moves its cursor or clears it."""


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
        """Return both sentences, a line each, without what a terminal would obey."""
        return printable(f"{self.what}\n{self.cure}".strip())

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback.

        JupyterLab breaks a long line of it in the middle of a word, so the lines are broken here.
        """
        told = [f"{type(self).__name__}: {self.what}"]
        told += [f"What to do: {self.cure}"] if self.cure else []
        return [wrapped(printable(text)) for text in told]

    def full_report(self) -> str:
        """Return the whole traceback, with those of the errors that caused this one."""
        return printable("".join(traceback.format_exception(type(self), self, self.__traceback__)))


def printable(text: str) -> str:
    """Make the control characters of a text harmless, which a terminal obeys, and keep its line breaks.

    Args:
        text: Any text.

    Returns:
        The text, a blank for each of them.
    """
    return "".join(
        " "
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        else character
        for character in text
    )


def without_colours(text: str) -> str:
    """Return what a program has written for a terminal, printable, and without the sequences that colour it.

    In a file's text the characters of such a sequence are part of what it says: that is for :func:`printable`.
    """
    return printable(_COLOUR.sub("", text))


def wrapped(text: str, width: int = 100) -> str:
    """Break the long lines of a text between words.

    Args:
        text: One line or several.
        width: The most characters of a line; a word that is longer stays whole.

    Returns:
        The text; lines that were short enough are as they were.
    """
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        if len(line) > width
        else line
        for line in text.splitlines()
    )


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
