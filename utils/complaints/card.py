"""Measures the generated data and writes the data card: no figure in it is typed by hand."""

from __future__ import annotations

import hashlib
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from utils.complaints import generator, model, narratives, planted, power, variants
from utils.complaints.csvio import format_row, read_table
from utils.complaints.schema import COLUMNS, LABEL, NARRATIVE
from utils.complaints.tables import SPANS, tables
from utils.files import atomic_text
from utils.intervals import auc

ROWS = 20_000
"""Rows of each span that the card is measured on."""

TEST_ROWS = 100_000
"""Rows that the logistic regression is tested on."""

COMMITTED_ROWS = 2_000
"""Rows of each committed span."""

VARIANT_ROWS = 60
"""Rows of each committed variant."""

_LABELLED = SPANS[:4]


@dataclass(frozen=True)
class Measure:
    """One line of the card.

    Attributes:
        effect: What is measured.
        specified: The value that the design asked for, or ``None``.
        constant: The value in :mod:`~utils.complaints.planted`, or ``None``.
        measured: The value found.
        tolerance: How far ``measured`` may be from ``constant`` by chance, or ``None``.
        digits: Decimals to show.
    """

    effect: str
    specified: float | None
    constant: float | None
    measured: float
    tolerance: float | None = None
    digits: int = 3

    def cells(self) -> list[str]:
        """Return the line's cells as text: effect, specified, constant, measured, tolerance."""
        values = (self.specified, self.constant, self.measured, self.tolerance)
        return [self.effect, *("" if v is None else f"{v:.{self.digits}f}" for v in values)]


@dataclass(frozen=True)
class _Table:
    """A file's columns."""

    columns: dict[str, list[str]]

    @classmethod
    def read(cls, path: Path) -> _Table:
        return cls(read_table(path).fillna("").to_dict("list"))

    def __getitem__(self, column: str) -> list[str]:
        return self.columns[column]

    def shares(self, column: str) -> dict[str, float]:
        values = self[column]
        return {value: n / len(values) for value, n in Counter(values).items()}

    def rate(self, mask: Sequence[bool] | None = None) -> float:
        labels = [v == "1" for i, v in enumerate(self[LABEL]) if mask is None or mask[i]]
        return sum(labels) / len(labels)

    def words(self) -> list[int]:
        return [len(text.split()) for text in self[NARRATIVE]]


def _distance(a: _Table, b: _Table, column: str) -> float:
    """L-infinity distance of a column."""
    first, second = a.shares(column), b.shares(column)
    return max(abs(first.get(v, 0.0) - second.get(v, 0.0)) for v in first.keys() | second.keys())


