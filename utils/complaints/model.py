"""How a dispute comes about: the logit of every complaint, and exact expectations under it.

The logit is a sum of effects: product, issue, the company's response, the company, the planted
group of states, the planted phrases of the narrative, and its length. ``text_scale`` scales the
last two: 1.0 for teaching, 0.35 for a label as weakly predictable as the real one. The intercept of
each span is set so that the span has its dispute rate.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from utils.complaints import companies
from utils.complaints.errors import ComplaintsError
from utils.complaints.tables import tables
from utils.intervals import auc_of_counts

TEXT_SCALES = (1.0, 0.35)
"""The text scales for which intercepts are calibrated."""

Array: TypeAlias = NDArray[np.float64]


@lru_cache(maxsize=16)
def tail_logits(product: str) -> Array:
    """Return what each small company of a product adds to the logit, in the order of the tail's names."""
    position = tables()["products"].index(product)
    draws = RandomState([7, position]).standard_normal(len(companies.tail_names(product)))
    return np.asarray(draws * tables()["tail"]["logit_sd"], dtype=np.float64)


def intercept(span: str, text_scale: float) -> float:
    """Return the calibrated intercept of a labelled span.

    Args:
        span: ``"S1"`` to ``"S4"``.
        text_scale: One of :data:`TEXT_SCALES`.

    Returns:
        The intercept of the logit.

    Raises:
        ComplaintsError: If the scale is not calibrated.
    """
    by_span = tables()["intercepts"].get(str(float(text_scale)))
    if by_span is None:
        scales = " or ".join(map(str, TEXT_SCALES))
        raise ComplaintsError(f"text_scale={text_scale} is not calibrated; use {scales}.")
    return float(by_span[span])


def response_logits(span: str) -> dict[str, float]:
    """Return what each company response adds to the logit; from S4 on relief raises it."""
    logits = dict(tables()["response_logit"])
    if span in ("S4", "S5"):
        logits.update(tables()["drifted_response_logit"])
    return logits


def sigmoid(logit: Array) -> Array:
    """Return the logistic function."""
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)


@dataclass(frozen=True)
class Expectation:
    """Exact expectations of a labelled span.

    Attributes:
        rate: Dispute rate.
        group: Rate inside and outside of the planted group of states.
        response: Rate by company response.
        flag: Rate where a planted phrase is present, by its name.
        product: Rate by product.
        auc: Area under the ROC curve of the true probabilities: what no model can beat.
    """

    rate: float
    group: tuple[float, float]
    response: dict[str, float]
    flag: dict[str, float]
    product: dict[str, float]
    auc: float


@lru_cache(maxsize=8)
def _cells(span: str, text_scale: float) -> tuple[Array, Array, dict[str, NDArray[np.int64]]]:
    """Return all combinations of effects: logit without intercept, weight, and codes of the factors."""
    t = tables()
    shares = t["spans"][span]["product_shares"]
    response = response_logits(span)
    states = t["states"]
    group = sum(states[s] for s in t["fair_group"]) / sum(states.values())
    # Gauss-Hermite nodes integrate the two normal parts: the length and the long tail's company
    # effect.
    length, length_weight = np.polynomial.hermite_e.hermegauss(7)
    tail, tail_weight = np.polynomial.hermite_e.hermegauss(3)
    length_weight, tail_weight = (
        length_weight / length_weight.sum(),
        tail_weight / tail_weight.sum(),
    )
    named = list(companies.logits())
    flags = list(t["text_flags"].values())
    text, text_weight, text_code = [], [], []
    for bits in itertools.product((0, 1), repeat=len(flags)):
        logit = sum(beta * bit for bit, (_, beta) in zip(bits, flags, strict=True))
        weight = np.prod([q if b else 1 - q for b, (q, _) in zip(bits, flags, strict=True)])
        for z, w in zip(length, length_weight, strict=True):
            text.append(text_scale * (logit + t["len_logit"] * z))
            text_weight.append(weight * w)
            text_code.append(sum(bit << i for i, bit in enumerate(bits)))
    logits, weights, codes = [], [], {"product": [], "response": [], "group": [], "flags": []}  # type: ignore[var-annotated]
    for p, product in enumerate(t["products"]):
        issue_logit = np.array([i[2] for i in t["issues"][product]])
        issue_share = np.array([i[1] for i in t["issues"][product]])
        responses = np.array(t["response_given_product"][product])
        company = np.array(companies.company_given_product(span)[p])
        small = tail_logits(product)
        weight = np.diff([0.0, *companies.tail_cumulative(product)])
        middle = float(small @ weight)
        spread = float(((small - middle) ** 2 @ weight) ** 0.5)
        parts = [
            (issue_logit, issue_share / issue_share.sum()),
            (np.array([response[r] for r in t["responses"]]), responses / responses.sum()),
            (
                np.array(named + list(middle + tail * spread)),
                np.concatenate([company[:-1], company[-1] * tail_weight]),
            ),
            (np.array([t["fair_logit"], 0.0]), np.array([group, 1 - group])),
            (np.array(text), np.array(text_weight)),
        ]
        grid = np.ix_(*[part[0] for part in parts])
        mass = np.ix_(*[part[1] for part in parts])
        logit = (t["product_logit"][product] + sum(grid)).astype(np.float64)
        shape = logit.shape
        logits.append(logit.ravel())
        weights.append((shares[p] * mass[0] * mass[1] * mass[2] * mass[3] * mass[4]).ravel())
        index = np.indices(shape, dtype=np.int8)
        codes["product"].append(np.full(logit.size, p, dtype=np.int8))
        codes["response"].append(index[1].ravel())
        codes["group"].append(index[3].ravel())
        codes["flags"].append(np.array(text_code, dtype=np.int8)[np.indices(shape)[4].ravel()])
    merged = {name: np.concatenate(values) for name, values in codes.items()}
    return np.concatenate(logits), np.concatenate(weights), merged


def expectation(span: str, text_scale: float = 1.0) -> Expectation:
    """Exact expectations of a labelled span, by adding up every combination of effects.

    Args:
        span: ``"S1"`` to ``"S4"``.
        text_scale: One of :data:`TEXT_SCALES`.

    Returns:
        Rates and the best possible AUC.
    """
    logit, weight, codes = _cells(span, text_scale)
    p = sigmoid(logit + intercept(span, text_scale))
    t: dict[str, Any] = tables()

    def rate(mask: NDArray[np.bool_]) -> float:
        return float((p[mask] * weight[mask]).sum() / weight[mask].sum())

    edges = np.linspace(0.0, 1.0, 20_001)
    positive = np.histogram(p, edges, weights=weight * p)[0]
    negative = np.histogram(p, edges, weights=weight * (1 - p))[0]
    return Expectation(
        rate=float((p * weight).sum()),
        group=(rate(codes["group"] == 0), rate(codes["group"] == 1)),
        response={name: rate(codes["response"] == i) for i, name in enumerate(t["responses"])},
        flag={name: rate((codes["flags"] >> i) & 1 == 1) for i, name in enumerate(t["text_flags"])},
        product={name: rate(codes["product"] == i) for i, name in enumerate(t["products"])},
        auc=auc_of_counts(positive, negative),
    )
