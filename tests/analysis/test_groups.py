import math

import numpy as np
import pandas as pd
import pytest

from utils.analysis import groups, metrics
from utils.analysis.rows import RowsError


def test_rates_are_those_of_each_groups_rows(scored):
    table = groups.rates(scored, "side", 0.4)
    assert list(table.index) == ["in", "out"]
    for side, row in table.iterrows():
        mine = scored[scored.side == side]
        matrix = metrics.confusion(mine.consumer_disputed, mine.score, 0.4)
        assert row["rows"] == len(mine)
        assert row["false positive rate"] == matrix.false_positive_rate
        assert row["true positive rate"] == matrix.recall
        assert row["observed"] == mine.consumer_disputed.mean()
        assert row["mean score"] == mine.score.mean()
        assert row["flagged"] == matrix.flagged
    assert (table.index.name, tuple(table.columns)) == ("side", groups.RATES)


@pytest.mark.parametrize(
    "rate", ["false positive rate", "true positive rate", "flagged", "mean score"]
)
def test_a_gap_is_the_difference_of_the_rates(scored, rate):
    table = groups.rates(scored, "side", 0.4)[rate]
    gap = groups.gap(scored, "side", "in", 0.4, rate=rate)
    assert gap.value == pytest.approx(table["in"] - table["out"])
    assert gap.low > 0


def test_thresholds_by_group_close_the_gap_and_cost_disputes(scored):
    each = groups.thresholds_for_equal_rates(scored, "side", 0.4, like="out")
    assert each["out"] == 0.4 < each["in"]
    assert abs(groups.gap(scored, "side", "in", each).value) < 0.01
    change = groups.gap_change((scored, 0.4), (scored, each), "side", "in")
    assert change.high < 0
    bill = groups.cost(scored, "side", 0.4, each)
    assert bill.change["disputes found"] < 0 and bill.change["false alarms"] < 0
    matrix = metrics.confusion(scored.consumer_disputed, scored.score, 0.4)
    assert bill.before["disputes found"] == matrix.true_positives
    assert bill.before["recall"] == pytest.approx(matrix.recall)


def test_precision_and_recall_of_nothing_are_not_numbers(scored):
    bill = groups.cost(scored, "side", 0.4, 1.0)
    assert bill.after[["flagged", "disputes found", "false alarms", "recall"]].tolist() == [0] * 4
    assert math.isnan(bill.after["precision"])
    flagged = scored[scored.score > 0.4]
    assert bill.before["precision"] == pytest.approx(flagged.consumer_disputed.mean())
    undisputed = groups.cost(scored[scored.consumer_disputed == 0], "side", 0.4, 1.0)
    assert undisputed.before["precision"] == 0
    assert math.isnan(undisputed.before["recall"])


def test_the_change_between_two_models_is_that_of_their_gaps(scored):
    fair = scored.assign(score=(scored.score - 0.2 * (scored.side == "in")).clip(0, 1))
    change = groups.gap_change((scored, 0.4), (fair, 0.4), "side", "in")
    expected = (
        groups.gap(fair, "side", "in", 0.4).value - groups.gap(scored, "side", "in", 0.4).value
    )
    assert change.value == pytest.approx(expected)


def test_rows_without_a_group_are_left_out(scored):
    some = scored.assign(side=scored.side.where(scored.index > 99))
    assert groups.groups(some, "side") == ["in", "out"]
    assert groups.rates(some, "side", 0.4)["rows"].sum() == 2900
    groups.gap(some, "side", "in", 0.4)


def test_gaps_carry_a_sign(scored):
    assert str(groups.gap(scored, "side", "in", 0.4)).startswith("+0.")
    assert str(groups.gap_change((scored, 0.5), (scored, 0.4), "side", "in")).startswith("+0.")


def test_draws_without_a_row_of_the_group_are_left_out():
    few = pd.DataFrame(
        {
            "complaint_id": list("abcdef"),
            "side": ["in", *["out"] * 5],
            "consumer_disputed": [0, 0, 0, 1, 1, 1],
            "score": [0.9, 0.1, 0.1, 0.1, 0.1, 0.1],
        }
    )
    found = groups.gap(few, "side", "in", 0.4, rate="mean score")
    assert (found.value, found.low, found.high) == pytest.approx((0.8, 0.8, 0.8))
    nobody = few.assign(consumer_disputed=[0, *[1] * 5])
    assert math.isnan(groups.gap(nobody, "side", "in", 0.4).value)


def test_each_group_has_a_threshold_of_its_own(scored):
    table = groups.rates(scored, "side", {"in": 0.7, "out": 0.2})
    for side, threshold in (("in", 0.7), ("out", 0.2)):
        assert table.loc[side, "flagged"] == (scored.score[scored.side == side] > threshold).mean()
    gap = groups.gap(scored, "side", "in", {"in": 0.7, "out": 0.2}, rate="flagged")
    assert gap.value == pytest.approx(table.loc["in", "flagged"] - table.loc["out", "flagged"])
    with pytest.raises(RowsError, match="thresholds has no group 'in': there are out"):
        groups.rates(scored, "side", {"out": 0.2})


def test_the_bill_is_counted_over_all_rows(scored):
    bill = groups.cost(scored, "side", 0.4, {"in": 0.5, "out": 0.4})
    flagged = np.where(scored.side == "in", scored.score > 0.5, scored.score > 0.4)
    found = (flagged & (scored.consumer_disputed == 1)).sum()
    assert bill.after.to_dict() == pytest.approx(
        {
            "flagged": flagged.sum(),
            "disputes found": found,
            "false alarms": flagged.sum() - found,
            "precision": found / flagged.sum(),
            "recall": found / scored.consumer_disputed.sum(),
        }
    )
    assert bill.change.to_dict() == pytest.approx((bill.after - bill.before).to_dict())
    assert bill.before["flagged"] == (scored.score > 0.4).sum()


def test_equal_rates_are_those_of_the_group_that_keeps_its_threshold(scored):
    each = groups.thresholds_for_equal_rates(scored, "side", 0.4, like="in")
    table = groups.rates(scored, "side", each)["false positive rate"]
    assert each["in"] == 0.4
    assert table["out"] == pytest.approx(table["in"], abs=0.001)
    with pytest.raises(RowsError, match="side has no group 'on': there are in, out"):
        groups.thresholds_for_equal_rates(scored, "side", 0.4, like="on")


def test_what_is_spelt_wrong_is_named(scored):
    with pytest.raises(RowsError, match=r"no column 'sides'.*\s*Did you mean 'side'"):
        groups.groups(scored, "sides")
    with pytest.raises(RowsError, match="side has no group 'on': there are in, out"):
        groups.gap(scored, "side", "on", 0.4)
    with pytest.raises(RowsError, match="no rate 'fpr': use one of false positive rate, true"):
        groups.gap(scored, "side", "in", 0.4, rate="fpr")
    with pytest.raises(RowsError, match="score both models on the same rows"):
        groups.gap_change((scored, 0.4), (scored.head(9), 0.4), "side", "in")
