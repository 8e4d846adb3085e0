"""Pipelines of kfp run on this machine, by kfp itself and task by task, with the same result."""

import pytest
from kfp import dsl, local

from utils.orchestration.errors import OrchestrationError
from utils.orchestration.kubeflow import local_runs, trial


@dsl.component(base_image="python:3.10", install_kfp_package=False)
def mean(scores: dsl.Input[dsl.Dataset]) -> float:
    from pathlib import Path

    rows = [line.split(",") for line in Path(scores.path).read_text().splitlines()]
    return sum(float(row[0]) for row in rows) / len(rows)


@dsl.component(base_image="python:3.10", install_kfp_package=False)
def scaled(value: float, by: int) -> float:
    return value * by


@dsl.pipeline(name="three-tasks")
def three_tasks(rows: list, by: int = 10) -> float:
    averaged = mean(scores=trial.given_rows(rows=rows).outputs["scores"])
    return scaled(value=averaged.output, by=by).output


@pytest.fixture(autouse=True)
def started(tmp_path, monkeypatch):
    monkeypatch.setattr(local.config.LocalExecutionConfig, "instance", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # kfp leaves the text of each component there
    runner = local.SubprocessRunner(use_venv=False)
    local.init(runner=runner, pipeline_root=str(tmp_path), raise_on_error=True)


def test_artifacts_numbers_and_defaults_are_handed_on():
    assert local_runs.run(three_tasks, rows=[[1.0], [2.0]]) == {"Output": 15.0}


@pytest.mark.skipif(local_runs.KNOWS_PIPELINES, reason="this kfp runs pipelines itself")
def test_values_that_are_missing_or_not_known_are_named():
    spec = three_tasks.pipeline_spec
    with pytest.raises(OrchestrationError, match="no parameter 'colour'"):
        local_runs.one_by_one(spec, {"rows": [], "colour": "red"})
    with pytest.raises(OrchestrationError, match="needs a value for 'rows'"):
        local_runs.one_by_one(spec, {})


def test_a_task_that_fails_ends_the_run(capsys):
    with pytest.raises(RuntimeError, match="FAILURE"):
        local_runs.run(three_tasks, rows=[])
    assert "ValueError: could not convert" in capsys.readouterr().out


def test_a_component_is_no_pipeline():
    with pytest.raises(OrchestrationError, match="is no pipeline"):
        local_runs.run(mean)


def test_the_order_follows_inputs_and_a_circle_is_told():
    dag = three_tasks.pipeline_spec.root.dag
    assert local_runs.order(dag) == ["given-rows", "mean", "scaled"]
    circle = type(dag)()
    circle.CopyFrom(dag)
    circle.tasks["given-rows"].dependent_tasks.append("scaled")
    with pytest.raises(OrchestrationError, match="circle"):
        local_runs.order(circle)
