"""TFX's components on a real cluster: equal results, workers that die, and nothing that is left behind.

What a reader without Java is shown is recorded here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.flink import stages
from tests.pipeline.pipeline_run import small_config
from utils import flink, paths
from utils.flink import recorded, rest, settings, watching
from utils.orchestration import comparing
from utils.pipeline import components, runners

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("flink_programs")]

ROWS = 2_000
"""As many as in the notebook."""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def source(store):
    return stages.data(store, ROWS)


@pytest.fixture(scope="module")
def local(store, source):
    """StatisticsGen in this process."""
    return stages.statistics(store, source, "Local")


def wildcards(cluster: flink.Cluster) -> set[str]:
    """The addresses beyond this machine's own on which a part of the cluster listens."""
    parts = [cluster.job_manager, cluster.job_server, *cluster.task_managers.values()]
    held = [one for part in parts for one in psutil.Process(part.pid).net_connections("tcp")]
    listening = {one.laddr.ip for one in held if one.status == psutil.CONN_LISTEN}
    return listening - {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


def test_statistics_are_equal_and_both_workers_have_read(store, source, local):
    found: list[set[str]] = []
    with flink.start(2) as cluster:
        with watching.looking(lambda: found.append(wildcards(cluster))):
            made = stages.statistics(store, source, "OnFlink", cluster.beam_pipeline_args)
        (job,) = cluster.jobs()
        answers = {path: cluster.get(path) for path in recorded.ANSWERS}
    assert not set().union(*found)
    assert job.state == "FINISHED"
    assert all(count > 0 for count in job.read().values())
    assert len(job.workers) == 2
    here, there = (stages.features(one.outputs["statistics"]) for one in (local, made))
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []
    told = {split: list(pair) for split, pair in recorded.summary(there).items()}
    result = {"job": job.as_dict(), "answers": answers, "features": told}
    recorded.write(recorded.STATISTICS, result)


def test_a_killed_worker_fails_the_job_and_a_new_one_lets_the_call_succeed(store, source, local):
    with flink.start(2) as cluster:
        with (
            watching.killed(cluster, "worker-2") as happened,
            pytest.raises(RuntimeError, match="FAILED"),
        ):
            stages.statistics(store, source, "Killed", cluster.beam_pipeline_args)
        (job,) = cluster.jobs()
        assert job.state == "FAILED"
        assert job.failure
        told = [what for _, what in happened.rows]
        assert "worker-2 is killed" in told
        assert told[-1] == "the job is FAILED"
        recorded.write(recorded.KILLED, {"events": happened.rows, "failure": job.failure})
        cluster.add_task_manager()
        assert cluster.alive() == ("worker-1", "worker-3")
        again = stages.statistics(store, source, "Killed", cluster.beam_pipeline_args)
    assert stages.features(again.outputs["statistics"]) == stages.features(
        local.outputs["statistics"]
    )


def test_with_a_restart_strategy_the_job_survives_its_worker(store, source, local):
    with (
        flink.start(2, restarts=3) as cluster,
        watching.killed(cluster, "worker-2", replace=True) as happened,
    ):
        made = stages.statistics(store, source, "Restarted", cluster.beam_pipeline_args)
        states = [one["state"] for one in rest.overview(cluster.get)]
    assert states == ["FINISHED"]
    assert "the job is RESTARTING" in [what for _, what in happened.rows]
    assert stages.features(made.outputs["statistics"]) == stages.features(
        local.outputs["statistics"]
    )
    recorded.write(recorded.RESTARTED, {"events": happened.rows})


def test_a_worker_that_makes_more_than_fits_on_its_way_goes_on(tmp_path):
    """Its messages fill what the TaskManager holds, 1,000 MB, and what Beam's own worker does, 100 MB."""
    with flink.start(1, memory=settings.LARGE) as cluster:
        stages.pass_on(1_300, cluster.beam_pipeline_args, tmp_path / "told")
        (job,) = cluster.jobs()
    assert job.state == "FINISHED"
    assert (tmp_path / "told").read_text().split() == ["1300"]


def test_a_task_manager_without_memory_ends_and_its_job_fails(tmp_path):
    """It would stand still, if the process went on without the thread that has found none."""
    with flink.start(1, memory=settings.SMALL) as cluster:
        with pytest.raises(RuntimeError, match="FAILED"):
            stages.pass_on(1_300, cluster.beam_pipeline_args, tmp_path / "told")
        (job,) = cluster.jobs()
        assert cluster.alive() == ()
    assert job.state == "FAILED"


def test_transform_and_evaluator_make_the_same_on_the_cluster(tmp_path):
    """Both on the cluster, and the rest here: the model scores alike, and the Evaluator finds the same."""
    alone, both = tmp_path / "alone", tmp_path / "both"
    alone.mkdir()
    both.mkdir()
    here = runners.run_local(small_config(alone), alone)
    with flink.start(2, memory=settings.LARGE) as cluster:
        nodes = components.build(small_config(both))
        for name in ("transform", "evaluator"):
            nodes[name].with_beam_pipeline_args(cluster.beam_pipeline_args)
        built = runners.pipeline(small_config(both), both)
        built.components = list(nodes.values())
        there = runners.run_pipeline(built, both)
        tasks = [job.tasks for job in cluster.jobs()]
        assert [job.state for job in cluster.jobs()] == ["FINISHED"] * len(tasks)
    outcomes = {"here": comparing.read(alone), "there": comparing.read(both)}
    same = comparing.compare(outcomes)
    assert same.same, [fact for fact in same.facts if not fact.same]
    assert there.blessed == here.blessed
    rows = [
        {
            "component": name,
            "in this process (s)": round(here.nodes[name].seconds, 1),
            "on two TaskManagers (s)": round(there.nodes[name].seconds, 1),
            "result": "the same",
        }
        for name in ("Transform", "Evaluator")
    ]
    recorded.write(recorded.COMPONENTS, rows)


def begun(store: Path) -> tuple[subprocess.Popen[str], dict[str, list[int]]]:
    """Start a program that runs a cluster, and return what it tells of it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.flink.stages", str(store)],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def wait_for_a_python_worker(told: dict[str, list[int]]) -> list[psutil.Process]:
    """Wait until a TaskManager has started Python, and return all processes of the cluster."""
    parts = [psutil.Process(pid) for pid in told["pids"]]
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        children = [child for part in parts for child in part.children(recursive=True)]
        if children:
            return [*parts, *children]
        time.sleep(0.2)
    raise AssertionError("no Python worker was started")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_nothing_is_left_of_a_program_that_ends_in_the_middle(tmp_path, number):
    process, told = begun(tmp_path)
    family = wait_for_a_python_worker(told)
    os.kill(process.pid, number)
    process.wait(120)
    _, left = psutil.wait_procs(family, timeout=60)
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []
    listening = {
        held.laddr.port
        for held in psutil.net_connections("tcp")
        if held.status == psutil.CONN_LISTEN
    }
    assert listening.isdisjoint(told["ports"])