def _drift(data: dict[str, _Table], rows: int) -> list[Measure]:
    """Measure what changes between spans, apart from the label."""
    from scipy.stats import ks_2samp

    found = []
    specified = {("S1", "S2"): 0.03, ("S2", "S3"): 0.12, ("S3", "S4"): 0.10}
    specified.update({("S1", "S3"): 0.14, ("S1", "S4"): 0.10})
    for pair, value in specified.items():
        found.append(
            Measure(
                f"product drift {pair[0]} → {pair[1]}, L-infinity",
                value,
                planted.PRODUCT_DRIFT[pair],
                _distance(data[pair[0]], data[pair[1]], "product"),
                planted.tolerance(rows, 0.33, against=rows),
            )
        )
    pair = ("S2", "S3")
    share = planted.TAKEOVER_SHARE["S3"]
    found += [
        Measure(
            "noise floor of that distance, 99th percentile",
            0.012 if rows == 20_000 else None,
            planted.noise_floor(rows),
            _floor(rows),
            digits=4,
        ),
        Measure(
            "issue drift S2 → S3, L-infinity",
            0.086,
            planted.ISSUE_DRIFT[pair],
            _distance(data["S2"], data["S3"], "issue"),
            planted.tolerance(rows, 0.23, against=rows),
        ),
        Measure(
            "company drift S2 → S3, L-infinity",
            0.08,
            planted.COMPANY_DRIFT[pair],
            _distance(data["S2"], data["S3"], "company"),
            planted.tolerance(rows, share, against=rows),
        ),
        Measure(
            f"share of {planted.TAKEOVER} in S3",
            0.11,
            share,
            data["S3"].shares("company")[planted.TAKEOVER],
            planted.tolerance(rows, share),
        ),
    ]
    largest = sorted(data["S1"].shares("company").values(), reverse=True)
    for count, specification, constant in (
        (10, 0.44, planted.COMPANY_TOP_10),
        (30, 0.63, planted.COMPANY_TOP_30),
    ):
        found.append(
            Measure(
                f"share of the {count} largest companies in S1",
                specification,
                constant,
                sum(largest[:count]),
                planted.tolerance(rows, constant),
            )
        )
    by_product = []
    for product in tables()["products"][:4]:
        one, three = (
            [n for n, p in zip(data[s].words(), data[s]["product"], strict=True) if p == product]
            for s in ("S1", "S3")
        )
        distance = ks_2samp(one, three, method="asymp").statistic
        by_product.append((float(distance), len(one), len(three)))
    found.append(
        Measure(
            "narrative length S1 → S3 within the four largest products, mean KS distance",
            0.110,
            planted.LENGTH_KS,
            statistics.fmean(distance for distance, _, _ in by_product),
            max(planted.tolerance_ks(n, m) for _, n, m in by_product),
        )
    )
    for span, value in (("S1", 125.0), ("S3", 152.0)):
        constant = planted.MEDIAN_WORDS[span]
        found.append(
            Measure(
                f"median words in {span}",
                value,
                constant,
                statistics.median(data[span].words()),
                planted.tolerance_median(rows, constant),
                digits=0,
            )
        )
    return found


def _floor(rows: int) -> float:
    """99th percentile of the distance between two samples of S1's products, from 2,000 pairs."""
    shares = np.array(tables()["spans"]["S1"]["product_shares"])
    random = np.random.RandomState(generator.SEED)
    pairs = random.multinomial(rows, shares, size=(2, 2_000))
    return float(np.quantile(np.abs(pairs[0] - pairs[1]).max(axis=1) / rows, 0.99))


def _label(data: dict[str, _Table], rows: int) -> list[Measure]:
    """Measure the label: rates, concept drift, phrases, the group of states."""
    found = []
    asked = {"S1": 0.235, "S2": 0.23, "S3": 0.212, "S4": 0.2}
    for span, rate in planted.LABEL_RATE.items():
        allowed = planted.tolerance(rows, rate)
        found.append(Measure(f"dispute rate {span}", asked[span], rate, data[span].rate(), allowed))
    asked = {"monetary relief S1": 0.138, "monetary relief S4": 0.216}
    for kind, drift in (
        ("monetary relief", planted.CONCEPT_DRIFT),
        ("non-monetary relief", planted.CONCEPT_DRIFT_NON_MONETARY),
    ):
        for span, rate in drift.items():
            relief = [r == f"Closed with {kind}" for r in data[span]["company_response"]]
            found.append(
                Measure(
                    f"dispute rate after {kind} {span}",
                    asked.get(f"{kind} {span}"),
                    rate,
                    data[span].rate(relief),
                    planted.tolerance(sum(relief), rate),
                )
            )
    flags = [narratives.find_flags(text) for text in data["S1"][NARRATIVE]]
    for flag, rate in planted.FLAG_RATE.items():
        mask = [found_flags[flag] for found_flags in flags]
        share = planted.FLAG_SHARE[flag]
        found += [
            Measure(
                f"share of narratives with “{flag}”",
                share,
                share,
                sum(mask) / rows,
                planted.tolerance(rows, share),
            ),
            Measure(
                f"dispute rate with “{flag}”",
                None,
                rate,
                data["S1"].rate(mask),
                planted.tolerance(sum(mask), rate),
            ),
        ]
    inside = [state in planted.FAIR_GROUP for state in data["S1"]["state"]]
    outside = [not member for member in inside]
    counts = (sum(inside), sum(outside))
    rates = (data["S1"].rate(inside), data["S1"].rate(outside))
    found.append(
        Measure(
            f"share of {' '.join(planted.FAIR_GROUP)}",
            0.069,
            planted.FAIR_SHARE,
            counts[0] / rows,
            planted.tolerance(rows, planted.FAIR_SHARE),
        )
    )
    for name, specified, constant, measured, count in zip(
        ("in the group", "outside of it"),
        (0.338, 0.227),
        planted.FAIR_RATE,
        rates,
        counts,
        strict=True,
    ):
        found.append(
            Measure(
                f"dispute rate {name}",
                specified,
                constant,
                measured,
                planted.tolerance(count, constant),
            )
        )
    gap = planted.tolerance_gap(counts, planted.FAIR_RATE)
    found.append(Measure("gap of the two rates", 0.111, planted.FAIR_GAP, rates[0] - rates[1], gap))
    return found


