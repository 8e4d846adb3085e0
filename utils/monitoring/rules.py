"""Alert rules, tried on made-up series: does this rule fire?

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from utils.monitoring.errors import MonitoringError
from utils.monitoring.programs import promtool

_FIRING = 'count(ALERTS{alertstate="firing"}) > bool 0'
_FAILED = "FAILED"


def check(rule: Mapping[str, Any]) -> None:
    """Make sure that Prometheus understands a rule.

    Args:
        rule: The rule, as an entry of ``rules`` in a file has it.

    Raises:
        MonitoringError: If it does not, with what promtool says.
    """
    with tempfile.TemporaryDirectory() as folder:
        promtool("check", "rules", _written(rule, Path(folder)))


def fires(rule: Mapping[str, Any], series: Mapping[str, str], at: int, step: int = 1) -> bool:
    """Return whether an alert fires, by ``promtool test rules``.

    Args:
        rule: The rule, as an entry of ``rules`` in a file has it.
        series: By its name and labels, each series in promtool's notation: ``"0+5x60"`` begins at 0 and grows by 5
            in each of 60 steps.
        at: The moment to look at, in seconds from the first value.
        step: Seconds from one value to the next.

    Returns:
        Whether it fires then.

    Raises:
        MonitoringError: If promtool refuses the rule or the series.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        tests = {
            "rule_files": [str(_written(rule, made))],
            "evaluation_interval": f"{step}s",
            "tests": [
                {
                    "interval": f"{step}s",
                    "input_series": [
                        {"series": name, "values": values} for name, values in series.items()
                    ],
                    "promql_expr_test": [
                        {
                            "expr": _FIRING,
                            "eval_time": f"{at}s",
                            "exp_samples": [{"labels": "{}", "value": 1}],
                        }
                    ],
                }
            ],
        }
        promtool("check", "rules", made / "rules.yml")
        file = made / "tests.yml"
        file.write_text(yaml.safe_dump(tests), encoding="utf-8")
        try:
            promtool("test", "rules", file)
        except MonitoringError as error:
            if _FAILED in error.what and "got:" in error.what:
                return False
            raise
        return True


def _written(rule: Mapping[str, Any], folder: Path) -> Path:
    file = folder / "rules.yml"
    groups = {"groups": [{"name": "tried", "rules": [dict(rule)]}]}
    file.write_text(yaml.safe_dump(groups), encoding="utf-8")
    return file
