"""Answers to appendix A whose form is wrong, and faults of the reader's own function."""

from __future__ import annotations

from typing import Any

import pytest

from utils.containers.scheduling import Node
from utils.exercises import appendix_a
from utils.exercises.reading import AnswerForm

CONTAINER = {
    "name": "server",
    "ports": [{"name": "rest", "containerPort": 8501}],
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}},
    "readinessProbe": {"httpGet": {"path": "/", "port": "rest"}},
}
OBJECTS: list[dict[str, Any]] = [
    {
        "kind": "Deployment",
        "metadata": {"name": "server"},
        "spec": {
            "replicas": 2,
            "template": {
                "metadata": {"labels": {"app": "server"}},
                "spec": {"containers": [CONTAINER]},
            },
        },
    },
    {"kind": "Service", "metadata": {"name": "server"}, "spec": {"selector": {"app": "server"}}},
    {"kind": "PersistentVolumeClaim", "metadata": {"name": "disk"}, "spec": {}},
]


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        (lambda objects: "fine", "returns a str"),
        (lambda objects: None, "returns a NoneType"),
        (lambda objects: ["always"], "it says 'always' where nothing is wrong"),
        (lambda objects: [], "it says nothing where the Service selects"),
        (lambda objects: objects[5], "stops with IndexError"),
    ],
)
def test_a_function_that_does_not_do(checks, said):
    verdict = appendix_a.cross_checks(checks, None, objects=OBJECTS)
    assert not verdict
    assert said in verdict.reason


def test_answers_of_another_form():
    with pytest.raises(AnswerForm, match="without calling it"):
        appendix_a.cross_checks([], None, objects=OBJECTS)
    manifests: list[Any] = ["- a\n", "kind: [", {"kind": object()}, 3]
    for answer in manifests:
        with pytest.raises(AnswerForm, match="a manifest"):
            appendix_a.every_night(answer, None, job={})
    updates: list[Any] = ["1", 2, ["maxSurge"]]
    for answer in updates:
        with pytest.raises(AnswerForm, match="a dictionary"):
            appendix_a.update_without_a_gap(answer, None, objects=OBJECTS, nodes=[])


def test_a_surge_beyond_all_bounds_is_placed_as_twice_the_replicas():
    labels = {"app": "server"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{**CONTAINER, "image": "a:1"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
    server = {**OBJECTS[0], "apiVersion": "apps/v1", "spec": spec}
    answer = {"maxSurge": 10**30, "maxUnavailable": 0}
    nodes = [Node("one", 3, "3Gi")]
    verdict = appendix_a.update_without_a_gap(answer, None, objects=[server], nodes=nodes)
    assert not verdict
    assert "there may be 4 pods of the server at once, and 1 would wait" in verdict.reason


def test_pods_of_an_update_are_placed_last():
    made = [dict(one) for one in OBJECTS]
    made[0] = {**made[0], "spec": {**made[0]["spec"], "replicas": 3}}
    made.append({"kind": "Pod", "metadata": {"name": "job"}, "spec": {"containers": [CONTAINER]}})
    names = [pod.name for pod in appendix_a._surge_last(made, 2)]
    assert names == ["server-1", "server-2", "job-1", "server-3"]
    assert Node("one", 1, "1Gi").room("memory") == 2**30


def test_a_pattern_that_docker_cannot_read(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM python:3.10\nCOPY run.py ./\n")
    (tmp_path / "run.py").touch()
    verdict = appendix_a.what_is_sent("[z-a]", None, folder=tmp_path)
    assert "cannot be read: bad character range" in verdict.reason


def test_what_is_null_in_a_manifest_is_not_there():
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "x"},
        "spec": None,
    }
    assert "'spec' is a required" in appendix_a.every_night(manifest, None, job={}).reason


def test_a_job_that_is_suspended_never_starts():
    template = {
        "spec": {"containers": [CONTAINER | {"image": "server:1"}], "restartPolicy": "Never"}
    }
    job = {"spec": {"template": template}}
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightly"},
        "spec": {"schedule": "15 3 * * *", "concurrencyPolicy": "Forbid", "jobTemplate": job},
    }
    assert appendix_a.every_night(manifest, None, job=job)
    manifest["spec"]["suspend"] = True
    assert "suspended" in appendix_a.every_night(manifest, None, job=job).reason
