"""Answers to chapter 9 whose form is right, and which leave something out."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from utils import side_environments
from utils.environments.decisions import SetupError
from utils.exercises import chapter_09
from utils.exercises.reading import AnswerForm
from utils.monitoring import programs
from utils.monitoring.errors import MonitoringError

TARGET = {"type": "AverageValue", "averageValue": "70"}
GOOD: dict[str, Any] = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "complaints"},
    "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "complaints"},
        "minReplicas": 4,
        "maxReplicas": 15,
        "metrics": [
            {"type": "Pods", "pods": {"metric": {"name": "requests_per_second"}, "target": TARGET}}
        ],
    },
}


@pytest.fixture(scope="module", autouse=True)
def _installed():
    try:
        side_environments.ensure("kubernetes")
    except SetupError as error:
        pytest.skip(f"needs kubernetes-validate: {error}")


def judged(answer: Any):
    return chapter_09.autoscaler_by_requests(answer, None, bears=100.0, usual=250, peak=1000)


def changed(**spec: Any) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    made["spec"].update(spec)
    return made


def per_pod(value: str) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    made["spec"]["metrics"][0]["pods"]["target"]["averageValue"] = value
    return made


def test_an_autoscaler_that_keeps_the_target():
    assert judged(GOOD)
    assert judged(per_pod("70000m"))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (changed(minReplica=2), "'minReplica' was unexpected"),
        (changed(metrics=[]), "nothing in it looks at requests"),
        (changed(metrics=[{"type": "Pods"}]), "nothing in it looks at requests"),
        (changed(metrics=[{"type": "Pods", "pods": None}]), "nothing in it looks at requests"),
        (changed(minReplicas=None), "minReplicas is 1"),
        (changed(maxReplicas=0, minReplicas=0), "maxReplicas is 0"),
        (changed(maxReplicas=3), "no fewer than minReplicas"),
        (GOOD | {"spec": None}, "'spec' is a required property"),
        (GOOD | {"metadata": None}, "Kubernetes would refuse it"),
        (changed(scaleTargetRef={"kind": "Deployment", "name": "complaint"}), "has to name"),
        (changed(maxReplicas=5), "at the peak each pod gets 200"),
        (changed(maxReplicas=500), "runs wild"),
        (changed(minReplicas=1), "nobody answers"),
        (changed(minReplicas=12), "the usual load needs 4"),
        (per_pod("100"), "it may get 70"),
        (per_pod("70m"), "thousandths"),
        ({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}}, "no Horizontal"),
    ],
)
def test_what_is_left_out_is_named(answer, hint):
    verdict = judged(answer)
    assert not verdict
    assert hint in verdict.reason


def test_what_is_no_manifest():
    for answer in ("apiVersion: [", {"spec": {1, 2}}):
        with pytest.raises(AnswerForm):
            judged(answer)


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("a: [", "no YAML"),
        ("expr: up", "has an alert"),
        ("alert: A\nexpr: sum(", "does not understand it"),
        ("alert: A\nexpr: vector(1) == 2", "stays silent"),
    ],
)
def test_a_rule_that_is_none(rule, hint):
    try:
        programs.install()
    except MonitoringError as error:
        pytest.skip(f"needs Prometheus: {error.what}")
    assert hint in chapter_09.alert_on_latency(rule, None).reason
