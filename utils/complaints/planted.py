"""What is planted in the generated complaints: truths that notebooks and tests look for.

*Data effects* (shares, rates, drift, anomalies, skew) hold exactly in expectation: compare a
measured value with its constant within :func:`tolerance`. *Model effects* (``MODEL_…``) were
measured with logistic regressions, each trained on 20,000 rows of S1 with the planted phrases as
flags, and averaged over twelve such samples: another model gives other numbers, so check their sign
and an interval.

All values are for ``text_scale=1.0`` unless they are keyed by the scale. Importing this module
loads nothing heavy.
"""

from __future__ import annotations

import math
from typing import Final

from utils.complaints import schema

# --- Drift ----------------------------------------------------------------------------------------

PRODUCT_DRIFT: Final = {
    ("S1", "S2"): 0.030,
    ("S2", "S3"): 0.120,
    ("S3", "S4"): 0.100,
    ("S1", "S3"): 0.140,
    ("S1", "S4"): 0.100,
    ("S2", "S4"): 0.100,
}
"""L-infinity distance of ``product`` between two spans: the largest change of any one product's
share."""

PRODUCT_DRIFT_VALUE: Final = {
    ("S1", "S2"): "Mortgage",
    ("S2", "S3"): "Credit reporting",
    ("S3", "S4"): "Student loan",
    ("S1", "S3"): "Credit reporting",
    ("S1", "S4"): "Debt collection",
}
"""The product whose share changes most. From S1 to S4 ``Student loan`` changes as much as ``Debt
collection``."""

ISSUE_DRIFT: Final = {("S2", "S3"): 0.0864}
"""L-infinity distance of ``issue``: ``Incorrect information on credit report`` is .72 of a product
that grows by .12."""

TAKEOVER: Final = "Avenhurst Financial"
"""The company that takes over in S3."""

TAKEOVER_SHARE: Final = {"S1": 0.03, "S2": 0.03, "S3": 0.11, "S4": 0.11, "S5": 0.11}
"""Its share of all complaints."""

COMPANY_DRIFT: Final = {("S1", "S2"): 0.0, ("S2", "S3"): 0.08, ("S3", "S4"): 0.0}
"""L-infinity distance of ``company``; all other companies keep their relative shares."""

COMPANY_TOP_10: Final = 0.44
"""Share of the ten largest companies in S1."""

COMPANY_TOP_30: Final = 0.63
"""Share of the thirty companies with a name of their own in S1."""

BUREAUS: Final = ("Halvorne Credit Information", "Quillmark Credit Bureau", "Tressam Data Services")
"""The three credit bureaus, which only occur in ``Credit reporting``."""

MORTGAGE_ONLY: Final = ("Thornquay Mortgage Servicing", "Dunmarrow Home Loans")
"""The two servicers that only occur in ``Mortgage``."""

LENGTH_SHIFT: Final = 0.25
"""Added to the log of the narrative's number of words from S3 on."""

LENGTH_KS: Final = 0.110
"""Kolmogorov-Smirnov distance of the number of words between S1 and S3 within a product."""

MEDIAN_WORDS: Final = {"S1": 127.0, "S3": 151.0}
"""Median number of words of a narrative."""

RENAMED_PRODUCTS: Final = (
    "Credit reporting, credit repair services, or other personal consumer reports",
    "Checking or savings account",
    "Credit card or prepaid card",
)
"""Products of the 2017 taxonomy that S5 has and no span before; the last one merges two."""

NOISE_FLOOR: Final = {
    2_000: (0.0185, 0.0390),
    10_000: (0.0083, 0.0173),
    20_000: (0.0059, 0.0123),
}
"""What chance alone makes of the L-infinity distance of ``product`` between two samples of S1, by
their rows: mean and 99th percentile. A threshold of .01 raises false alarms at 10,000 rows; .02
does not."""

# --- The label ------------------------------------------------------------------------------------

LABEL_RATE: Final = {"S1": 0.235, "S2": 0.230, "S3": 0.212, "S4": 0.190}
"""Share of disputed complaints in each labelled span."""

CONCEPT_DRIFT: Final = {"S1": 0.146, "S3": 0.133, "S4": 0.419}
"""Dispute rate where the response was ``Closed with monetary relief``: until S3 relief settles a
complaint, in S4 it has turned into a reason to dispute."""

