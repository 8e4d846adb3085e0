"""A person's decision, on its way to a component that waits for it: one file for each review.

The file is made whole and only once. So the first decision stands, whoever makes it: a button, a program, or the
component itself when it has waited long enough. Nothing else has to be running, and no front end can lose it.

Source: book, chapter 10, "Human in the loop"
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from utils import folders
from utils.custom.errors import CustomError

YES, NO = "Push it", "Keep the old one"
"""What a decision is called, on buttons and in words."""

NOBODY = "nobody"
"""Who decides when the time is over."""

LOOK = 0.2
"""How often a waiting component looks for the file, in seconds."""

EMPTY = 0.5
"""How long, in seconds, a decision may be there without its words, where a file system has no hard links."""

LONGEST = 2_000
"""The most characters of a name or of a reason that are kept."""


@dataclass(frozen=True)
class Decision:
    """What was decided.

    Attributes:
        push: Whether the model is to be pushed.
        by: Who decided.
        why: The reason, in that person's words.
        at: When, as ISO 8601 in UTC.
    """

    push: bool
    by: str
    why: str
    at: str

    def __str__(self) -> str:
        return f"{YES if self.push else NO}: {self.by}, {self.at}" + (
            f" ({self.why})" if self.why else ""
        )


def new(topic: str = "review") -> str:
    """Return a name for a review that no other review has.

    Args:
        topic: What it is about, in letters, digits and hyphens.

    Returns:
        The name.

    Raises:
        CustomError: If the topic has other characters.
    """
    return _checked(f"{topic}-{uuid.uuid4().hex[:12]}")


def decide(folder: str | Path, review: str, push: bool, by: str, why: str = "") -> Decision:
    """Decide a review, unless it has been decided before.

    Args:
        folder: Where the decisions lie; made if absent.
        review: The review's name.
        push: Whether the model is to be pushed.
        by: Who decides. This is a name, not a proof: whoever may write into the folder may write any name.
        why: The reason.

    Returns:
        The decision that stands, which is an earlier one where there was one.

    Raises:
        CustomError: If nobody is named, or the review's name cannot be a file's.
        FolderError: If the folder cannot be written.
    """
    if not by.strip():
        raise CustomError("A decision needs a name.", "Say who decides, and decide again.")
    file = _file(folder, review)
    now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
    mine = Decision(bool(push), by.strip()[:LONGEST], why.strip()[:LONGEST], now)
    place = folders.make(file.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=place)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as written:
                json.dump(asdict(mine), written)
            _first(Path(name), file)
        finally:
            Path(name).unlink(missing_ok=True)
    except FileExistsError:
        return _look(folder, review, EMPTY) or _unreadable(now)
    except OSError as error:
        raise folders.unusable(file, error) from error
    return mine


def decided(folder: str | Path, review: str) -> Decision | None:
    """Read what was decided.

    Args:
        folder: Where the decisions lie.
        review: The review's name.

    Returns:
        The decision; None where there is none yet, or where another program has written half of one so far.

    Raises:
        CustomError: If the review's name cannot be a file's.
    """
    try:
        found = Decision(**json.loads(_file(folder, review).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    texts = (found.by, found.why, found.at)
    whole = isinstance(found.push, bool) and all(isinstance(text, str) for text in texts)
    return found if whole and found.by.strip() else None


def wait(folder: str | Path, review: str, seconds: float) -> Decision:
    """Wait until a review is decided; when the time is over, the decision is no.

    Args:
        folder: Where the decisions lie; made if absent.
        review: The review's name.
        seconds: How long to wait; with 0 only a decision that is there already counts.

    Returns:
        The decision.

    Raises:
        CustomError: If the review's name cannot be a file's.
        FolderError: If the folder cannot be written.
    """
    return _look(folder, review, seconds) or decide(
        folder, review, False, NOBODY, f"no decision came within {seconds:g} seconds"
    )


def _look(folder: str | Path, review: str, seconds: float) -> Decision | None:
    deadline = time.monotonic() + seconds
    while (found := decided(folder, review)) is None and time.monotonic() < deadline:
        time.sleep(LOOK)
    return found


def _first(whole: Path, file: Path) -> None:
    """Give a file its name; refused by a FileExistsError where one has it, so that the first one stands."""
    try:
        os.link(whole, file)
    except FileExistsError:
        raise
    except OSError:  # Colab's Drive and FAT have no hard links
        file.touch(exist_ok=False)
        whole.replace(file)


def _unreadable(now: str) -> Decision:
    return Decision(False, NOBODY, "the decision that was written cannot be read", now)


def _file(folder: str | Path, review: str) -> Path:
    return Path(folder) / f"{_checked(review)}.json"


def _checked(review: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}", review):
        raise CustomError(
            f"{review[:100]!r} is no name for a review.",
            "Use letters, digits and hyphens, at most 100.",
        )
    return review
