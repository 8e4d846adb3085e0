import math

import pytest

from utils.analysis import groups, metrics


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
