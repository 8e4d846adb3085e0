"""The seeded generator of complaints: any number of rows, flat memory, the same bytes everywhere.

Rows are drawn in chunks of :data:`CHUNK`, each from its own seed ``(seed, span, chunk)``, so
nothing depends on how many rows came before. All numbers come from ``random.Random.random`` and
numpy's ``RandomState``, whose streams are frozen for all versions.

Rows stand in the order of ``date_received``, spread evenly over the span, and ``complaint_id``
rises with them: a file can be replayed as a stream. A longer file starts with the rows of a shorter
one; only the dates are spread anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

from utils.complaints import companies, model, narratives, zipcodes
from utils.complaints.csvio import write_rows
from utils.complaints.errors import ComplaintsError
from utils.complaints.narratives import FLAGS, Plan, Writer
from utils.complaints.schema import COLUMNS
from utils.complaints.tables import SPANS, tables
from utils.progress import track

SEED = 20170424
"""The seed of all committed and generated data."""

CHUNK = 10_000
"""Rows drawn at a time."""

MAX_ROWS = 10_000_000
"""Most rows of a span: its complaint ids would run into the next span's."""

_ID_STEP = 10
_UNIFORMS = 24
_TEXT_STREAM = 1


@dataclass(frozen=True)
class Chunk:
    """The rows of one chunk without their texts, as arrays, and what no file shows.

    Attributes:
        product: Product before renaming, as an index into the tables.
        issue: Issue, as an index into the product's issues.
        event: Paraphrase of what happened, as an index.
        response: Company response, as an index.
        state: State, as an index.
        company: Named company as an index; as many as there are named ones stands for the long
            tail.
        tail: Company of the long tail, as an index into the product's names.
        sub_product: Sub-product, as an index.
        flags: Planted phrases, shape (rows, 4), in the order of
            :data:`~utils.complaints.narratives.FLAGS`.
        group: Whether the state belongs to the planted group.
        words: Length aimed at, in words.
        probability: True probability of a dispute; 0 in a span without labels.
        disputed: The label drawn from it.
        uniform: The uniform numbers behind ids, dates, ZIP codes and redactions, shape (rows, 24).
        redactions: Number of ``XXXX`` aimed at.
    """

    product: NDArray[np.int64]
    issue: NDArray[np.int64]
    event: NDArray[np.int64]
    response: NDArray[np.int64]
    state: NDArray[np.int64]
    company: NDArray[np.int64]
    tail: NDArray[np.int64]
    sub_product: NDArray[np.int64]
    flags: NDArray[np.bool_]
    group: NDArray[np.bool_]
    words: NDArray[np.int64]
    probability: NDArray[np.float64]
    disputed: NDArray[np.bool_]
    uniform: NDArray[np.float64]
    redactions: NDArray[np.int64]


def _cumulative(shares: Any) -> NDArray[np.float64]:
    """Cumulative shares that end at exactly one, added from left to right on every platform."""
    total = 0.0
    values = []
    for share in shares:
        total += share
        values.append(total)
    cumulative = np.array(values) / total
    cumulative[-1] = 1.0
    return cumulative


