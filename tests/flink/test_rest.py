"""Jobs read from answers of Flink's REST interface."""

import dataclasses
import json

from utils.flink import rest, views


def subtask(worker, read, written):
    metrics = {"read-records": read, "write-records": written}
    return {"taskmanager-id": worker, "metrics": metrics}


def vertex(name, began, duration, parallelism=2):
    return {
        "id": name[:2], "name": name, "status": "FINISHED", "parallelism": parallelism,
        "start-time": began, "duration": duration,
    }  # fmt: skip


TOLD = {
    "jid": "7a", "name": "BeamApp", "state": "FINISHED", "start-time": 1_000, "duration": 9_000,
    "vertices": [
        vertex("b1 GroupReduce (GroupReduce at Count/Sum/GroupByKey) -> Map (Key)", 4_000, 5_000),
        vertex("a1 CHAIN MapPartition (MapPartition at [3]{Read[train], Count}) -> FlatMap (X)", 2_000, 6_000),
        vertex("c1 DataSink (DiscardingOutput)", -1, -1),
    ],
}  # fmt: skip
VERTICES = [
    {"id": "a1", "subtasks": [subtask("worker-1", 1, 10), subtask("worker-2", 0, 0)]},
    {"id": "b1", "subtasks": [subtask("worker-1", 4, 1), subtask("worker-2", 6, 2)]},
    {"id": "c1", "subtasks": [subtask("(unassigned)", 0, 0)] * 2},
]


def ask(path):
    answers = {"/jobs/7a": TOLD, "/jobs/overview": {"jobs": [
        {"jid": "7b", "start-time": 2}, {"jid": "7a", "start-time": 1}]}}  # fmt: skip
    answers |= {f"/jobs/7a/vertices/{one['id']}": one for one in VERTICES}
    return answers[path]


def test_operators_have_their_workers_records_and_times():
    job = rest.job(ask, "7a")
    assert [one.id for one in job.operators] == ["c1", "a1", "b1"]
    assert job.tasks == 6
    assert job.seconds == 9
    assert job.read() == {"worker-1": 5, "worker-2": 6}
    first = job.operators[1]
    assert (first.began, first.seconds, first.records) == (1, 6, 11)
    assert job.longest() is first


def test_steps_are_beams_words_without_flinks():
    steps = {one.id: one.step for one in rest.job(ask, "7a").operators}
    assert steps == {
        "a1": "{Read[train], Count}",
        "b1": "Count/Sum/GroupByKey",
        "c1": "c1 DataSink (DiscardingOutput)",
    }


def test_a_step_with_a_number_for_a_name_gives_way_to_the_next():
    operator = rest.job(ask, "7a").operators[0]
    numbered = "FlatMap (FlatMap at ExtractOutput[1])"
    name = f"CHAIN {numbered} -> GroupCombine (GroupCombine at GroupCombine: Count[eval]/Group)"
    assert dataclasses.replace(operator, name=name).step == "Count[eval]/Group"
    assert dataclasses.replace(operator, name=numbered).step == "ExtractOutput[1]"


def test_jobs_come_in_the_order_of_their_starts():
    assert [one["jid"] for one in rest.overview(ask)] == ["7a", "7b"]


def test_a_job_is_kept_as_json_and_read_again():
    job = rest.job(ask, "7a")
    assert rest.from_dict(json.loads(json.dumps(job.as_dict()))) == job


def test_a_failure_is_told_by_its_innermost_cause():
    trace = "Outer: no\n\tat x\nCaused by: Middle: no\n\tat y\nCaused by: Inner: the worker is lost\n\tat z"
    assert rest.cause([{"stacktrace": trace}, {"stacktrace": "older"}]) == (
        "Inner: the worker is lost"
    )
    assert rest.cause([{"stacktrace": "Only: this\n\tat x"}]) == "Only: this"
    assert rest.cause([]) == ""


def test_a_short_name_keeps_its_split():
    assert views.short("AVeryVeryVeryLongNameOfAStep[train]/x") == "AVeryVeryVeryLongN…[train]/x"
    assert views.short("Count[eval]/Sum/GroupByKey") == "Count[eval]/…/GroupByKey"
