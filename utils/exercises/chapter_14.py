"""The exercises of chapter 14: redaction, randomised response, privacy's price, clipping and federated rows."""

from __future__ import annotations

import math
import random
import re
from typing import Any

import numpy as np

from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.privacy import accounting, federated, randomised, redaction

_ACCOUNTS = ("account {}", "Account no. {}", "acct {}", "acct. {}", "account #{}", "Acct # {}")
_HARMLESS = (
    "They charged me {$1200.00} on XX/XX/XXXX.",
    "I opened the account in 2014.",
    "My account was closed after 30 days.",
    "I called them 12 times about the account.",
    "The ZIP code is 94110 and the case is 20150319.",
)
_TEXTS = 60

WIDTH = 0.02
"""How far the interval of exercise 14.2 may reach to either side."""

SPARE = 0.01
"""How much more noise than the least exercise 14.3 accepts."""

CLIENTS, OF_EACH = (3, 10), 40
"""How few and how many clients exercise 14.5 takes, and how many rows of either label each must have."""

FARTHER = 2.0
"""How many times as far as with states the clients of exercise 14.5 must lead."""


@exercise("14.1")
def account_numbers(answer: Any, context: Any) -> Verdict:
    """Check a regular expression for account numbers, on texts that the notebook does not show.

    Args:
        answer: The regular expression.
        context: The notebook's context; not used.

    Returns:
        The verdict.
    """
    pattern = reading.text(answer)
    try:
        expression = re.compile(pattern)
    except (re.error, OverflowError) as error:
        return not_yet(f"this is no regular expression: {error}.")
    if expression.search(""):
        return not_yet("it finds the empty text, so it would change every complaint.")
    for text in _HARMLESS:
        if found := expression.search(text):
            return not_yet(
                f"it removes {found[0]!r} from {text!r}, where no account number stands."
            )
    draws = random.Random(14)
    for number in range(_TEXTS):
        digits = "".join(draws.choice("0123456789") for _ in range(6 + number % 7))
        written = _ACCOUNTS[number % len(_ACCOUNTS)].format(digits)
        left = redaction.redact(f"I gave them {written}, twice.", {"account": pattern})
        if digits in left:
            return not_yet(f"{written!r} is still there.")
        if re.search(r"\d", left):
            return not_yet(f"of {written!r} some digits are left: {left!r}.")
    return yes(f"{_TEXTS} account numbers in six ways of writing are gone, and nothing else.")


