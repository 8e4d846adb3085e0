"""A Prometheus that really watches, here itself."""

from __future__ import annotations

import math

import psutil
import pytest

from utils.monitoring import prometheus
from utils.monitoring.errors import MonitoringError


def test_it_listens_on_this_machine_only(watching):
    held = psutil.Process(watching.service.pid).net_connections("tcp")
    assert {one.laddr.ip for one in held if one.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    assert str(watching) == f"Prometheus answers at {watching.url}, by prometheus.yml."


def test_a_query_is_a_table_of_labels_and_values(watching):
    table = watching.query("up")
    assert table.job.tolist() == ["itself"]
    assert table.value.tolist() == [1.0]
    assert watching.value("sum(up)") == 1
    assert watching.value("1 + 1") == 2
    assert math.isnan(watching.value("no_such_metric"))
    assert watching.query("no_such_metric").empty
    assert "up" in watching.metric_names()


def test_several_series_are_no_value(watching):
    with pytest.raises(MonitoringError, match="and not one"):
        watching.value("prometheus_http_requests_total or up")


def test_over_time_counts_back_from_now(watching):
    table = watching.over_time("up", seconds=30)
    assert set(table.series) == {
        f'up{{instance="{watching.url.removeprefix("http://")}", job="itself"}}'
    }
    assert table.seconds.between(-31, 0.1).all()
    assert watching.over_time("no_such_metric", seconds=5).empty


def test_a_wrong_expression_is_named(watching):
    with pytest.raises(MonitoringError, match=r"refuses 'sum\(': .*parse error"):
        watching.query("sum(")


@pytest.mark.parametrize("expression", ["up[10s]", '"up"'])
def test_what_has_no_value_now_is_named(watching, expression):
    with pytest.raises(MonitoringError, match=r"(?s)has no value now.*rate\(…\)"):
        watching.query(expression)


def test_an_alert_goes_off_after_its_rules_were_read(watching):
    assert watching.alerts() == {}
    file = watching.config.with_name("alerts.yml")
    rule = "groups: [{name: g, rules: [{alert: Always, expr: up == 1}]}]"
    file.write_text(rule)
    watching.reload()
    watching.wait(lambda: watching.alerts() == {"Always": "firing"}, "the alert")
    file.write_text("groups: 7")
    with pytest.raises(MonitoringError, match="refuses the new configuration"):
        watching.reload()
    file.unlink()
    watching.reload()


def test_waiting_in_vain_says_for_what(watching):
    with pytest.raises(MonitoringError, match="in vain for the end of time"):
        watching.wait(lambda: False, "the end of time", seconds=0)


def test_a_wrong_configuration_is_quoted(installed, tmp_path):
    file = tmp_path / "prometheus.yml"
    file.write_text("scrape_configs: 7\n")
    with pytest.raises(MonitoringError, match=r"(?s)ended with exit code.*cannot unmarshal"):
        prometheus.start(file)


def test_one_that_has_ended_cannot_be_asked(installed, tmp_path):
    file = tmp_path / "prometheus.yml"
    file.write_text("{}\n")
    running = prometheus.start(file, key="once")
    assert prometheus.start(file, key="once").service is running.service
    running.stop()
    with pytest.raises(MonitoringError, match="cannot be asked"):
        running.query("up")


@pytest.mark.parametrize(
    ("metric", "written"),
    [
        ({"__name__": "up"}, "up"),
        ({"__name__": "up", "job": 'a"b'}, 'up{job="a\\"b"}'),
        ({"le": "1"}, '{le="1"}'),
        ({}, ""),
    ],
)
def test_labels_are_written_as_in_promql(metric, written):
    assert prometheus.labels(metric) == written