def _defects(data: dict[str, _Table], made: dict[str, _Table], rows: int) -> list[Measure]:
    """Measure the variants."""
    leak = made["leak"]
    labels = np.array(leak[LABEL]) == "1"
    codes = np.array(
        [planted.LEAK_CODES.index(code) for code in leak["resolution_code"]], dtype=float
    )
    last = int((codes == 2).sum())
    inside = [state in planted.FAIR_GROUP for state in made["under_recorded"]["state"]]
    recent = _recent(made["immature"]["date_received"], 30)
    arrived = [
        value != "" for value, new in zip(made["immature"][LABEL], recent, strict=True) if new
    ]
    narrative = Counter(made["duplicates"][NARRATIVE])
    clean = sum(n - 1 for n in Counter(data["S1"][NARRATIVE]).values())
    zips = [bool(code) for code in data["S2"]["zip_code"]]
    lost = [
        had and not code for had, code in zip(zips, made["skew_serving"]["zip_code"], strict=True)
    ]
    anomalies = made["anomalies"]
    counts = {
        "unknown_product": anomalies["product"].count(planted.UNKNOWN_PRODUCT),
        "unknown_state": anomalies["state"].count("ZZ"),
        "masked_zip": anomalies["zip_code"].count("XXXXX"),
        "missing_timely": anomalies["timely_response"].count(""),
        "blank_issue": anomalies["issue"].count(""),
        "label_not_available": anomalies[LABEL].count("N/A"),
        "duplicate_id": rows - len(set(anomalies["complaint_id"])),
    }
    found = [
        Measure(
            "`leak`: AUC of resolution_code alone",
            0.947,
            planted.LEAK_AUC,
            auc(labels, codes),
            planted.tolerance_auc(rows, planted.LEAK_AUC),
        ),
        Measure(
            "`leak`: disputed, given R2",
            0.897,
            planted.LEAK_PRECISION,
            float(labels[codes == 2].mean()),
            planted.tolerance(last, planted.LEAK_PRECISION),
        ),
        Measure(
            "`duplicates`: share of narratives that came before, beyond the clean span's",
            0.015,
            planted.DUPLICATE_SHARE,
            (sum(n - 1 for n in narrative.values()) - clean) / rows,
            2.0 * clean / rows + 0.0005,
        ),
        Measure(
            "`under_recorded`: dispute rate in the group",
            0.237,
            planted.UNDER_RECORDED_RATE,
            made["under_recorded"].rate(inside),
            planted.tolerance(sum(inside), planted.UNDER_RECORDED_RATE),
        ),
        Measure(
            "`immature`: share of labels of the last 30 days that are there",
            0.468,
            planted.IMMATURE_FACTOR,
            sum(arrived) / len(arrived),
            planted.tolerance(len(arrived), planted.IMMATURE_FACTOR),
        ),
        Measure(
            "`skew_serving`: product distance to S2, L-infinity",
            0.055,
            planted.SKEW_PRODUCT,
            _distance(data["S2"], made["skew_serving"], "product"),
            planted.tolerance(rows, planted.SKEW_PRODUCT),
        ),
        Measure(
            "`skew_serving`: share of rows whose ZIP code is lost",
            0.90,
            planted.ZIP_MASKED,
            sum(lost) / rows,
            planted.tolerance(rows, planted.ZIP_MASKED),
        ),
    ]
    for kind, count in counts.items():
        found.append(
            Measure(
                f"`anomalies`: rows with {planted.ANOMALIES[kind]}",
                planted.ANOMALY_SHARE * rows,
                planted.ANOMALY_SHARE * rows,
                count,
                0.0,
                digits=0,
            )
        )
    return found