@exercise("14.2")
def enough_answers(answer: Any, context: Any, epsilon: float) -> Verdict:
    """Check how many people are to be asked.

    Args:
        answer: The number of people.
        context: The notebook's context; not used.
        epsilon: What each answer may reveal.

    Returns:
        The verdict.
    """
    people = reading.whole(answer)
    if people < 1:
        return not_yet("ask at least one person.")
    slope = 2 * randomised.honesty(epsilon) - 1

    def half(share: float, divided: float) -> float:
        return 1.96 * math.sqrt(share * (1 - share) / people) / divided

    reach = half(0.5, slope)
    if reach <= WIDTH:
        if half(0.5, slope) * math.sqrt(people / max(people - people // 50 - 1, 1)) <= WIDTH:
            return not_yet(
                f"the interval reaches {reach:.4f} to either side: fewer people suffice."
            )
        return yes(f"with {people:,} people it reaches {reach:.4f} to either side.")
    if half(0.5, 1.0) <= WIDTH:
        return not_yet(
            f"that would do if nobody lied; with the lies the interval reaches {reach:.3f} to either side."
        )
    return not_yet(f"the interval reaches {reach:.3f} to either side where one half disputes.")


@exercise("14.3")
def least_noise(
    answer: Any, context: Any, rows: int, batch: int, epochs: int, epsilon: float, delta: float
) -> Verdict:
    """Check the noise multiplier that keeps an epsilon.

    Args:
        answer: The noise multiplier.
        context: The notebook's context; not used.
        rows: How many rows the training has.
        batch: How many it expects in a step.
        epochs: How often it goes over all of them.
        epsilon: What it may spend.
        delta: The probability with which the promise may fail.

    Returns:
        The verdict.
    """
    noise = reading.number(answer)
    if noise <= 0:
        return not_yet("without noise epsilon is infinite.")
    rate, steps = batch / rows, epochs * rows // batch
    spent = accounting.epsilon(noise, rate, steps, delta)
    if spent > epsilon:
        in_epochs = accounting.epsilon(noise, rate, epochs, delta)
        why = ""
        if in_epochs <= epsilon:
            why = f" {epochs} is the number of epochs; noise is paid for at every step."
        return not_yet(f"with {noise:.3f} it spends {spent:.2f}.{why}")
    least = accounting.noise_for(epsilon, rate, steps, delta)
    if noise > least + SPARE:
        return not_yet(f"it spends {spent:.2f} only: less noise is enough, and costs less.")
    return yes(f"{steps} steps spend {spent:.3f}.")


@exercise("14.4")
def row_by_row(answer: Any, context: Any) -> Verdict:
    """Check a function that clips gradients and adds them up.

    Args:
        answer: From gradients ``[rows, weights]`` and a clipping norm to their clipped sum ``[weights]``.
        context: The notebook's context; not used.

    Returns:
        The verdict, by what one more row can change.
    """
    reading.function(answer, "a function of gradients and clip")
    random_rows = np.random.RandomState(14).normal(size=(20, 5)) * np.linspace(0.05, 3, 20)[:, None]
    given = random_rows.copy()
    clip = 1.5
    try:
        sums = np.asarray(answer(given, clip), "float64")
        without = np.array(
            [np.asarray(answer(np.delete(random_rows, at, 0), clip), "float64") for at in range(20)]
        )
        short = np.asarray(answer(random_rows[:2].copy(), clip), "float64")
        turned = np.asarray(answer(random_rows[-1:].copy(), clip), "float64")
        agreed = np.asarray(answer(np.full((10, 5), 0.5), clip), "float64")
    except Exception as error:
        return not_yet(f"it stops with {type(error).__name__}: {error}.")
    if sums.shape != (5,) or without.shape != (20, 5):
        return not_yet(f"it returns the shape {sums.shape}, and not one number for each weight.")
    if not np.array_equal(given, random_rows):
        return not_yet("it changes the gradients that it was given; make new ones.")
    moved = float(np.linalg.norm(sums - without, axis=1).max())
    if moved > clip * (1 + 1e-9):
        return not_yet(
            f"leaving out one row moves the sum by {moved:.2f}, more than the clip of {clip}: noise for {clip} would "
            "not hide it. Limit the length of each row's gradient, before they are added."
        )
    if not np.allclose(short, random_rows[:2].sum(0)):
        return not_yet("two gradients shorter than the clip do not come out as they are.")
    if not np.allclose(agreed, 5.0):
        return not_yet(
            "ten rows that agree, each of them short, add up to less than their sum: limit the rows and not the sum."
        )
    if not np.allclose(turned, random_rows[-1] * clip / np.linalg.norm(random_rows[-1])):
        return not_yet("a long gradient changes its direction: make it shorter as a whole.")
    lengths = np.linalg.norm(random_rows, axis=1, keepdims=True)
    if not np.allclose(sums, (random_rows * np.minimum(1, clip / lengths)).sum(0)):
        return not_yet("single rows come out right, and the sum of many does not.")
    return yes(f"no row moves the sum by more than {moved:.2f}.")


@exercise("14.5")
def astray(
    answer: Any, context: Any, rows: Any, labels: Any, states: Any, steps: int, rate: float
) -> Verdict:
    """Check clients with whom federated averaging strays farther from central training than with states.

    Args:
        answer: The client of each row, ``[rows]``.
        context: The notebook's context; not used.
        rows: The encoded rows, ``[rows, features]``.
        labels: 0 or 1, ``[rows]``.
        states: The state of each row.
        steps: How many steps each client takes in a round.
        rate: The learning rate.

    Returns:
        The verdict.
    """
    try:
        names = np.asarray(list(answer)).astype(str)
    except Exception:
        raise reading.AnswerForm("the client of each row, in an array", answer) from None
    if names.shape != (len(labels),):
        return not_yet(f"give one name for each of the {len(labels)} rows; there are {names.size}.")
    few, many = CLIENTS
    if not few <= len(np.unique(names)) <= many:
        return not_yet(
            f"there are {len(np.unique(names))} clients; deal the rows to {few} to {many}."
        )
    for client in federated.by_value(rows, labels, names):
        fewer = min(int(client.labels.sum()), int((1 - client.labels).sum()))
        if fewer < OF_EACH:
            return not_yet(
                f"the client {client.name} has {fewer} rows of one label; give each at least {OF_EACH} of either."
            )
    mine, theirs = (
        distance(federated.by_value(rows, labels, one), rows, labels, steps, rate)
        for one in (names, states)
    )
    if mine < FARTHER * theirs:
        return not_yet(
            f"after one round they lie {mine:.3f} from central training, and states {theirs:.3f}. Your clients are "
            "still too much alike: what would make each of them learn something that is wrong of all the others?"
        )
    return yes(f"they lie {mine:.3f} from central training, and states {theirs:.3f}.")


def distance(
    clients: list[federated.Client], rows: Any, labels: Any, steps: int, rate: float
) -> float:
    """Return how far one round of averaging leads from as many steps on all rows."""
    central = federated.local_steps(np.zeros(rows.shape[1]), rows, labels, steps, rate)
    return float(np.linalg.norm(federated.rounds(clients, 1, steps, rate)[-1] - central))
