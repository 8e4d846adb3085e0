"""Answers of another form than asked for, and those that no attempt in the notebook gives."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from utils.exercises import chapter_12, reading
from utils.orchestration.kubeflow import ir
from utils.orchestration.kubeflow.vertex import Request

SPEC = {
    "root": {
        "dag": {
            "tasks": {
                "First": {"componentRef": {"name": "one"}},
                "Trainer": {"componentRef": {"name": "two"}, "dependentTasks": ["First"]},
                "Pusher": {"componentRef": {"name": "one"}, "dependentTasks": ["Trainer"]},
            }
        }
    },
    "components": {"one": {"executorLabel": "small"}, "two": {"executorLabel": "large"}},
    "deploymentSpec": {
        "executors": {
            "small": {"container": {"image": "an/image"}},
            "large": {
                "container": {
                    "image": "an/image",
                    "resources": {"cpuLimit": 8, "memoryLimit": 30, "accelerator": {}},
                }
            },
        }
    },
}


def request(**changes):
    values = {"parameterValues": {"data": chapter_12.DATA}}
    body = {"runtimeConfig": values, "pipelineSpec": SPEC}
    return Request(
        **{"parent": "", "identifier": "run", "bucket": "", "service_account": "me", "body": body}
        | changes
    )


def test_names_that_are_none_and_the_right_ones():
    given = {"compiled": ir.parse(SPEC)}
    assert "no task 'Nobody'" in chapter_12.who_comes_first(["Nobody"], None, **given).reason
    assert "each of them waits" in chapter_12.who_comes_first({"Trainer"}, None, **given).reason
    assert chapter_12.who_comes_first({"Trainer", "First"}, None, **given)


@pytest.mark.parametrize(
    ("accelerator", "reason"),
    [
        ({}, "its accelerator is none"),
        ({"type": "a GPU", "count": 2}, "its accelerator is a GPU"),
        ({"type": chapter_12.ACCELERATOR, "count": 1}, "it asks for 1 accelerators"),
        ({"type": chapter_12.ACCELERATOR, "count": 2}, "nobody else"),
    ],
)
def test_an_accelerator_is_a_type_and_a_number(tmp_path, accelerator, reason):
    spec = json.loads(json.dumps(SPEC))
    container = spec["deploymentSpec"]["executors"]["large"]["container"]
    container["resources"]["accelerator"] = accelerator
    (tmp_path / "mine.json").write_text(json.dumps(spec))
    assert reason in chapter_12.a_machine(tmp_path / "mine.json", None).reason


def test_a_request_is_one_of_a_run():
    assert chapter_12.a_request(request(), None, account="me")
    assert "a schedule" in chapter_12.a_request(request(identifier=""), None, account="me").reason


def test_another_form_is_told():
    with pytest.raises(reading.AnswerForm, match="compile_pipeline"):
        chapter_12.a_machine(ir.parse(SPEC), None)
    with pytest.raises(reading.AnswerForm, match=r"vertex\.capture"):
        chapter_12.a_request(SimpleNamespace(body={}), None, account="")
    with pytest.raises(reading.AnswerForm, match="2 texts"):
        chapter_12.a_password("Trainer", None, suspect=None, clean=None)
    with pytest.raises(reading.AnswerForm, match=r"@dsl\.component"):
        chapter_12.a_component(print, None)
