"""The exercises of chapter 4."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from utils.exercises import Verdict, exercise, not_yet, reading, yes

if TYPE_CHECKING:
    import pandas as pd

ROWS = 10_000
"""Rows of the spans that the chapter works with."""

SMALL = 2_000
"""Rows of a span in exercise 4.3."""

CLOSE = 0.03
"""How far a share of 2,000 draws may be from the recomputed one: another seed is not wrong."""

GOOD_DATES = ("2016-01-01", "2016-02-29", "2016-06-30")
BAD_DATES = {
    "2015-12-31": "a day before the half-year",
    "2016-07-01": "a day after it",
    "2016-04": "a month without a day",
    "2016-2-29": "a month written with one digit",
    "4/30/2016": "the American way of writing",
}
"""Dates that a rule about S2 must refuse, and what each is."""


@exercise("4.1")
def the_schema_that_holds(answer: Any, context: Any) -> Verdict:
    """Check a schema that clean S2 keeps, and that doctored copies of it do not.

    Args:
        answer: a ``Schema``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    import tensorflow_data_validation as tfdv
    from tensorflow_metadata.proto.v0 import schema_pb2

    from utils.validation import statistics

    if not isinstance(answer, schema_pb2.Schema):
        raise reading.AnswerForm("a Schema", answer)
    s2, counted = _span("S2"), _statistics("S2")
    try:
        found = tfdv.validate_statistics(counted, answer).anomaly_info
    except Exception as error:  # of many kinds, for a schema that contradicts itself
        return not_yet(f"TFDV cannot use this schema: {error}")
    if found:
        name, info = sorted(found.items())[0]
        return not_yet(f"S2 still has an anomaly in {name!r}: {info.description.strip()}")
    for name in ("issue", "product", "state"):
        doctored = s2.head(500).copy()
        doctored.loc[doctored.index[:5], name] = "No such value"
        caught = tfdv.validate_statistics(statistics.of_frame(doctored), answer).anomaly_info
        if name not in caught:
            return not_yet(
                f"S2 passes, but the schema has given up: a value of {name!r} that does not exist is not found "
                "any more. Keep the domain and add to it."
            )
    return yes("S2 keeps it, and an issue that does not exist is still found.")


@exercise("4.2")
def the_false_alarms(answer: float, context: Any) -> Verdict:
    """Check how often a threshold of .01 raises a false alarm for ``product`` at 10,000 rows.

    Args:
        answer: a share from 0 to 1.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    from utils.validation.noise import noise_floor

    value = reading.number(answer)
    products = _span("S1")["product"]
    right = noise_floor(products, ROWS).false_alarms(0.01)
    if abs(value - right) <= CLOSE:
        return yes(
            "about every fourth comparison would cry wolf; nobody reads such alarms for long."
        )
    if abs(value / 100 - right) <= CLOSE:
        return not_yet("give a number between 0 and 1, not percent.")
    if abs(value - (1 - right)) <= CLOSE:
        return not_yet("that is the share of comparisons without an alarm.")
    if abs(value - noise_floor(products, SMALL).false_alarms(0.01)) <= CLOSE:
        return not_yet("that is the share for spans of 2,000 rows; these have 10,000.")
    return not_yet(
        "count how many of the distances that chance has drawn lie above the threshold; `floor` can do it."
    )


@exercise("4.3")
def the_threshold(answer: Any, context: Any, before: Any, after: Any) -> Verdict:
    """Check a schema whose drift comparator for ``product`` lies above chance and below the shift of S3.

    TFDV validates with it: the statistics of S3 against those of S1, 2,000 rows each.

    Args:
        answer: a ``Schema``.
        context: the notebook's context; not used.
        before: statistics of S1.
        after: statistics of S3.

    Returns:
        The verdict.
    """
    import tensorflow_data_validation as tfdv
    from tensorflow_metadata.proto.v0 import schema_pb2

    from utils.validation.noise import noise_floor

    if not isinstance(answer, schema_pb2.Schema):
        raise reading.AnswerForm("a Schema", answer)
    names = [feature.name for feature in answer.feature]
    if "product" not in names:
        return not_yet("the schema has no feature 'product' any more.")
    product = tfdv.get_feature(answer, "product")
    if not product.drift_comparator.infinity_norm.HasField("threshold"):
        if product.skew_comparator.infinity_norm.HasField("threshold"):
            return not_yet(
                "that is a skew comparator, for training against serving; drift is asked for."
            )
        return not_yet("the drift comparator of 'product' has no threshold of the L-infinity norm.")
    limit = product.drift_comparator.infinity_norm.threshold
    found = tfdv.validate_statistics(after, answer, previous_statistics=before)
    shift = next(
        one.drift_measurements[0].value
        for one in found.drift_skew_info
        if list(one.path.step) == ["product"]
    )
    if shift <= limit:
        return not_yet(f"S3 passes: with 2,000 rows its distance to S1 is {shift:.3f}.")
    alarms = noise_floor(_span("S1")["product"], SMALL).false_alarms(limit)
    if alarms > 0.01:
        return not_yet(
            f"by chance alone it is exceeded in {alarms:.0%} of the comparisons at 2,000 rows; once in a hundred was "
            "asked for."
        )
    return yes(f"chance exceeds it in {alarms:.1%} of the comparisons, and TFDV finds S3 above it.")


@exercise("4.4")
def the_date_rule(answer: str, context: Any) -> Verdict:
    """Check a rule that the dates of S2 keep, and that other days and other ways of writing break.

    Args:
        answer: a condition in SQL, or a ``Rule``.
        context: the notebook's context; not used.

    Returns:
        The verdict.
    """
    from utils.validation import rules

    rule = answer if isinstance(answer, rules.Rule) else rules.Rule("date", reading.text(answer))
    reading.text(rule.must_hold)
    s2 = _span("S2")
    try:
        wrongly = rules.check(s2, rule)[0].broken
    except ValueError as error:  # a ValidationError, or a text that SQLite cannot take
        return not_yet(str(error))
    if wrongly:
        return not_yet(f"{wrongly:,} rows of S2 break it, and all of their dates are good.")
    sample = s2.head(len(GOOD_DATES) + len(BAD_DATES)).copy()
    sample["date_received"] = [*GOOD_DATES, *BAD_DATES]
    refused = set(rules.check(sample, rule)[0].rows["date_received"])
    for date in GOOD_DATES:
        if date in refused:
            return not_yet(f"it refuses {date}, a day of the half-year.")
    for date, what in BAD_DATES.items():
        if date not in refused:
            return not_yet(f"it lets {date!r} pass: {what}.")
    return yes("every date of S2 keeps it, and other days and other ways of writing break it.")


@lru_cache(maxsize=4)
def _span(name: str) -> pd.DataFrame:
    from utils.complaints import spans
    from utils.validation import statistics

    return statistics.read(spans.ensure(name, ROWS))


@lru_cache(maxsize=4)
def _statistics(name: str) -> Any:
    from utils.validation import statistics

    return statistics.of_frame(_span(name))
