"""Exercises that check themselves.

A chapter's checks live in a module of their own, ``chapter_01`` and so on. Each is a function of the reader's answer
and the notebook's context, registered under the number that the notebook prints; it recomputes what is right from the
artifacts and returns :func:`yes` or :func:`not_yet`, never the solution. It takes the answer through
:mod:`utils.exercises.reading`: what that refuses is the reader's, any other error is a fault of the check.
"""

from __future__ import annotations

import html
import importlib
import importlib.util
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils import folders, paths
from utils.displays.fallback import clip
from utils.displays.views.base import LONGEST
from utils.errors import WorkbookError, printable
from utils.exercises.reading import AnswerForm
from utils.files import atomic_text

Check = Callable[..., "Verdict"]

_CHECKS: dict[str, Check] = {}


class ExerciseFault(WorkbookError):
    """A check that failed by itself, which says nothing about the reader's answer; the cause is kept."""


@dataclass(frozen=True)
class Verdict:
    """What an exercise says of an answer.

    Attributes:
        right: whether the answer is accepted.
        reason: why, in a sentence or two; a hint where it is not.
        number: the exercise, for example ``"1.2"``.
        solved: numbers of the chapter's exercises that the reader has solved, this one included where it is right.
        total: how many exercises the chapter has.
    """

    right: bool
    reason: str
    number: str = ""
    solved: tuple[str, ...] = ()
    total: int = 0

    def __bool__(self) -> bool:
        return self.right

    @property
    def headline(self) -> str:
        """``Yes`` or ``Not yet``, with the reason."""
        return printable(f"{'Yes' if self.right else 'Not yet'}: {self.reason}")

    @property
    def tally(self) -> str:
        """How many of the chapter's exercises are solved; empty outside a chapter."""
        if not self.total:
            return ""
        chapter = self.number.partition(".")[0]
        kind = "Chapter" if chapter.isdigit() else "Appendix"
        return f"{kind} {chapter}: {len(self.solved)} of {self.total} exercises solved."

    def __repr__(self) -> str:
        return "\n".join(part for part in (self.headline, self.tally) if part)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        colour = "#1b7f3b" if self.right else "#b45f06"
        body = (
            f'<div role="status" style="border-left:4px solid {colour};padding:.3em .8em;'
            'font-family:var(--jp-ui-font-family,system-ui,sans-serif)">'
            f"<div>{_marked_up(clip(self.headline, LONGEST))}</div>"
            f'<div style="opacity:.8;font-size:smaller">{html.escape(self.tally)}</div></div>'
        )
        return {"text/plain": repr(self), "text/html": body}


def _marked_up(text: str) -> str:
    """Return a text as HTML: escaped, and what stands between two backticks as code."""
    return re.sub("`([^`\n]+)`", r"<code>\1</code>", html.escape(text))


def yes(reason: str) -> Verdict:
    """Accept an answer.

    Args:
        reason: what the answer shows.
    """
    return Verdict(True, reason)


def not_yet(hint: str) -> Verdict:
    """Send the reader back with a hint that fits the mistake and does not give the answer away.

    Args:
        hint: what to look at again.
    """
    return Verdict(False, hint)


def run_it(name: str) -> Verdict:
    """Send the reader back to run a component that is built as asked, for the check looks at what it makes.

    Args:
        name: The reader's variable that holds the component.
    """
    return not_yet(f"it is built as asked. Now run it, by context.run({name}), and ask again.")


def exercise(number: str) -> Callable[[Check], Check]:
    """Register a check.

    Args:
        number: the exercise's number, chapter first: ``"1.2"``, ``"A.1"``.

    Raises:
        ValueError: if the number is taken.
    """

    def register(check: Check) -> Check:
        known = _CHECKS.get(number)
        if known is not None and (known.__module__, known.__name__) != (
            check.__module__,
            check.__name__,
        ):
            raise ValueError(f"exercise {number} is registered twice")
        _CHECKS[number] = check
        return check

    return register


def numbers(chapter: str) -> list[str]:
    """Return the exercises of a chapter.

    Args:
        chapter: ``"1"`` to ``"15"``, or ``"A"`` to ``"C"``.

    Returns:
        Their numbers, in order.
    """
    _load(chapter)
    return sorted(n for n in _CHECKS if n.partition(".")[0] == chapter)


def check(number: str, answer: Any, context: Any, **given: Any) -> Verdict:
    """Judge an answer, and remember that the exercise is solved when it is right.

    Args:
        number: the exercise's number.
        answer: the reader's answer. ``...`` or ``None`` stands for "not tried".
        context: the notebook's context; its ``store`` keeps what is solved.
        **given: what the question is about, where that stands in the notebook, for example a graph.

    Returns:
        The verdict. An answer of a kind that the check cannot read is "not yet", with what was expected.

    Raises:
        WorkbookError: if there is no such exercise, or something that the check works with is missing.
        ExerciseFault: if the check itself fails.
    """
    number = str(number)  # 1.2 without its quotation marks is meant all the same
    chapter = number.partition(".")[0]
    known = numbers(chapter)
    if number not in known:
        raise WorkbookError(
            f"There is no exercise {number!r}.",
            f"This chapter has {', '.join(known)}."
            if known
            else "Use the number that stands in the notebook.",
        )
    if answer is None or answer is ...:
        verdict = not_yet("put your answer in place of the starter value and run the cell again.")
    else:
        try:
            verdict = _CHECKS[number](answer, context, **given)
        except AnswerForm as form:
            verdict = not_yet(f"the answer has another form than the one asked for: {form}.")
        except WorkbookError:
            raise
        except Exception as error:
            raise ExerciseFault(
                f"Exercise {number} could not look at your answer, because its own check failed "
                f"({type(error).__name__}: {error}); the answer may well be right.",
                "Run the notebook again from its first cell; if this stays, report it as a fault of the workbook, "
                "with the traceback that `error.full_report()` gives.",
            ) from error
    solved = _remember(context.store, number, verdict.right)
    mine = tuple(n for n in known if n in solved)
    return Verdict(verdict.right, verdict.reason, number, mine, len(known))


def solved(store: Path) -> frozenset[str]:
    """Return the exercises that the reader has solved in a store.

    Args:
        store: the folder of the shared store.

    Returns:
        Their numbers. An unreadable record counts as empty.
    """
    try:
        return frozenset(json.loads((store / paths.SOLVED).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return frozenset()


def _remember(store: Path, number: str, right: bool) -> frozenset[str]:
    """Add a solved exercise to the record, which several notebooks may write at once.

    Args:
        store: The folder of the shared store.
        number: The exercise.
        right: Whether it was solved just now.

    Returns:
        All exercises that are solved.
    """
    from filelock import FileLock

    done = solved(store)
    if not right or number in done:
        return done
    folders.make(store)
    with FileLock(store / f"{paths.SOLVED}.lock"):
        done = solved(store) | {number}
        with atomic_text(store / paths.SOLVED) as file:
            json.dump(sorted(done), file)
    return done


def _load(chapter: str) -> None:
    name = (
        f"{__name__}.chapter_{int(chapter):02d}"
        if chapter.isdecimal()
        else f"{__name__}.appendix_{chapter.lower()}"
    )
    if importlib.util.find_spec(name) is not None:
        importlib.import_module(name)