def _recent(dates: Sequence[str], days: int) -> list[bool]:
    """Return whether each date belongs to the last days of a span."""
    latest = np.datetime64(tables()["spans"]["S1"]["last"])
    return [bool(latest - np.datetime64(date) < np.timedelta64(days, "D")) for date in dates]


def _style(table: _Table) -> list[Measure]:
    """Measure what the narratives look like."""
    texts = table[NARRATIVE]
    rows = len(texts)
    hidden = [n for n in (text.count("XXXX") for text in texts) if n]

    def share(test: Any) -> float:
        return sum(map(test, texts)) / rows

    return [
        Measure("share with `XXXX`", 0.83, None, len(hidden) / rows),
        Measure("`XXXX` in these, mean", 9, None, statistics.fmean(hidden), digits=1),
        Measure("`XXXX` in these, median", 4, None, statistics.median(hidden), digits=0),
        Measure("share with an amount as `{$12.00}`", 0.31, None, share(lambda t: "{$" in t)),
        Measure(
            "share with a date as `XX/XX/XXXX`", 0.15, None, share(lambda t: "XX/XX/XXXX" in t)
        ),
        Measure("share with line breaks", 0.30, None, share(lambda t: "\n" in t)),
        Measure("share in capitals", 0.02, None, share(lambda t: t == t.upper())),
        Measure("words, shortest", 8, None, min(table.words()), digits=0),
        Measure("words, longest", 800, None, max(table.words()), digits=0),
    ]


def _stack(span: str, chunks: range) -> dict[str, NDArray[Any]]:
    drawn = [generator.draw(span, chunk) for chunk in chunks]
    names = (
        "product",
        "issue",
        "response",
        "state",
        "company",
        "flags",
        "group",
        "words",
        "disputed",
    )
    return {name: np.concatenate([getattr(chunk, name) for chunk in drawn]) for name in names}


