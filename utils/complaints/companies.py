"""The invented companies: thirty with a name of their own, and a long tail of small ones.

Every span has its own shares of products and of companies, so the share of a company within a
product follows from
both: it starts from an affinity (which company sells what) and is scaled until both sets of shares
hold exactly (iterative proportional fitting). That is how a credit bureau stays inside ``Credit
reporting`` and yet keeps its share while credit reporting grows.
"""

from __future__ import annotations

import math
from functools import lru_cache

from utils.complaints.tables import tables

TAIL = "(long tail)"
"""Stands for all small companies together in :func:`shares` and :func:`company_given_product`."""

_ROUNDS = 200


def names() -> tuple[str, ...]:
    """Return the thirty named companies, largest first, as in the first span."""
    return tuple(company["name"] for company in tables()["companies"])


def logits() -> tuple[float, ...]:
    """Return what each named company adds to the logit of a dispute; drawn once from N(0, 0.25)."""
    return tuple(company["logit"] for company in tables()["companies"])


@lru_cache(maxsize=8)
def shares(span: str) -> dict[str, float]:
    """Share of every named company in a span, and of the long tail.

    From the third span on one company holds more; all others shrink by one common factor.

    Args:
        span: ``"S1"`` to ``"S5"``.

    Returns:
        Share by name; the shares add up to one.
    """
    base = {company["name"]: company["share"] for company in tables()["companies"]}
    base[TAIL] = 1.0 - math.fsum(base.values())
    winner = tables()["takeover"]
    target = tables()["spans"][span]["takeover_share"]
    factor = (1.0 - target) / (1.0 - base[winner])
    return {name: target if name == winner else share * factor for name, share in base.items()}


@lru_cache(maxsize=8)
def company_given_product(span: str) -> tuple[tuple[float, ...], ...]:
    """Return the shares of the companies within each product of a span.

    Sums are exactly rounded (``math.fsum``), so that every platform gets the same bits.

    Args:
        span: ``"S1"`` to ``"S5"``.

    Returns:
        One row per product, in the order of ``tables()["products"]``; one share per named company, the
        long tail last.
    """
    products = tables()["products"]
    rows = tables()["spans"][span]["product_shares"]
    columns = list(shares(span).values())
    affinity = [company["products"] for company in tables()["companies"]]
    affinity.append(tables()["tail"]["products"])
    # Affinities say how a company divides its complaints; weighting by both shares only speeds the
    # fitting up.
    joint = [
        [affinity[c].get(product, 0.0) * columns[c] * rows[p] for c in range(len(columns))]
        for p, product in enumerate(products)
    ]
    for _ in range(_ROUNDS):
        for c, share in enumerate(columns):
            factor = share / math.fsum(row[c] for row in joint)
            for row in joint:
                row[c] *= factor
        for p, share in enumerate(rows):
            factor = share / math.fsum(joint[p])
            joint[p] = [value * factor for value in joint[p]]
    return tuple(tuple(value / rows[p] for value in row) for p, row in enumerate(joint))


@lru_cache(maxsize=16)
def tail_names(product: str) -> tuple[str, ...]:
    """Return the names of the small companies that sell a product, the largest first.

    Args:
        product: A product of the taxonomy before April 2017.

    Returns:
        Invented names, all different, also between products.
    """
    tail = tables()["tail"]
    stems, kind = tail["stems"], tail["kinds"][product]
    suffixes = kind["suffixes"]
    offset = tables()["products"].index(product) * 11
    return tuple(
        f"{stems[(i * 37 + offset) % len(stems)]} "
        f"{suffixes[(i // len(stems) + i % len(stems)) % len(suffixes)]}"
        for i in range(kind["size"])
    )


@lru_cache(maxsize=16)
def tail_cumulative(product: str) -> tuple[float, ...]:
    """Cumulative shares of the small companies of a product; the i-th weighs ``1 / (i + offset)``.

    Args:
        product: A product of the taxonomy before April 2017.

    Returns:
        Rising values that end at one, as many as :func:`tail_names` has.
    """
    tail = tables()["tail"]
    weights = [1.0 / (i + 1 + tail["offset"]) for i in range(tail["kinds"][product]["size"])]
    total = math.fsum(weights)
    cumulative, running = [], 0.0
    for weight in weights:
        running += weight / total
        cumulative.append(running)
    cumulative[-1] = 1.0
    return tuple(cumulative)