CONCEPT_DRIFT_NON_MONETARY: Final = {"S1": 0.157, "S3": 0.143, "S4": 0.360}
"""The same where the response was ``Closed with non-monetary relief``."""

FLAG_SHARE: Final = {"escal": 0.18, "repeat": 0.25, "resolved": 0.08, "legal": 0.06}
"""Share of narratives with a planted phrase; :func:`utils.complaints.narratives.find_flags` finds
them."""

FLAG_RATE: Final = {"escal": 0.373, "repeat": 0.300, "resolved": 0.096, "legal": 0.301}
"""Dispute rate in S1 where a planted phrase is present."""

BAYES_AUC: Final = {
    1.0: {"S1": 0.691, "S2": 0.692, "S3": 0.693, "S4": 0.736},
    0.35: {"S1": 0.644, "S2": 0.645, "S3": 0.647, "S4": 0.705},
}
"""Area under the ROC curve of the true probabilities, by text scale and span: no model can do
better."""

MODEL_AUC: Final = {"tabular": 0.612, "with text": 0.680, "with text, on S4": 0.574}
"""Logistic regression trained on 20,000 rows of S1, without and with the planted phrases, tested on
other rows."""

MODEL_RATE_ON_S4: Final = 0.242
"""Mean prediction of the S1 model on S4, where the true rate is :data:`LABEL_RATE`: it expects too
many disputes."""

# --- Fairness -------------------------------------------------------------------------------------

FAIR_GROUP: Final = tuple(schema.STATE_GROUP["values"])
"""States whose consumers dispute more often (+.60 on the logit); exactly those whose ZIP codes
start with 8."""

FAIR_SHARE: Final = 0.069
"""Share of the group among all complaints."""

FAIR_RATE: Final = (0.337, 0.227)
"""Dispute rate in S1 inside and outside of the group."""

FAIR_GAP: Final = 0.110
"""Difference of the two rates."""

MODEL_SELECTED: Final = 0.234
"""Share of complaints that the model flags: those above its 76.6 % quantile."""

MODEL_FPR: Final = (0.45, 0.17)
"""False positive rate of the model with ``state``, inside and outside of the group."""

MODEL_TPR: Final = (0.70, 0.37)
"""True positive rate of the model with ``state``, inside and outside of the group."""

MODEL_FPR_WITHOUT_STATE: Final = (0.16, 0.19)
"""False positive rate of a model without ``state`` and ZIP code, inside and outside of the
group."""

MODEL_RATE_WITHOUT_STATE: Final = 0.234
"""Mean prediction for the group of a model without ``state``, whose observed rate is the first of
FAIR_RATE."""

# --- Variants -------------------------------------------------------------------------------------

ANOMALY_SHARE: Final = 0.004
"""Share of rows with each kind of anomaly in ``anomalies``: 40 in 10,000."""

ANOMALIES: Final = {
    "unknown_product": "a product that the schema does not know",
    "unknown_state": "the state ZZ",
    "masked_zip": "the ZIP code XXXXX",
    "missing_timely": "an empty timely_response",
    "blank_issue": "an empty issue",
    "label_not_available": "the label N/A",
    "duplicate_id": "the complaint_id of the row before",
}
"""The seven kinds of anomalies in ``anomalies``; no row has two."""

UNKNOWN_PRODUCT: Final = "Virtual currency"
"""The unknown product in ``anomalies``."""

SKEWED_PRODUCT: Final = "Consumer loan"
"""What ``skew_serving`` has in place of ``Consumer Loan``."""

SKEW_PRODUCT: Final = 0.055
"""L-infinity distance of ``product`` between S2 and ``skew_serving``."""

ZIP_MASKED: Final = 0.902
"""Share of ZIP codes like ``945XX``, all of which are empty in ``skew_serving``."""

ZIP_MISSING: Final = 0.008
"""Share of rows without a ZIP code."""

LEAK_CODES: Final = ("R0", "R1", "R2")
"""Values of ``resolution_code`` in ``leak``."""

LEAK_SHARES: Final = ((0.82, 0.15, 0.03), (0.05, 0.10, 0.85))
"""Shares of the codes where the label is 0, and where it is 1."""

LEAK_AUC: Final = 0.947
"""Area under the ROC curve of ``resolution_code`` alone."""

LEAK_PRECISION: Final = 0.897
"""Share of disputed complaints among those with ``R2``."""

DUPLICATE_SHARE: Final = 0.015
"""Share of rows in ``duplicates`` whose narrative occurs in an earlier row."""