def _models(rows: int) -> list[Measure]:
    """Fit logistic regressions on columns and planted phrases, and measure them on other rows."""
    from sklearn.linear_model import LogisticRegression

    first = -(-rows // generator.CHUNK)
    last = first + TEST_ROWS // generator.CHUNK
    train = {name: values[:rows] for name, values in _stack("S1", range(first)).items()}
    test, later = (
        _stack("S1", range(first, last)),
        _stack("S4", range(TEST_ROWS // generator.CHUNK)),
    )

    def features(
        part: dict[str, NDArray[Any]], columns: Sequence[str], text: bool
    ) -> NDArray[np.float64]:
        blocks = []
        for column in columns:
            codes = part[column] + (100 * part["product"] if column == "issue" else 0)
            values = np.unique(train[column] + (100 * train["product"] if column == "issue" else 0))
            blocks.append((codes[:, None] == values[None, :]).astype(np.float64))
        if text:
            blocks += [part["flags"].astype(np.float64), np.log(part["words"])[:, None] - 4.8]
        return np.hstack(blocks)

    def predictions(columns: Sequence[str], text: bool) -> list[NDArray[np.float64]]:
        # A solver of second order converges to the one optimum, so that both stacks show the same
        # digits.
        fitted = LogisticRegression(solver="newton-cholesky", tol=1e-10, max_iter=100)
        fitted.fit(features(train, columns, text), train["disputed"])
        return [fitted.predict_proba(features(part, columns, text))[:, 1] for part in (test, later)]

    everything = ("product", "issue", "response", "state", "company")
    plain, _ = predictions(everything, False)
    full, full_later = predictions(everything, True)
    blind, _ = predictions(everything[:3] + everything[4:], True)
    disputed, group = test["disputed"], test["group"]
    flagged, flagged_blind = (
        q >= np.quantile(q, 1 - planted.MODEL_SELECTED) for q in (full, blind)
    )

    def pair(
        name: str, specified: Sequence[float], constant: Sequence[float], hit: Any, truth: Any
    ) -> list[Measure]:
        return [
            Measure(
                f"{name}, {where}",
                specified[i],
                constant[i],
                float(hit[truth & members].mean()),
                digits=2,
            )
            for i, (where, members) in enumerate(
                (("in the group", group), ("outside of it", ~group))
            )
        ]

    return [
        Measure("AUC without text", 0.606, planted.MODEL_AUC["tabular"], auc(disputed, plain)),
        Measure("AUC with text", 0.677, planted.MODEL_AUC["with text"], auc(disputed, full)),
        Measure(
            "AUC with text, on S4",
            0.667,
            planted.MODEL_AUC["with text, on S4"],
            auc(later["disputed"], full_later),
        ),
        Measure(
            f"mean prediction on S4 (true rate {planted.LABEL_RATE['S4']:.3f})",
            0.241,
            planted.MODEL_RATE_ON_S4,
            float(full_later.mean()),
        ),
        *pair("false positive rate", (0.48, 0.17), planted.MODEL_FPR, flagged, ~disputed),
        *pair("true positive rate", (0.72, 0.37), planted.MODEL_TPR, flagged, disputed),
        *pair(
            "false positive rate without `state`",
            (0.16, 0.19),
            planted.MODEL_FPR_WITHOUT_STATE,
            flagged_blind,
            ~disputed,
        ),
        Measure(
            f"mean prediction for the group without `state` (true rate {planted.FAIR_RATE[0]:.3f})",
            0.237,
            planted.MODEL_RATE_WITHOUT_STATE,
            float(blind[group].mean()),
        ),
    ]


def _bayes() -> list[Measure]:
    """Return the best possible AUC, calculated exactly."""
    found = []
    for scale, specified in ((1.0, 0.687), (0.35, 0.636)):
        found.append(
            Measure(
                f"best possible AUC in S1, text_scale {scale}",
                specified,
                planted.BAYES_AUC[scale]["S1"],
                model.expectation("S1", scale).auc,
            )
        )
    return found


@dataclass(frozen=True)
class Measures:
    """Everything the card shows.

    Attributes:
        effects: Data effects, with tolerances.
        models: Model effects.
        power: How far each effect stands out on the rows that its chapters seek it in.
        style: Look of the narratives.
        spans: Lines of the table of spans.
        columns: Lines of the table of columns.
    """

    effects: list[Measure]
    models: list[Measure]
    power: list[power.Power]
    style: list[Measure]
    spans: list[list[str]]
    columns: list[list[str]]


_DIFFERENT = {
    "S1": "the reference",
    "S2": "slightly other products",
    "S3": "far more credit reporting, one company takes over, longer narratives",
    "S4": "more student loans, and relief turns into a reason to dispute (concept drift)",
    "S5": "taxonomy of April 2017, no labels",
}
_MEANING = {
    "complaint_id": "identifies the complaint; digits, but text",
    "date_received": "day the complaint was received, ISO",
    "product": "kind of product complained about",
    "sub_product": "kind within the product; empty where the product has none",
    "issue": "what went wrong",
    "sub_issue": "kind within the issue; empty where the product has none",
    "consumer_complaint_narrative": "the consumer's words, with redactions",
    "company": "the company complained about; invented",
    "state": "the consumer's state, two letters",
    "zip_code": "the consumer's ZIP code, text, mostly only three digits",
    "company_response": "how the company closed the complaint",
    "timely_response": "whether it answered in time: Yes or No",
    "consumer_disputed": "the label: 1 disputed, 0 not, empty while pending",
}


def measure(rows: int = ROWS, *, progress: bool = False) -> Measures:
    """Generate all spans and variants and measure them.

    Args:
        rows: Rows of each span.
        progress: Whether to show progress bars.

    Returns:
        The measured values.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {
            span: generator.write(folder / f"{span}.csv", span, rows, progress=progress)
            for span in SPANS
        }
        data = {span: _Table.read(path) for span, path in files.items()}
        made = {}
        for variant in variants.VARIANTS[:-1]:
            path = folder / "variant.csv"
            made[variant] = _Table.read(
                variants.make(variant, files[variants.source(variant)], rows, path)
            )
    spans = [
        [
            span,
            tables()["spans"][span]["first"],
            tables()["spans"][span]["last"],
            f"{data[span].rate():.3f}" if span in _LABELLED else "no label",
            f"{statistics.median(data[span].words()):.0f}",
            _DIFFERENT[span],
        ]
        for span in SPANS
    ]
    columns = []
    for column in COLUMNS:
        values = data["S1"][column]
        distinct, empty = len(set(values) - {""}), values.count("") / rows
        note = f"{distinct:,} different" + (f", {empty:.1%} empty" if empty else "")
        columns.append([f"`{column}`", _MEANING[column], note])
    return Measures(
        effects=[*_drift(data, rows), *_label(data, rows), *_bayes(), *_defects(data, made, rows)],
        models=_models(rows),
        power=power.table(),
        style=_style(data["S1"]),
        spans=spans,
        columns=columns,
    )


def _table(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _files() -> list[list[str]]:
    """Return the committed spans and the start of their hashes."""
    lines = []
    for span in SPANS:
        digest = hashlib.sha256(format_row(COLUMNS).encode())
        for row in generator.rows(span, COMMITTED_ROWS):
            digest.update(format_row(row).encode())
        lines.append(
            [f"`complaints/{span}.csv`", f"{COMMITTED_ROWS:,}", f"`{digest.hexdigest()[:16]}`"]
        )
    return lines


def render(measures: Measures, rows: int = ROWS) -> str:
    """Return the text of the card.

    Args:
        measures: The measured values.
        rows: Rows of each span that they were measured on.

    Returns:
        Markdown.
    """
    text = resources.files(__package__).joinpath("card_template.md").read_text(encoding="utf-8")
    values = {
        "files": _table(_files()),
        "variant_rows": str(VARIANT_ROWS),
        "max_rows": f"{generator.MAX_ROWS:,}",
        "spans": _table(measures.spans),
        "columns": _table(measures.columns),
        "rows": f"{rows:,}",
        "test_rows": f"{TEST_ROWS:,}",
        "effects": _table([line.cells() for line in measures.effects]),
        "models": _table([line.cells()[:4] for line in measures.models]),
        "power": _table([line.cells() for line in measures.power]),
        "limit": f"{power.LIMIT:.0f}",
        "style": _table(
            [[line.cells()[0], line.cells()[1], line.cells()[3]] for line in measures.style]
        ),
        "seed": str(generator.SEED),
    }
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def write(path: Path, *, progress: bool = False) -> Path:
    """Measure the data and write the card.

    Args:
        path: The Markdown file to write.
        progress: Whether to show progress bars.

    Returns:
        The path.
    """
    text = render(measure(progress=progress))
    with atomic_text(path) as file:
        file.write(text)
    return path