def _pick(cumulative: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.searchsorted(cumulative, uniform, side="right").astype(np.int64)


@dataclass(frozen=True)
class _Product:
    issues: NDArray[np.float64]
    issue_logits: NDArray[np.float64]
    events: NDArray[np.int64]
    responses: NDArray[np.float64]
    companies: NDArray[np.float64]
    tail: NDArray[np.float64]
    tail_logits: NDArray[np.float64]
    sub_products: NDArray[np.float64]


@lru_cache(maxsize=8)
def _products(span: str) -> tuple[_Product, ...]:
    """Cumulative shares and logits of every product in a span."""
    t = tables()
    given = companies.company_given_product(span)
    result = []
    for p, product in enumerate(t["products"]):
        issues = t["issues"][product]
        result.append(
            _Product(
                issues=_cumulative([issue[1] for issue in issues]),
                issue_logits=np.array([float(issue[2]) for issue in issues]),
                events=np.array([narratives.events(product, issue[0]) for issue in issues]),
                responses=_cumulative(t["response_given_product"][product]),
                companies=_cumulative(given[p]),
                tail=np.array(companies.tail_cumulative(product)),
                tail_logits=model.tail_logits(product),
                sub_products=_cumulative([share for _, share in t["sub_products"][product]]),
            )
        )
    return tuple(result)


def draw(
    span: str, chunk: int, rows: int = CHUNK, *, seed: int = SEED, text_scale: float = 1.0
) -> Chunk:
    """Draw one chunk of complaints without their texts: fast, for measuring what is planted.

    Args:
        span: ``"S1"`` to ``"S5"``.
        chunk: Number of the chunk, from 0.
        rows: Rows to draw, at most :data:`CHUNK`; fewer rows are the first ones of a full chunk.
        seed: Seed of the data.
        text_scale: How much the narrative matters for the label, 1.0 or 0.35.

    Returns:
        The chunk as arrays.

    Raises:
        ComplaintsError: If the span or the text scale is unknown.
    """
    if span not in SPANS:
        raise ComplaintsError(f"There is no span {span!r}; use one of {', '.join(SPANS)}.")
    t = tables()
    settings = t["spans"][span]
    random = RandomState([seed % 2**32, SPANS.index(span) + 1, chunk])
    u = random.random_sample((CHUNK, _UNIFORMS))[:rows]
    z = random.standard_normal((CHUNK, 2))[:rows]
    product = _pick(_cumulative(settings["product_shares"]), u[:, 0])
    state = _pick(_cumulative(t["states"].values()), u[:, 1])
    flags = u[:, 2:6] < np.array([t["text_flags"][flag][0] for flag in FLAGS])
    issue, event, response, company, tail, sub_product = (
        np.zeros(rows, dtype=np.int64) for _ in range(6)
    )
    logit = np.zeros(rows)
    mean = np.zeros(rows)
    named_logits = np.array([*companies.logits(), 0.0])
    for p, shares in enumerate(_products(span)):
        mask = product == p
        name = t["products"][p]
        issue[mask] = _pick(shares.issues, u[mask, 6])
        event[mask] = (u[mask, 7] * shares.events[issue[mask]]).astype(np.int64)
        response[mask] = _pick(shares.responses, u[mask, 8])
        company[mask] = _pick(shares.companies, u[mask, 9])
        tail[mask] = _pick(shares.tail, u[mask, 10])
        sub_product[mask] = _pick(shares.sub_products, u[mask, 11])
        in_tail = company[mask] == len(named_logits) - 1
        logit[mask] = (
            t["product_logit"][name]
            + shares.issue_logits[issue[mask]]
            + named_logits[company[mask]]
            + np.where(in_tail, shares.tail_logits[tail[mask]], 0.0)
        )
        mean[mask] = t["words_logmean"][name]
    group = np.isin(state, [list(t["states"]).index(s) for s in t["fair_group"]])
    by_response = model.response_logits(span)
    logit += np.array([by_response[name] for name in t["responses"]])[response]
    logit += t["fair_logit"] * group
    text = t["len_logit"] * z[:, 0]
    for i, flag in enumerate(FLAGS):
        text = text + t["text_flags"][flag][1] * flags[:, i]
    logit += text_scale * text
    shortest, longest = t["words_range"]
    words = np.exp(mean + t["words_logsd"] * z[:, 0] + settings["length_shift"])
    probability = np.zeros(rows)
    if settings["labelled"]:
        probability = model.sigmoid(logit + model.intercept(span, text_scale))
    style = t["narrative_style"]
    mixed = style["redaction_length_link"]
    redactions = style["redaction_median"] * np.exp(
        style["redaction_logsd"] * (mixed * z[:, 0] + (1 - mixed**2) ** 0.5 * z[:, 1])
    )
    redacted = u[:, 13] < style["redacted"]
    return Chunk(
        product=product,
        issue=issue,
        event=event,
        response=response,
        state=state,
        company=company,
        tail=tail,
        sub_product=sub_product,
        flags=flags,
        group=group,
        words=np.clip(np.rint(words), shortest, longest).astype(np.int64),
        probability=probability,
        disputed=u[:, 12] < probability,
        uniform=u,
        redactions=np.where(redacted, np.maximum(1, np.rint(redactions)), 0).astype(np.int64),
    )


def _zip(state: str, u: float, v: float) -> str:
    """Return a ZIP code of a state: mostly three digits and XX, some of five digits, a few missing."""
    shares = tables()["zip_shares"]
    if u < shares["missing"]:
        return ""
    options = zipcodes.prefixes()[state]
    place = v * len(options)
    prefix = options[int(place)]
    if u < shares["missing"] + shares["five_digits"]:
        return f"{prefix}{1 + int((place % 1.0) * 99):02d}"
    return prefix + "XX"


def _timely(response: str, u: float) -> str:
    """``No`` for every untimely response, and for a few others."""
    late = tables()["timely_no"]
    return "No" if u < late.get(response, late["other"]) else "Yes"


def rows(
    span: str, count: int, *, seed: int = SEED, text_scale: float = 1.0
) -> Iterator[tuple[str, ...]]:
    """Generate complaints in the order of their dates.

    Args:
        span: ``"S1"`` to ``"S5"``; S5 has the taxonomy of April 2017 and no labels.
        count: Number of rows.
        seed: Seed of the data.
        text_scale: How much the narrative matters for the label, 1.0 or 0.35.

    Yields:
        One tuple of texts for each row, in the order of :data:`~utils.complaints.schema.COLUMNS`.

    Raises:
        ComplaintsError: If the span or text scale is unknown or the number of rows is not between 1
            and :data:`MAX_ROWS`.
    """
    if not 1 <= count <= MAX_ROWS:
        raise ComplaintsError(f"A span has 1 to {MAX_ROWS:,} rows, not {count:,}; ask for fewer.")
    for first in range(0, count, CHUNK):
        size = min(CHUNK, count - first)
        chunk = draw(span, first // CHUNK, size, seed=seed, text_scale=text_scale)
        yield from _texts(span, chunk, first, count, seed)


def _texts(span: str, chunk: Chunk, first: int, count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Turn a chunk into rows of text."""
    t = tables()
    settings, style = t["spans"][span], t["narrative_style"]
    number = SPANS.index(span) + 1
    renamed = t["renamed_products"] if not settings["labelled"] else {}
    start = dt.date.fromisoformat(settings["first"])
    length = (dt.date.fromisoformat(settings["last"]) - start).days + 1
    days = [(start + dt.timedelta(days=day)).isoformat() for day in range(length)]
    size = len(chunk.product)
    position = (first + np.arange(size) + chunk.uniform[:, 14]) / count
    day = np.minimum((position * length).astype(np.int64), length - 1).tolist()
    ids = number * 10**8 + (first + np.arange(size)) * _ID_STEP
    ids = (ids + (chunk.uniform[:, 15] * _ID_STEP).astype(np.int64)).tolist()
    uniform = chunk.uniform.tolist()
    states, named = list(t["states"]), companies.names()
    writer = Writer(((seed * 8 + number) << 40) + ((first // CHUNK) << 4) + _TEXT_STREAM)
    seen: set[str] = set()
    columns = zip(
        chunk.product.tolist(),
        chunk.sub_product.tolist(),
        chunk.issue.tolist(),
        chunk.event.tolist(),
        chunk.company.tolist(),
        chunk.tail.tolist(),
        chunk.state.tolist(),
        chunk.response.tolist(),
        chunk.disputed.tolist(),
        chunk.flags.tolist(),
        chunk.words.tolist(),
        chunk.redactions.tolist(),
        strict=True,
    )
    for i, (p, sub, j, event, c, tail, s, r, disputed, flags, words, redactions) in enumerate(
        columns
    ):
        u = uniform[i]
        product = t["products"][p]
        issue = t["issues"][product][j][0]
        sub_product = t["sub_products"][product][sub][0]
        company = named[c] if c < len(named) else companies.tail_names(product)[tail]
        response = t["responses"][r]
        plan = Plan(
            product=product,
            sub_product=sub_product,
            issue=issue,
            event=event,
            company=company,
            words=words,
            flags=(flags[0], flags[1], flags[2], flags[3]),
            redactions=redactions,
            dates=redactions > 0 and u[16] < style["dates_given_redacted"],
            money=u[17] < style["money"],
            newline=(1 + (u[18] < style["newlines"] / 2)) if u[18] < style["newlines"] else 0,
            capitals=u[19] < style["capitals"],
        )
        narrative = writer.write(plan)
        for more in range(1, 30):
            if narrative not in seen:
                break
            narrative = writer.write(replace(plan, words=words + more // 2))
        seen.add(narrative)
        yield (
            str(ids[i]),
            days[day[i]],
            renamed.get(product, product),
            sub_product,
            issue,
            narratives.sub_issue(product, issue, event),
            narrative,
            company,
            states[s],
            _zip(states[s], u[20], u[21]),
            response,
            _timely(response, u[22]),
            ("1" if disputed else "0") if settings["labelled"] else "",
        )


def write(
    path: Path,
    span: str,
    count: int,
    *,
    seed: int = SEED,
    text_scale: float = 1.0,
    progress: bool = False,
) -> Path:
    """Generate a span into a CSV file, which appears only when it is complete.

    Args:
        path: The file to write.
        span: ``"S1"`` to ``"S5"``.
        count: Number of rows.
        seed: Seed of the data.
        text_scale: How much the narrative matters for the label, 1.0 or 0.35.
        progress: Whether to show a progress bar.

    Returns:
        The path.
    """
    generated: Any = rows(span, count, seed=seed, text_scale=text_scale)
    if progress:
        generated = track(generated, f"Complaints {span}", count)
    write_rows(path, COLUMNS, generated)
    return path
