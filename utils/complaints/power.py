"""How many standard errors each planted effect stands out by, on the rows that its chapter seeks it in.

Everything is computed from the generator: shares and rates from its tables and exact expectations, model effects from
the best possible model, which knows the true probabilities, on drawn rows. An effect that reaches :data:`LIMIT` is
found in any sample of that size; one that does not carries the reason why it stays weak.

Sources: DeLong, DeLong and Clarke-Pearson (1988) for the error of an AUC and of the difference of two on the same rows;
the two-sample z of shares for everything else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from utils.complaints import companies, generator, model, planted
from utils.complaints.tables import tables

LIMIT = 6.0
"""The least z of an effect that has no reason to stay weak."""

ROWS = 10_000
"""Rows of a span in the chapters."""

EVAL = ROWS // 3
"""Rows of the eval split."""

TRAIN = ROWS - EVAL
"""Rows of the train split."""

SMALL = 2_000
"""Rows of a committed span."""

LOOP = 6_000
"""Rows of S2, S3 and S4 in chapter 13, whose loop takes fewer of them."""

LOOP_EVAL = LOOP // 3
"""Rows of their eval splits."""

DRAWN = 10
"""Chunks that model effects are measured on, of :data:`~utils.complaints.generator.CHUNK` rows."""

_FEW = (
    "few rows of the group; S2 to S4 have three times as many as S1, and no model of S1 knows them"
)
_COUNTED = "counted label by label, and chance changes none"
_S1 = "S1, eval split"
_S4 = "S4, eval split"

Array: TypeAlias = NDArray[np.float64]
_expectation = lru_cache(maxsize=4)(model.expectation)


@dataclass(frozen=True)
class Power:
    """One effect on the rows of one chapter.

    Attributes:
        effect: What is planted.
        chapters: Numbers of the chapters that seek it.
        where: The spans or splits that it is sought in.
        rows: Rows of each of these.
        size: Size of the effect, as a difference of shares, rates or areas.
        error: Its standard error in the same unit.
        why: Why it stays below :data:`LIMIT`; empty where it must not.
    """

    effect: str
    chapters: str
    where: str
    rows: int
    size: float
    error: float
    why: str = ""

    @property
    def z(self) -> float:
        """The size in standard errors."""
        return self.size / self.error

    @property
    def needed(self) -> int:
        """Rows at which z is :data:`LIMIT`; the error shrinks with the square root of the rows."""
        return math.ceil(self.rows * (LIMIT / self.z) ** 2)

    def cells(self) -> list[str]:
        """Return the line's cells as text, in the order of the card's table."""
        numbers = [f"{self.rows:,}", f"{self.size:.3f}", f"{self.error:.4f}", f"{self.z:.1f}"]
        return [self.effect, self.chapters, self.where, *numbers, f"{self.needed:,}", self.why]


def _error(*samples: tuple[float, float]) -> float:
    """Return the standard error of a share, or of the difference of two shares, from (share, rows)."""
    return math.sqrt(sum(share * (1 - share) / rows for share, rows in samples))


def _moved(span: str, other: str, column: str) -> tuple[float, float]:
    """Return the shares, in two spans, of the value of a column that changes most."""
    t = tables()
    products = [np.array(t["spans"][s]["product_shares"]) for s in (span, other)]
    if column == "issue":
        inside = [[i[1] for i in t["issues"][p]] for p in t["products"]]
        products = [
            np.concatenate([s * np.array(i) for s, i in zip(p, inside, strict=True)])
            for p in products
        ]
    elif column == "company":
        given = [np.array(companies.company_given_product(s)) for s in (span, other)]
        products = [p @ g for p, g in zip(products, given, strict=True)]
    at = int(np.abs(products[0] - products[1]).argmax())
    return float(products[0][at]), float(products[1][at])


def _drift() -> Iterator[Power]:
    """Compare shares, lengths and the label of two spans."""
    small = "small on purpose: less than twice its noise floor"
    for column, pair, rows, chapters, why in (
        ("product", ("S1", "S2"), ROWS, "4", small),
        ("product", ("S2", "S3"), ROWS, "4", ""),
        ("product", ("S1", "S3"), SMALL, "4", ""),
        ("product", ("S1", "S3"), LOOP, "13", ""),
        ("product", ("S1", "S4"), ROWS, "4", ""),
        ("product", ("S1", "S4"), LOOP, "13", ""),
        ("issue", ("S2", "S3"), ROWS, "4", ""),
        ("company", ("S2", "S3"), ROWS, "2, 4", ""),
    ):
        p, q = _moved(*pair, column)
        yield Power(
            f"{column} drift",
            chapters,
            " → ".join(pair),
            rows,
            abs(p - q),
            _error((p, rows), (q, rows)),
            why,
        )
    t = tables()
    below = 0.5 + 0.5 * math.erf(t["spans"]["S3"]["length_shift"] / t["words_logsd"] / math.sqrt(8))
    largest = [[s * ROWS for s in t["spans"][span]["product_shares"][:4]] for span in ("S1", "S3")]
    errors = [_error((below, n), (below, m)) for n, m in zip(*largest, strict=True)]
    where = "S1 → S3, four largest products"
    yield Power(
        "narrative length, mean KS distance",
        "4",
        where,
        ROWS,
        2 * below - 1,
        math.hypot(*errors) / 4,
    )
    rates = {span: _expectation(span).rate for span in ("S1", "S3", "S4")}
    for span, why in (("S3", "a step on the way to S4, where it is sought"), ("S4", "")):
        p, q = rates["S1"], rates[span]
        yield Power(
            "label drift", "4", f"S1 → {span}", ROWS, p - q, _error((p, ROWS), (q, ROWS)), why
        )


def _draws(span: str) -> dict[str, NDArray[Any]]:
    """Draw the rows of a span, with the logit of the true probability."""
    chunks = [generator.draw(span, n) for n in range(DRAWN)]
    names = ("response", "group", "flags", "words", "product", "probability", "disputed")
    found = {name: np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in names}
    found["logit"] = np.log(found["probability"] / (1 - found["probability"]))
    return found


def places(labels: NDArray[np.bool_], scores: Array) -> tuple[Array, Array]:
    """Return, for each dispute, the share of other rows that score lower, and the other way round."""
    ones, zeros = np.sort(scores[labels]), np.sort(scores[~labels])
    lower, higher = (
        (np.searchsorted(there, here, "left") + np.searchsorted(there, here, "right"))
        / 2
        / len(there)
        for here, there in ((scores[labels], zeros), (scores[~labels], ones))
    )
    return lower, 1 - higher


def auc_error(places: tuple[Array, Array], rows: int) -> tuple[float, float]:
    """Return an AUC, or a difference of two, and its standard error at a number of rows (DeLong)."""
    ones, zeros = places
    scale = (len(ones) + len(zeros)) / rows
    return float(ones.mean()), math.sqrt(
        scale * (ones.var() / len(ones) + zeros.var() / len(zeros))
    )


def _as_in_s1(span: str, rows: dict[str, NDArray[Any]]) -> Array:
    """Return the logit that the best model of S1 gives to the rows of a span."""
    before, after = (
        np.array([model.response_logits(s)[r] for r in tables()["responses"]]) for s in ("S1", span)
    )
    shift = model.intercept("S1", 1.0) - model.intercept(span, 1.0)
    logits: Array = rows["logit"] + shift + (before - after)[rows["response"]]
    return logits


def _models() -> Iterator[Power]:
    """Measure the best possible model of S1, in S1 and in S4."""
    t = tables()
    first, last = _draws("S1"), _draws("S4")
    old = _as_in_s1("S4", last)
    here, there = places(first["disputed"], first["logit"]), places(last["disputed"], old)
    for rows, where, why in (
        (LOOP, "S1, eval split → S4", ""),
        (LOOP_EVAL, "S1 → S4, eval splits", "a 95 % interval asks, for which a z of 4 is enough"),
    ):
        (high, high_error), (low, low_error) = auc_error(here, EVAL), auc_error(there, rows)
        yield Power(
            "AUC of an S1 model falls",
            "13",
            where,
            rows,
            high - low,
            math.hypot(high_error, low_error),
            why,
        )
    new = places(last["disputed"], last["logit"])
    gained = (new[0] - there[0], new[1] - there[1])
    yield Power(
        "AUC gained by a new model on S4", "13", _S4, LOOP_EVAL, *auc_error(gained, LOOP_EVAL)
    )
    excess = model.sigmoid(old) - last["disputed"]
    yield Power(
        "an S1 model expects too many disputes", "7", _S4, EVAL,
        float(excess.mean()), float(excess.std()) / math.sqrt(EVAL),
    )  # fmt: skip
    logmean = np.array([t["words_logmean"][p] for p in t["products"]])[first["product"]]
    text = first["flags"] @ np.array([beta for _, beta in t["text_flags"].values()])
    text = text + t["len_logit"] * (np.log(first["words"]) - logmean) / t["words_logsd"]
    plain = places(first["disputed"], first["logit"] - text)
    lost = (here[0] - plain[0], here[1] - plain[1])
    yield Power("AUC lost without the narrative", "6, 7", _S1, EVAL, *auc_error(lost, EVAL))
    leak = planted.tolerance_auc(EVAL, planted.LEAK_AUC, sigmas=1)
    size = planted.LEAK_AUC - _expectation("S1").auc
    yield Power("`leak`: AUC beyond the best possible", "1, 7", _S1, EVAL, size, leak)
    yield from _group(first, last)


def _group(s1: dict[str, NDArray[Any]], s4: dict[str, NDArray[Any]]) -> Iterator[Power]:
    """Measure the group of states: in the labels, and in what models make of it."""
    t = tables()
    p, group = s1["probability"], s1["group"]
    share = sum(t["states"][s] for s in t["fair_group"]) / sum(t["states"].values())
    inside, outside = _expectation("S1").group
    for rows, chapters, where in ((TRAIN, "4", "S1, train split"), (ROWS, "5", "S1")):
        error = _error((inside, rows * share), (outside, rows * (1 - share)))
        gap = inside - outside
        yield Power("group: dispute rate", chapters, where, rows, gap, error, _FEW)
    flagged = p >= np.quantile(p, 1 - planted.MODEL_SELECTED)
    rates = [float((1 - p)[m & flagged].sum() / (1 - p)[m].sum()) for m in (group, ~group)]
    counts = (EVAL * share * (1 - inside), EVAL * (1 - share) * (1 - outside))
    error = _error(*zip(rates, counts, strict=True))
    yield Power("group: false positive rate", "7", _S1, EVAL, rates[0] - rates[1], error)
    missed = []
    for span, drawn in (("S2", _draws("S2")), ("S3", _draws("S3")), ("S4", s4)):
        other = _as_in_s1(span, drawn) - t["fair_logit"] * drawn["group"]
        blind = share * model.sigmoid(other + t["fair_logit"]) + (1 - share) * model.sigmoid(other)
        missed.append((drawn["disputed"] - blind)[drawn["group"]])
    found = np.concatenate(missed)
    error = float(found.std()) / math.sqrt(3 * ROWS * share)
    size = float(found.mean())
    yield Power("group: under-predicted without `state`", "7", "S2, S3 and S4", ROWS, size, error)
    hidden = inside * planted.UNDER_RECORDED_SHARE
    for rows, chapters, where, why in ((ROWS, "4", "S1", ""), (EVAL, "7", _S1, _COUNTED)):
        error = _error((hidden, rows * share))
        yield Power("`under_recorded`: hidden disputes", chapters, where, rows, hidden, error, why)


def _responses() -> Iterator[Power]:
    """Compare dispute rates by response, within S1 and between S1 and S4."""
    t = tables()
    found, shares = {}, {}
    for span in ("S1", "S4"):
        found[span] = _expectation(span).response
        shares[span] = t["spans"][span]["product_shares"] @ np.array(
            [t["response_given_product"][p] for p in t["products"]]
        )
    explained, relief = t["responses"][0], t["responses"][2]
    pairs = [
        (found["S1"][r], ROWS * shares["S1"][t["responses"].index(r)]) for r in (explained, relief)
    ]
    yield Power(
        "monetary relief settles", "1", "S1", ROWS, pairs[0][0] - pairs[1][0], _error(*pairs)
    )
    for response in t["drifted_response_logit"]:
        at = t["responses"].index(response)
        p, q = (found[s][response] for s in ("S1", "S4"))
        error = _error((p, LOOP * shares["S1"][at]), (q, LOOP * shares["S4"][at]))
        name = f"concept drift, {response.removeprefix('Closed with ')}"
        yield Power(name, "13", "S1 → S4", LOOP, q - p, error)


def _defects() -> Iterator[Power]:
    """Measure the defects of the variants."""
    for effect, chapters, share in (
        ("`skew_serving`: product", "4, 5", planted.SKEW_PRODUCT),
        ("`skew_serving`: ZIP code lost", "4, 5", planted.ZIP_MASKED),
        ("`anomalies`: each kind", "4", planted.ANOMALY_SHARE),
    ):
        yield Power(effect, chapters, "S2", ROWS, share, _error((share, ROWS)))
    apart = 1 - sum(part**2 for part in (0.6, 0.2, 0.2))
    copies = SMALL * planted.DUPLICATE_SHARE
    error = planted.DUPLICATE_SHARE * _error((apart, copies))
    torn = "`duplicates`: copies in another split"
    yield Power(torn, "3", "S1", SMALL, planted.DUPLICATE_SHARE * apart, error)
    first, last = (np.datetime64(tables()["spans"]["S1"][end]) for end in ("first", "last"))
    recent = ROWS * 30 / float((last - first) / np.timedelta64(1, "D") + 1)
    rate = _expectation("S1").rate
    size = rate * (1 - planted.IMMATURE_FACTOR)
    error = _error((rate, recent), (rate - size, recent))
    yield Power("`immature`: rate with pending as 0", "13", "S1, last 30 days", ROWS, size, error)


def table() -> list[Power]:
    """Compute the power of every planted effect, for which :data:`DRAWN` chunks of each span are drawn.

    Returns:
        One line for each effect and each set of rows that a chapter seeks it in.
    """
    return [*_drift(), *_responses(), *_models(), *_defects()]
