"""The queries of a dashboard, run on a Prometheus."""

from __future__ import annotations

import pytest

from utils.monitoring import dashboards, views


def panel(title: str, *expressions: str) -> dict:
    return {"title": title, "targets": [{"expr": one} for one in expressions]}


DASHBOARD = {
    "panels": [
        panel("alive", "up"),
        {"type": "row", "title": "more", "panels": [panel("two", "sum(up)", "rate(ups[1m])")]},
        panel("broken", "sum("),
        panel("quiet", 'up{job="none"}'),
        {"type": "text", "title": "no query"},
    ]
}


def test_the_queries_are_found_in_rows_too():
    assert [name for name, _ in dashboards.queries(DASHBOARD)] == [
        *("alive", "two", "two", "broken", "quiet")
    ]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (
            "sum(rate(:a:b_count[5m])) / sum by (le) (c{d=\"e{f}\", le=~'g[h]'} offset 1m)",
            [":a:b_count", "c"],
        ),
        ("up", []),
        ("a[1m] + a[2m]", ["a"]),
    ],
)
def test_the_metrics_of_an_expression(expression, names):
    assert dashboards.metrics_in(expression) == names


def test_each_query_is_judged_by_what_it_finds(watching):
    found = dashboards.check(DASHBOARD, watching)
    faults = [one.fault for one in found]
    assert faults[:3] == ["", "", "there is no metric ups"]
    assert "parse error" in faults[3]
    assert faults[4] == "it finds nothing"
    view = views.dashboard(found)
    assert view.data["what it does"].tolist()[:2] == ["draws 1 line", "draws 1 line"]
    assert "there is no metric ups" in view.text()