UNDER_RECORDED_SHARE: Final = 0.30
"""Share of the group's disputes that are recorded as 0 in ``under_recorded``."""

UNDER_RECORDED_RATE: Final = 0.236
"""The group's dispute rate in ``under_recorded``: the disparity hides."""

IMMATURE_MEAN_DAYS: Final = 21
"""Mean number of days until a label arrives in ``immature``; exponentially distributed."""

IMMATURE_FACTOR: Final = 0.468
"""Share of the labels of the last 30 days that have arrived in ``immature``. Counting pending
labels as 0 multiplies the rate by it."""


# --- Tolerances -----------------------------------------------------------------------------------


def tolerance(
    rows: int, share: float = 0.5, *, against: int | None = None, sigmas: float = 4.0
) -> float:
    """Return how far a measured share, rate, or distance may be from its constant by chance.

    A share of n rows has the standard deviation sqrt(p (1 - p) / n); for the difference of two
    samples the variances add. The L-infinity distance moves no further than the largest error of
    any one value's difference, so the same formula serves it with the share of the value that
    moves. Four standard deviations are exceeded by chance about once in 16,000 measurements.

    Args:
        rows: Number of rows measured; of the group's rows for a rate within a group.
        share: The true share; the default 0.5 is safe for any.
        against: Number of rows of the second sample for a difference or distance of two samples.
        sigmas: Number of standard deviations.

    Returns:
        The tolerance as a share.
    """
    variance = share * (1.0 - share)
    return sigmas * math.sqrt(variance / rows + (variance / against if against else 0.0))


def tolerance_gap(
    rows: tuple[int, int], rates: tuple[float, float], *, sigmas: float = 4.0
) -> float:
    """Return how far a measured difference of the rates of two groups may be from its constant by chance.

    Args:
        rows: Number of rows in the two groups.
        rates: True rates of the two groups.
        sigmas: Number of standard deviations.

    Returns:
        The tolerance as a difference of rates: sigmas * sqrt(p₁(1-p₁)/n₁ + p₂(1-p₂)/n₂).
    """
    return sigmas * math.sqrt(sum(p * (1 - p) / n for n, p in zip(rows, rates, strict=True)))


def tolerance_ks(rows: int, against: int, *, sigmas: float = 4.0) -> float:
    """Return how far a measured Kolmogorov-Smirnov distance may be from its constant by chance.

    The distance is the difference of two distribution functions at one point, each at worst a share
    of one half.

    Args:
        rows: Number of rows of the first sample.
        against: Number of rows of the second sample.
        sigmas: Number of standard deviations.

    Returns:
        The tolerance as a distance.
    """
    return tolerance(rows, 0.5, against=against, sigmas=sigmas)


def tolerance_median(
    rows: int, median: float, log_sd: float = 0.97, *, sigmas: float = 4.0
) -> float:
    """Return how far the measured median of a log-normal quantity may be from its constant by chance.

    The log of a sample's median has the standard deviation sqrt(pi / 2) * sd / sqrt(n).

    Args:
        rows: Number of rows.
        median: The true median.
        log_sd: Standard deviation of the log; the default fits the number of words over all
            products.
        sigmas: Number of standard deviations.

    Returns:
        The tolerance in the median's unit.
    """
    return median * math.expm1(sigmas * math.sqrt(math.pi / 2 / rows) * log_sd)


def tolerance_auc(rows: int, auc: float, rate: float = 0.235, *, sigmas: float = 4.0) -> float:
    """Return how far a measured AUC may be from its constant by chance (Hanley and McNeil 1982).

    Args:
        rows: Number of rows.
        auc: The true area.
        rate: Share of positive rows.
        sigmas: Number of standard deviations.

    Returns:
        The tolerance as an area.
    """
    positive, negative = rows * rate, rows * (1 - rate)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positive - 1) * (q1 - auc**2) + (negative - 1) * (q2 - auc**2)
    return sigmas * math.sqrt(variance / (positive * negative))


def noise_floor(rows: int) -> float:
    """Return the L-infinity distance of ``product`` that chance alone exceeds once in a hundred times.

    Args:
        rows: Number of rows of each of the two samples.

    Returns:
        The 99th percentile, which shrinks with the square root of the rows.
    """
    return NOISE_FLOOR[10_000][1] * math.sqrt(10_000 / rows)
