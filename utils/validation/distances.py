"""How far features have moved from one data set to another, measured by TFDV itself.

Source: book, chapter 4, "Data drift" and "Data skew"; ``tfdv.validate_statistics`` with a drift comparator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from utils.validation import statistics as stats
from utils.validation.errors import ValidationError

_MOVED_MOST = re.compile(r"maximum difference is: (.*)", re.DOTALL)


@dataclass(frozen=True)
class Distance:
    """How far one feature has moved.

    Attributes:
        feature: Its name.
        value: The distance, 0 to 1.
        measure: ``"L-infinity"`` for texts, the largest change of a share; ``"Jensen-Shannon"``, which compares
            histograms, for numbers.
        moved: The value whose share has changed most; empty for numbers, and where nothing has moved.
    """

    feature: str
    value: float
    measure: str
    moved: str = ""


def between(before: Any, after: Any, features: Iterable[str]) -> dict[str, Distance]:
    """Measure the distance of features between two data sets.

    A missing value counts for neither: how often a feature is missing is a matter of presence, not of distance.

    Args:
        before: Statistics of the first data set.
        after: Statistics of the second.
        features: Their names.

    Returns:
        The distances by feature.

    Raises:
        ValidationError: A feature is missing, has no value or another type in one of the two.
    """
    import tensorflow_data_validation as tfdv

    names = [features] if isinstance(features, str) else list(features)
    schema = tfdv.infer_schema(before, infer_feature_shape=False)
    texts: dict[str, bool] = {}
    for name in names:
        texts[name] = _is_text(before, after, name)
        comparator = tfdv.get_feature(schema, name).drift_comparator
        if texts[name]:
            comparator.infinity_norm.threshold = 0.0
        else:
            comparator.jensen_shannon_divergence.threshold = 0.0
    found = tfdv.validate_statistics(after, schema, previous_statistics=before)
    measured = {
        ".".join(one.path.step): one.drift_measurements[0].value
        for one in found.drift_skew_info
        if one.drift_measurements
    }
    return {
        name: Distance(
            name,
            measured[name],
            "L-infinity" if texts[name] else "Jensen-Shannon",
            _moved(found, name),
        )
        for name in names
    }


def over_spans(
    statistics: Mapping[str, Any], features: Iterable[str], against: str = "first"
) -> dict[str, dict[str, float]]:
    """Measure the distances of all spans, as ``views.drift`` draws them.

    Args:
        statistics: Statistics by span, in order of time.
        features: The features.
        against: ``"first"`` compares each span with the first one, ``"previous"`` with the one before it.

    Returns:
        By feature, by span, the distance; the first span has none.

    Raises:
        ValidationError: There are fewer than two spans, or ``against`` is something else.
    """
    if against not in ("first", "previous"):
        raise ValidationError(f"against is {against!r}.", 'Use "first" or "previous".')
    spans = list(statistics)
    if len(spans) < 2:
        raise ValidationError(
            "A distance needs two data sets.", "Give the statistics of at least two spans."
        )
    names = [features] if isinstance(features, str) else list(features)
    found: dict[str, dict[str, float]] = {name: {} for name in names}
    for earlier, span in pairwise(spans):
        start = spans[0] if against == "first" else earlier
        for name, distance in between(statistics[start], statistics[span], names).items():
            found[name][span] = distance.value
    return found


def _is_text(before: Any, after: Any, name: str) -> bool:
    first, second = stats.feature(before, name), stats.feature(after, name)
    for one in (first, second):
        if not stats.common(one).num_non_missing:
            raise ValidationError(
                f"{name!r} has no value at all in one data set, so there is no distance.",
                "Look at its presence first: tfdv.validate_statistics names the column.",
            )
    kinds = [one.WhichOneof("stats") for one in (first, second)]
    if kinds[0] != kinds[1]:
        raise ValidationError(
            f"{name!r} is text in one data set and a number in the other.",
            "Read both files in the same way, with statistics.read, which keeps everything as text.",
        )
    return kinds[0] == "string_stats"


def _moved(anomalies: Any, name: str) -> str:
    if name not in anomalies.anomaly_info:
        return ""
    for reason in anomalies.anomaly_info[name].reason:
        found = _MOVED_MOST.search(reason.description)
        if found:
            return found[1].strip()
    return ""
