"""A Grafana dashboard, as a file: which queries are in it, and whether each of them finds something.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from utils.monitoring.errors import MonitoringError
from utils.monitoring.prometheus import Prometheus

_METRIC = re.compile(r"(?<![\w:])[a-zA-Z_:][\w:]*(?=\s*[\[{])")
"""A name that a selector or a range follows, which nothing but a metric has."""

_LABELS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


@dataclass(frozen=True)
class PanelCheck:
    """What became of one query of a dashboard.

    Attributes:
        panel: The panel's title.
        expression: The query.
        series: How many series it finds.
        fault: What is wrong with it; empty where it draws something.
    """

    panel: str
    expression: str
    series: int
    fault: str = ""


def queries(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the title of a panel with each of its queries, those in rows of panels too.

    Args:
        dashboard: The dashboard as its JSON has it.
    """
    for panel in dashboard.get("panels", ()):
        for target in panel.get("targets", ()):
            yield str(panel.get("title", "")), str(target.get("expr", ""))
        yield from queries(panel)


def metrics_in(expression: str) -> list[str]:
    """Return the metrics that are named before a selector or a range of an expression.

    Args:
        expression: PromQL.
    """
    return list(dict.fromkeys(_METRIC.findall(_LABELS.sub('""', expression))))


def check(dashboard: Mapping[str, Any], prometheus: Prometheus) -> list[PanelCheck]:
    """Run each query of a dashboard.

    Args:
        dashboard: The dashboard as its JSON has it.
        prometheus: A Prometheus that has watched what the dashboard is for.

    Returns:
        What became of each query, in the order of the panels.
    """
    known = set(prometheus.metric_names())
    checks = []
    for panel, expression in queries(dashboard):
        fault, series = "", 0
        try:
            series = len(prometheus.query(expression))
        except MonitoringError as error:
            fault = error.what
        unknown = [name for name in metrics_in(expression) if name not in known]
        if not fault and unknown:
            fault = f"there is no metric {unknown[0]}"
        elif not fault and not series:
            fault = "it finds nothing"
        checks.append(PanelCheck(panel, expression, series, fault))
    return checks
