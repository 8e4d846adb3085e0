"""Alert rules on made-up series."""

from __future__ import annotations

import pytest

from utils.monitoring import rules
from utils.monitoring.errors import MonitoringError

pytestmark = pytest.mark.usefixtures("installed")

FALLING = {"alert": "Falling", "expr": "level < 5", "for": "10s"}


@pytest.mark.parametrize(
    ("values", "at", "fires"),
    [("9-1x30", 10, False), ("9-1x30", 20, True), ("9+0x30", 20, False), ("4+0x30", 5, False)],
)
def test_a_rule_fires_when_its_condition_has_lasted(values, at, fires):
    assert rules.fires(FALLING, {'level{tank="1"}': values}, at) is fires


def test_several_alerts_of_one_rule_count_as_one():
    assert rules.fires(FALLING, {f'level{{tank="{n}"}}': "1+0x60" for n in range(3)}, 30)


@pytest.mark.parametrize("change", [{"expr": "level <"}, {"for": "a while"}, {"when": "always"}])
def test_a_rule_that_prometheus_does_not_understand(change):
    with pytest.raises(MonitoringError, match="check rules found a fault"):
        rules.check({**FALLING, **change})
    with pytest.raises(MonitoringError, match="check rules found a fault"):
        rules.fires({**FALLING, **change}, {"level": "1x9"}, 5)


def test_series_that_make_no_sense():
    with pytest.raises(MonitoringError, match="test rules found a fault"):
        rules.fires(FALLING, {"level": "one, two"}, 5)
