"""Personal details in narratives: planted where none are, found by their form, and counted.

The complaints of this workbook are published ones, redacted already. So details of invented people are planted in
copies of them, and because we know what was planted, we know what a redaction has missed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from utils.privacy.errors import PrivacyError

PATTERNS = {
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "social security number": r"\b\d{3}-\d{2}-\d{4}\b",
    "card": r"\b\d{4}([ -]?)\d{4}[ -]?\d{4}[ -]?\d{4}\b",
    "phone": r"\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b",
}
"""A regular expression for each kind of detail that has a form, in the syntax that Python and TensorFlow share."""

_FIRST = ("Maria", "James", "Aisha", "Chen", "Olga", "Samuel", "Ines", "Tomas")
_LAST = ("Lopez", "Walker", "Okafor", "Novak", "Silva", "Turner", "Haddad", "Berg")
_SENTENCES = {
    "email": ("You can reach me at {}.", "I wrote from {} twice.", "Please answer to {} only."),
    "phone": ("My number is {}.", "Call me at {} after work.", "They kept calling {}."),
    "social security number": ("My SSN is {}.", "They asked for my social, {}, again."),
    "card": ("The card is {}.", "They charged {} without asking."),
    "name": ("My name is {}.", "I am {} and I want this fixed.", "Regards, {}"),
}


@dataclass(frozen=True)
class Planted:
    """A narrative with a detail of an invented person in it.

    Attributes:
        text: The narrative.
        kind: What was planted: a key of :data:`PATTERNS`, or ``"name"``.
        secret: The detail itself, as it stands in the text.
    """

    text: str
    kind: str
    secret: str


def plant(narratives: Iterable[str], seed: int = 0) -> list[Planted]:
    """Put one detail of an invented person into each narrative.

    Phone numbers have the exchange 555, cards and social security numbers begin with digits that nobody is given, and
    addresses end in ``.example``.

    Args:
        narratives: Texts.
        seed: The seed of the draws.

    Returns:
        One for each text, the kinds in turn.
    """
    draws = random.Random(seed)
    kinds = list(_SENTENCES)
    found = []
    for number, text in enumerate(narratives):
        kind = kinds[number % len(kinds)]
        secret = _made(kind, draws)
        sentence = draws.choice(_SENTENCES[kind]).format(secret)
        found.append(Planted(f"{text} {sentence}", kind, secret))
    return found


def _made(kind: str, draws: random.Random) -> str:
    first, last = draws.choice(_FIRST), draws.choice(_LAST)
    four = [f"{draws.randrange(10_000):04d}" for _ in range(3)]
    if kind == "email":
        return f"{first}.{last}{draws.randrange(100)}@mail{draws.randrange(10)}.example".lower()
    if kind == "phone":
        form = draws.choice(("{}-555-{}", "({}) 555-{}", "{}.555.{}"))
        return form.format(draws.randrange(200, 999), four[0])
    if kind == "social security number":
        return f"9{draws.randrange(100):02d}-{draws.randrange(10, 99)}-{four[0]}"
    if kind == "card":
        return draws.choice((" ", "-", "")).join(["0" + four[0][1:], *four])
    return f"{first} {last}"


def redact(text: str, patterns: Mapping[str, str] = PATTERNS) -> str:
    """Replace every detail by its kind in brackets.

    Args:
        text: A narrative.
        patterns: A regular expression by kind, tried in this order.

    Returns:
        The text, such as ``"Call me at [phone]."``.

    Raises:
        PrivacyError: If a pattern is no regular expression.
    """
    for kind, pattern in patterns.items():
        try:
            text = re.sub(pattern, f"[{kind}]", text)
        except re.error as error:
            raise PrivacyError(
                f"The pattern of {kind} is no regular expression: {error}.", "Correct it."
            ) from None
    return text


def recall(planted: Sequence[Planted], redactor: Callable[[str], str] = redact) -> pd.DataFrame:
    """Measure how much of what was planted is gone.

    Args:
        planted: What :func:`plant` returned.
        redactor: From a text to its redacted form.

    Returns:
        One row for each kind: ``kind``, ``texts``, ``removed`` (a share), ``low`` and ``high`` (its 95 percent
        interval, by Wilson's formula: a bootstrap's has no width where every text agrees).
    """
    from scipy import stats

    gone = pd.DataFrame(
        [(one.kind, float(one.secret not in redactor(one.text))) for one in planted],
        columns=["kind", "gone"],
    )
    found = []
    for kind, mine in gone.groupby("kind", sort=False):
        texts, removed = len(mine), int(mine.gone.sum())
        ends = stats.binomtest(removed, texts).proportion_ci(0.95, method="wilson")
        found.append((kind, texts, removed / texts, float(ends.low), float(ends.high)))
    return pd.DataFrame(found, columns=["kind", "texts", "removed", "low", "high"])


def false_alarms(narratives: Iterable[str], redactor: Callable[[str], str] = redact) -> list[str]:
    """Return the texts without any detail that a redaction changes all the same."""
    return [text for text in narratives if redactor(text) != text]
