from __future__ import annotations

import math
from collections import Counter

import pytest

from utils.complaints import companies, planted
from utils.complaints.tables import tables

Data = dict[str, list[dict[str, str]]]
SPANS = ("S1", "S2", "S3", "S4", "S5")


@pytest.mark.parametrize("span", SPANS)
def test_fitted_shares_meet_both_margins(span: str) -> None:
    products = tables()["spans"][span]["product_shares"]
    given = companies.company_given_product(span)
    assert all(math.isclose(math.fsum(row), 1.0) for row in given)
    for c, share in enumerate(companies.shares(span).values()):
        total = math.fsum(p * row[c] for p, row in zip(products, given, strict=True))
        assert total == pytest.approx(share, abs=1e-4)


def test_shares_are_those_specified() -> None:
    shares = companies.shares("S1")
    named = [share for name, share in shares.items() if name != companies.TAIL]
    assert len(named) == 30
    assert sum(sorted(named)[-10:]) == pytest.approx(planted.COMPANY_TOP_10)
    assert sum(named) == pytest.approx(planted.COMPANY_TOP_30)


def test_one_company_takes_over_and_the_others_keep_their_proportions() -> None:
    before, after = companies.shares("S2"), companies.shares("S3")
    assert after[planted.TAKEOVER] - before[planted.TAKEOVER] == pytest.approx(0.08)
    ratios = {round(after[n] / before[n], 12) for n in before if n != planted.TAKEOVER}
    assert len(ratios) == 1


def test_logits_look_like_draws_from_their_distribution() -> None:
    logits = companies.logits()
    assert math.fsum(logits) / 30 == pytest.approx(0, abs=4 * 0.25 / 30**0.5)
    assert (sum(x * x for x in logits) / 30) ** 0.5 == pytest.approx(0.25, abs=0.1)


def test_all_names_are_different() -> None:
    names = list(companies.names())
    for product in tables()["products"]:
        assert len(companies.tail_names(product)) == len(companies.tail_cumulative(product))
        names += companies.tail_names(product)
    assert len(set(names)) == len(names) > 2_000


def test_the_tail_is_long_and_thin(large: Data) -> None:
    counts = Counter(row["company"] for row in large["S1"])
    named = set(companies.names())
    smallest = min(companies.shares("S1")[name] for name in named)
    tail = {name: n / 10_000 for name, n in counts.items() if name not in named}
    assert len(tail) > 1_000
    assert max(tail.values()) < smallest + planted.tolerance(10_000, smallest)
    assert sum(tail.values()) == pytest.approx(0.37, abs=planted.tolerance(10_000, 0.37))
