"""Distances: TFDV's own, equal to the definition."""

from __future__ import annotations

import pytest

from utils.complaints import planted
from utils.validation import distances, statistics
from utils.validation.errors import ValidationError


def by_hand(before, after):
    first, second = (column.value_counts(normalize=True) for column in (before, after))
    changes = first.sub(second, fill_value=0).abs()
    return changes.max(), changes.idxmax()


@pytest.mark.parametrize("name", ["product", "issue", "consumer_disputed", "state"])
def test_l_infinity_is_the_largest_change_of_a_share(s1, s3, s1_stats, s3_stats, name):
    found = distances.between(s1_stats, s3_stats, [name])[name]
    expected, moved = by_hand(s1[name], s3[name])
    assert found.value == pytest.approx(expected)
    assert found.measure == "L-infinity"
    if name in ("product", "issue"):
        assert found.moved == moved


def test_the_planted_takeover_is_named(s1_stats, s3_stats):
    found = distances.between(s1_stats, s3_stats, "company")["company"]
    assert found.moved == planted.TAKEOVER
    assert abs(found.value - planted.COMPANY_DRIFT["S2", "S3"]) < planted.tolerance(
        2_000, planted.TAKEOVER_SHARE["S3"], against=2_000
    )


def test_nothing_has_moved_from_itself(s1_stats):
    found = distances.between(s1_stats, s1_stats, ["product"])["product"]
    assert (found.value, found.moved) == (0.0, "")


def test_missing_values_do_not_count(s1, s1_stats):
    emptied = s1.copy()
    emptied.loc[::2, "product"] = None
    found = distances.between(s1_stats, statistics.of_frame(emptied), ["product"])["product"]
    assert found.value < planted.noise_floor(1_000)


def test_numbers_are_compared_by_their_histograms(s1, s3):
    before, after = (
        statistics.of_frame(
            frame.consumer_complaint_narrative.str.split().str.len().to_frame("words")
        )
        for frame in (s1, s3)
    )
    found = distances.between(before, after, ["words"])["words"]
    assert found.measure == "Jensen-Shannon"
    assert 0 < found.value < 1


def test_spans_against_the_first_or_the_one_before(s1_stats, s3_stats):
    three = {"a": s1_stats, "b": s3_stats, "c": s3_stats}
    first = distances.over_spans(three, "product")["product"]
    previous = distances.over_spans(three, ["product"], against="previous")["product"]
    assert first["b"] == first["c"] == previous["b"] > 0
    assert previous["c"] == 0


def test_several_features_are_measured_at_once(s1_stats, s3_stats):
    both = distances.between(s1_stats, s3_stats, ["product", "state"])
    assert list(both) == ["product", "state"]
    for name, found in both.items():
        assert found == distances.between(s1_stats, s3_stats, name)[name]
        assert found.feature == name
    over = distances.over_spans({"a": s1_stats, "b": s3_stats}, ["product", "state"])
    assert over == {name: {"b": found.value} for name, found in both.items()}


def test_what_cannot_be_compared(s1_stats):
    with pytest.raises(ValidationError, match=r"needs two data sets.*\s.*at least two"):
        distances.over_spans({"S1": s1_stats}, ["product"])
    with pytest.raises(ValidationError, match=r"against is 'last'.*\s.*\"first\" or \"previous\""):
        distances.over_spans({"S1": s1_stats, "S2": s1_stats}, ["product"], against="last")


def test_features_without_a_value_or_of_two_types_have_no_distance(s1, s1_stats):
    nothing = statistics.of_frame(s1.assign(product=None))
    for pair in ((s1_stats, nothing), (nothing, s1_stats)):
        with pytest.raises(ValidationError, match=r"'product' has no value.*\s.*at its presence"):
            distances.between(*pair, ["product"])
    numbers = statistics.of_frame(s1.assign(product=1))
    for pair in ((s1_stats, numbers), (numbers, s1_stats)):
        with pytest.raises(
            ValidationError, match=r"'product' is text in one.*\s.*statistics\.read"
        ):
            distances.between(*pair, ["product"])
