"""Writes the narratives: invented complaints, sentence by sentence from ``phrases.json``.

A narrative goes opening → date or redacted party → what happened → details → calls and letters →
the company's action → planted phrases → request, and is filled with clauses that fit its issue
until it has about the length drawn for it. The planted phrases carry the signal that a model can
find in the text; no other sentence uses their key words.

Redactions look as in the published data: names, companies and account numbers become ``XXXX``,
dates ``XX/XX/XXXX``, amounts ``{$120.00}``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from utils.complaints.tables import phrases

FLAGS: Final = ("escal", "repeat", "resolved", "legal")
"""Names of the planted phrases: escalation, repeated complaint, already resolved, legal steps."""

_SLOT_WORDS = {"p": 1.8, "o": 2.0, "a": 1.5, "d": 2.1, "m": 1.8, "c": 2.0, "s": 1.4, "n": 1.0}
_SLOT_WORDS.update({"q": 2.0, "b": 0.8, "e": 0.8, "i": 2.4, "t": 2.3, "g": 2.0, "k": 2.2})
_REDACTABLE = frozenset("poandqbeg")
_PERSONS = ("a representative", "an agent", "an employee", "someone", "a clerk")
_STRANGERS = ("a stranger", "another person", "someone else")
_MONEY = (
    "several hundred dollars",
    "a few hundred dollars",
    "a large sum",
    "a significant amount of money",
    "a lot of money",
    "more than a thousand dollars",
)
_ONGOING = "= "
"""Marks what happened as still going on: no date can stand in front of it."""

_DATES = (
    "last month",
    "two weeks later",
    "a week later",
    "that same week",
    "later that month",
    "the following week",
    "ten days later",
    "soon afterwards",
)
_OTHERS = {
    "Debt collection": "the original creditor",
    "Mortgage": "another bank",
    "Credit reporting": "that creditor",
    "Credit card": "the merchant",
    "Bank account or service": "another company",
    "Consumer Loan": "the dealer",
    "Student loan": "my school",
    "Prepaid card": "the store",
    "Payday loan": "my bank",
    "Money transfers": "the agent",
    "Other financial service": "another company",
}
_AMOUNTS = {
    "Mortgage": (100, 100, 1000, 1000, 10_000),
    "Student loan": (10, 100, 100, 1000, 10_000),
}
_SMALL_AMOUNTS = (10, 10, 10, 100, 100, 100, 1000)

Sentence = tuple[str, str, float, bool]
"""A format string, one letter for each of its slots, its expected number of words, whether it names
money."""


@dataclass(frozen=True)
class Plan:
    """What the narrative of one complaint must be.

    Attributes:
        product: Product, in the taxonomy before April 2017.
        sub_product: Sub-product or empty.
        issue: Issue.
        event: Index of the paraphrase of what happened.
        company: The company's name.
        words: Number of words aimed at.
        flags: Planted phrases to include, in the order of :data:`FLAGS`.
        redactions: About how many ``XXXX`` to write; zero for none at all.
        dates: Whether dates are written ``XX/XX/XXXX``.
        money: Whether amounts are written ``{$12.00}``.
        newline: Number of line feeds between paragraphs: 0, 1 or 2.
        capitals: Whether everything is in capitals.
    """

    product: str
    sub_product: str
    issue: str
    event: int
    company: str
    words: int
    flags: tuple[bool, bool, bool, bool]
    redactions: int
    dates: bool
    money: bool
    newline: int
    capitals: bool


def _compile(text: str) -> Sentence:
    """Turn a phrase with named slots into a format string and its slots."""
    text = re.sub(r", \{o\}(?=,)", "{b}", text).replace("{b},", "{b}")
    text = re.sub(r", \{o\}(?=\.)", "{e}", text)
    text = re.sub(r"\b[Aa] \{s\}", "{i}", text)
    text = re.sub(r"\b[Tt]he (?:full )?\{m\}", "{t}", text)
    slots = "".join(re.findall(r"\{(\w)\}", text))
    template = re.sub(r"\{\w\}", "%s", text.replace("%", "%%"))
    words = len([w for w in re.sub(r"\{\w\}", " ", text).split() if any(c.isalnum() for c in w)])
    return template, slots, words + sum(_SLOT_WORDS[s] for s in slots), "m" in slots or "t" in slots


@dataclass(frozen=True)
class _Issue:
    short: tuple[Sentence, ...]
    events: tuple[Sentence, ...]
    own: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True)
class _Book:
    """All sentences, compiled."""

    issues: dict[tuple[str, str], _Issue]
    openings: dict[str, tuple[Sentence, ...]]
    actions: dict[str, tuple[Sentence, ...]]
    requests: dict[str, tuple[Sentence, ...]]
    nouns: dict[str, tuple[str, ...]]
    things: dict[str, dict[str, str]]
    planted: dict[str, tuple[str, ...]]
    leads: dict[str, tuple[str, ...]]
    contacts: tuple[Sentence, ...]
    answers: tuple[Sentence, ...]
    reactions: tuple[Sentence, ...]
    clauses: dict[str, tuple[Sentence, ...]]
    closings: tuple[Sentence, ...]
    money: tuple[Sentence, ...]
    began: tuple[Sentence, ...]
    fillers: tuple[Sentence, ...]


def _all(texts: Sequence[Any]) -> tuple[Sentence, ...]:
    return tuple(_compile(text if isinstance(text, str) else text[0]) for text in texts)


def _fitting(clauses: Sequence[Any], event: int) -> tuple[Sentence, ...]:
    """Return the clauses that fit a paraphrase: plain texts fit all, others name those they fit."""
    return _all([clause for clause in clauses if isinstance(clause, str) or event in clause[1]])


@lru_cache(maxsize=1)
def _book() -> _Book:
    source = phrases()
    generic, products = source["generic"], source["products"]
    issues = {}
    for product, by_issue in source["issues"].items():
        for issue, texts in by_issue.items():
            issues[product, issue] = _Issue(
                _all(texts["short"]),
                _all(texts["events"]),
                tuple(_fitting(texts["clauses"], event) for event in range(len(texts["events"]))),
            )
    return _Book(
        issues=issues,
        openings={p: _all(texts["openings"]) for p, texts in products.items()},
        actions={p: _all(texts["actions"]) for p, texts in products.items()},
        requests={
            p: _all(texts["requests"] + generic["requests"]) for p, texts in products.items()
        },
        nouns={p: tuple(texts["nouns"]) for p, texts in products.items()},
        things={p: texts["things"] for p, texts in products.items()},
        planted={flag: tuple(source["planted"][flag]) for flag in FLAGS},
        leads={kind: tuple(texts) for kind, texts in source["leads"].items()},
        contacts=_all(generic["contacts"]),
        answers=_all(generic["answers"]),
        reactions=_all(generic["reactions"]),
        clauses={p: _all(texts["clauses"]) for p, texts in products.items()},
        closings=_all(generic["closings"]),
        money=_all(generic["money"]),
        began=_all(generic["began"]),
        fillers=_all(generic["fillers"]),
    )


def events(product: str, issue: str) -> int:
    """Return the number of paraphrases of what happened for an issue."""
    return len(phrases()["issues"][product][issue]["events"])


def sub_issue(product: str, issue: str, event: int) -> str:
    """Return the sub-issue that a paraphrase belongs to, or an empty string where the product has none."""
    entry = phrases()["issues"][product][issue]["events"][event]
    return "" if isinstance(entry, str) else str(entry[1])


@lru_cache(maxsize=1)
def _flag_patterns() -> dict[str, re.Pattern[str]]:
    return {
        flag: re.compile("|".join(re.escape(text.lower()) for text in texts))
        for flag, texts in _book().planted.items()
    }


def find_flags(narrative: str) -> dict[str, bool]:
    """Return which planted phrases a narrative contains.

    Args:
        narrative: The text of a complaint.

    Returns:
        One entry for each name in :data:`FLAGS`.
    """
    text = narrative.lower()
    return {flag: bool(pattern.search(text)) for flag, pattern in _flag_patterns().items()}


def _joiner(words: str, count: int) -> str:
    return " ".join([words] * count)


class _Walk:
    """Goes through a pool in a scrambled order without repeating a sentence."""

    __slots__ = ("left", "pool", "position", "size", "step")

    def __init__(self, pool: Sequence[Sentence], random: Callable[[], float]) -> None:
        self.pool, self.size = pool, len(pool)
        self.position = int(random() * self.size)
        step = 1 + int(random() * (self.size - 1)) if self.size > 1 else 1
        while math.gcd(step, self.size) != 1:
            step += 1
        self.step, self.left = step, self.size

    def next(self, most: float) -> Sentence | None:
        """Return the next sentence of at most so many words, looking at no more than four."""
        for _ in range(min(4, self.left)):
            sentence = self.pool[self.position]
            self.position = (self.position + self.step) % self.size
            self.left -= 1
            if sentence[2] <= most:
                return sentence
        return None


class Writer:
    """Writes narratives from one stream of random numbers."""

    def __init__(self, seed: int) -> None:
        """Start a stream.

        Args:
            seed: Seed of the stream; only ``Random.random`` is used, whose numbers Python
                guarantees.
        """
        self._random = Random(seed).random
        self._book = _book()
        self._budget, self._places = 0, 1.0
        self._first = self._dated = self._paid = self._named = False
        self._fill: dict[str, Callable[[], str]] = {
            "p": self._person,
            "o": self._other,
            "a": self._account,
            "d": self._date,
            "m": self._money,
            "t": self._the_money,
            "c": self._company,
            "s": self._thing,
            "i": self._a_thing,
            "g": self._some_company,
            "k": self._full_name,
            "n": self._name,
            "q": self._stranger,
            "b": self._apposition,
            "e": self._apposition_at_end,
        }

    # Slots. Each spends from the budget of redactions of the narrative at hand.

    def _spend(self) -> int:
        """Draw the number of XXXX for the next redactable place."""
        if self._budget <= 0:
            return 0
        share = self._budget / self._places + self._random()
        count = min(6, int(share))
        if self._first:
            count, self._first = max(1, count), False
        self._budget -= count
        if self._places > 1:
            self._places -= 1
        return count

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._random() * len(options))]

    def _pick_amount(self, options: Sequence[int]) -> int:
        return options[int(self._random() * len(options))]

    def _person(self) -> str:
        count = self._spend()
        return _joiner("XXXX", count) if count else self._pick(_PERSONS)

    def _name(self) -> str:
        count = self._spend()
        return " " + _joiner("XXXX", count) if count else ""

    def _stranger(self) -> str:
        count = self._spend()
        return _joiner("XXXX", count) if count else self._pick(_STRANGERS)

    def _other(self) -> str:
        count = self._spend()
        return _joiner("XXXX", count) if count else _OTHERS[self._plan.product]

    def _some_company(self) -> str:
        count = self._spend()
        return _joiner("XXXX", count) if count else "another company"

    def _full_name(self) -> str:
        self._named = True
        return self._plan.company

    def _apposition(self) -> str:
        count = self._spend()
        return f", {_joiner('XXXX', count)}," if count else ""

    def _apposition_at_end(self) -> str:
        count = self._spend()
        return f", {_joiner('XXXX', count)}" if count else ""

    def _account(self) -> str:
        count = self._spend()
        if not count:
            return ""
        return f" ending in {'XXXX'}" if count == 1 else f" ( # {_joiner('XXXX', count)} )"

    def _date(self) -> str:
        if self._plan.dates and (not self._dated or self._random() < 0.7):
            self._dated = True
            return "on XX/XX/XXXX"
        count = self._spend()
        if count:
            return f"on {_joiner('XXXX', min(count, 2))}" if self._random() < 0.5 else "in XXXX"
        return self._pick(_DATES)

    def _money(self) -> str:
        if not self._plan.money:
            return self._pick(_MONEY)
        self._paid = True
        scale = self._pick_amount(_AMOUNTS.get(self._plan.product, _SMALL_AMOUNTS))
        amount = (10 + int(self._random() * 90)) * scale // 10
        return f"{{${amount}.00}}"

    def _the_money(self) -> str:
        return "the " + self._money() if self._plan.money else "the full amount"

    def _company(self) -> str:
        if self._named and self._random() < 0.65:
            return self._pick(self._book.nouns[self._plan.product])
        self._named = True
        return self._plan.company

    def _thing(self) -> str:
        things = self._book.things[self._plan.product]
        return things.get(self._plan.sub_product, things[""])

    def _a_thing(self) -> str:
        thing = self._thing()
        return f"an {thing}" if thing[0] in "aeiou" else f"a {thing}"

    def _render(self, sentence: Sentence) -> str:
        template, slots = sentence[0], sentence[1]
        template = template.removeprefix(_ONGOING)
        text = template % tuple([self._fill[slot]() for slot in slots]) if slots else template
        text = text.replace("%%", "%") if not slots and "%" in text else text
        return text[0].upper() + text[1:]

    def _choose(self, pool: Sequence[Sentence]) -> Sentence:
        return pool[int(self._random() * len(pool))]

    def _head(self, issue: _Issue, room: float) -> str:
        """Date or redacted party, then what happened."""
        plan, random = self._plan, self._random
        event = issue.events[plan.event]
        if room < event[2] + 2:
            sentence = self._choose(issue.short)
            if room < sentence[2] + 3 or not plan.dates:
                return self._render(sentence)
            event = sentence
        leads = self._book.leads
        ongoing = event[0].startswith(_ONGOING)
        if ongoing:
            text = self._render(event)
            if not plan.dates and (room < 45 or random() < 0.6):
                return text
            return f"{text} {self._render(self._choose(self._book.began))}"
        if plan.dates:
            self._dated = True
            lead = self._pick(leads["date"]).format(d="XX/XX/XXXX")
        elif plan.redactions and random() < 0.4:
            self._budget -= 1
            self._first = False
            lead = self._pick(leads["redacted"]).format(d="XXXX")
        else:
            lead = self._pick(leads["plain"])
        text = self._render(event)
        keep = not lead or text.startswith(("I ", "XX", self._plan.company))
        return lead + (text if keep else text[0].lower() + text[1:])

    def write(self, plan: Plan) -> str:
        """Write one narrative.

        Args:
            plan: What it must be.

        Returns:
            The text. Its number of words comes close to the plan's, but planted phrases are never
            dropped for it.
        """
        self._plan, random, book = plan, self._random, self._book
        self._budget = plan.redactions
        self._places = max(1.5, plan.words / 22)
        self._first, self._dated, self._paid, self._named = plan.redactions > 0, False, False, False
        issue = book.issues[plan.product, plan.issue]

        planted = []
        if any(plan.flags):
            escal, repeat, resolved, legal = plan.flags
            order = ("repeat", "escal", "legal") if random() < 0.5 else ("escal", "legal", "repeat")
            wanted = {"escal": escal, "repeat": repeat, "legal": legal}
            for flag in [*[name for name in order if wanted[name]], *["resolved"] * resolved]:
                choices = book.planted[flag]
                phrase = self._pick(choices)
                if plan.words < 40:
                    phrase = min(phrase, self._pick(choices), self._pick(choices), key=len)
                planted.append(phrase)
        room: float = plan.words - sum([text.count(" ") + 1 for text in planted])

        opening, request = "", ""
        sentence = self._choose(book.openings[plan.product])
        opened = room > 34 and random() < 0.72 and sentence[2] < room - 20
        if opened:
            opening = self._render(sentence)
            room -= opening.count(" ") + 1
        head = self._head(issue, room)
        room -= head.count(" ") + 1
        if room >= 9 and random() < 0.85:
            ending = book.closings if plan.flags[2] else book.requests[plan.product]
            sentence = self._choose(ending)
            if sentence[2] <= room:
                request = self._render(sentence)
                room -= request.count(" ") + 1

        facts: list[str] = []
        steps: list[str] = []
        feelings: list[str] = []
        if plan.money and not self._paid and (room >= 6 or random() < 0.9):
            facts.append(self._render(self._choose(book.money)))
            room -= facts[0].count(" ") + 1
        room = self._pad(issue, room, facts, steps, feelings)
        if room > 4 or (room > 0 and random() < 0.35):
            fitting = [s for s in book.fillers if room - 2 <= s[2] <= room + 0.5]
            if fitting:
                feelings.append(self._choose(fitting)[0])
        if plan.money and not self._paid:
            facts.append(self._render(book.money[0]))

        first = [opening] if opening else []
        groups = [[*first, head, *facts], *[steps[i : i + 3] for i in range(0, len(steps), 3)]]
        groups += [[*feelings, *planted], [request] if request else []]
        paragraphs = [" ".join(group) for group in groups if group]
        if plan.newline and len(paragraphs) == 1 and len(groups[0]) > 1:
            paragraphs = [" ".join(groups[0][:-1]), groups[0][-1]]
        text = ("\n" * plan.newline or " ").join(paragraphs).replace("..", ".")
        return text.upper() if plan.capitals else text

    def _pad(
        self,
        issue: _Issue,
        room: float,
        facts: list[str],
        steps: list[str],
        feelings: list[str],
    ) -> float:
        """Fill with what fits the issue until fewer than five words are missing; return these."""
        if room < 5:
            return room
        random, product, book = self._random, self._plan.product, self._book
        own = _Walk(issue.own[self._plan.event], random)
        general, moods = _Walk(book.clauses[product], random), _Walk(book.reactions, random)
        action: _Walk | None = _Walk(book.actions[product], random)
        contacts = answers = None
        misses = 0
        while room >= 5 and misses < 6:
            dice = random()
            if room >= 15 and action is not None and dice < 0.22:
                walk, target, action = action, steps, None
            elif room >= 30 and dice < 0.5:
                if contacts is None or answers is None:
                    contacts = _Walk(book.contacts, random)
                    answers = _Walk(book.answers, random)
                contact, answer = contacts.next(room), answers.next(room)
                if contact and answer:
                    pair = [self._render(contact), self._render(answer)]
                    steps += pair
                    room -= pair[0].count(" ") + pair[1].count(" ") + 2
                else:
                    misses += 1
                continue
            elif own.left and dice < 0.8:
                walk, target = own, facts
            elif general.left and dice < 0.9:
                walk, target = general, facts
            else:
                walk, target = moods, feelings
            sentence = walk.next(room + 1.5)
            if sentence is None:
                misses += 1
                continue
            text = self._render(sentence)
            target.append(text)
            room -= text.count(" ") + 1
        return room
