"""The whole pipeline under four orchestrators, really run: what comes out is the same, and a kill loses nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest

from tests.orchestration import programs
from tests.pipeline.pipeline_run import complaints
from utils import paths
from utils.orchestration import airflow, comparing, killing, watching

pytestmark = pytest.mark.heavy

PROGRAM = Path(programs.__file__)
RESOLVER = "LatestBlessedModel"
LONG = 400
"""Epochs of a training that lasts until it is killed."""

BEFORE = {"ExampleGen", "StatisticsGen", "SchemaGen", "ExampleValidator", "Transform"}


def run(who: str, store: Path, epochs: int = 2) -> None:
    program: list[str | Path] = [PROGRAM, who, store, str(epochs)]
    if who == "interactive":
        code = f"import runpy, sys; sys.argv = {[str(one) for one in program]!r}; "
        code += "from IPython.core.interactiveshell import InteractiveShell; InteractiveShell.instance(); "
        code += f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
        launcher = store / "interactive.py"
        launcher.write_text(code, encoding="utf-8")
        program = [launcher]
    process = killing.start(program)
    said = process.communicate()[0]
    assert process.returncode == 0, said[-3000:]


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return {
        name: tmp_path_factory.mktemp(name) for name in ("interactive", "local", "beam", "airflow")
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with airflow.start(tmp_path_factory.mktemp("home")) as started:
        yield started


def write_dag(server: airflow.Airflow, store: Path, epochs: int = 2) -> None:
    file = server.dags / "whole.py"
    file.write_text(programs.DAG.format(store=str(store), epochs=epochs), encoding="utf-8")
    server.wait_for_dag(programs.NAME, file)


@pytest.fixture(scope="module")
def outcomes(stores, server):
    for who in ("interactive", "local", "beam"):
        run(who, stores[who])
    write_dag(server, stores["airflow"])
    watched = watching.watch(server, programs.NAME, server.trigger(programs.NAME), seconds=900)
    assert watched.state == "success"
    asked = complaints()[:100]
    return {
        name: comparing.read(store, asked, without=[RESOLVER]) for name, store in stores.items()
    }


def test_everything_is_the_same_under_all_four(outcomes):
    compared = comparing.compare(outcomes)
    assert [fact for fact in compared.facts if not fact.same] == []
    names = [fact.name for fact in compared.facts]
    assert {"components", "connections", "schema", "verdict", "scores of the pushed model"} <= set(
        names
    )
    assert len(outcomes["airflow"].components) == 8
    assert len(outcomes["airflow"].scores) == 100
    assert all(one.blessed for one in outcomes.values())


def test_the_cache_is_shared_within_each_machinery(outcomes, stores, server):
    run("beam", stores["local"])
    assert BEFORE | {"Trainer"} <= comparing.read(stores["local"]).cached
    write_dag(server, stores["interactive"])
    run_id = server.trigger(programs.NAME)
    assert watching.watch(server, programs.NAME, run_id, seconds=900).state == "success"
    assert BEFORE | {"Trainer"} <= comparing.read(stores["interactive"]).cached


@pytest.mark.parametrize("who", ["local", "beam"])
def test_killed_in_the_trainer_and_run_again(who, tmp_path):
    assert (
        killing.kill_during("Trainer", tmp_path, [PROGRAM, who, tmp_path, "2"]) == -signal.SIGKILL
    )
    left = comparing.executions(tmp_path)
    assert dict(zip(left["component"], left["state"], strict=True))["Trainer"] == "running"
    run(who, tmp_path)
    again = comparing.read(tmp_path, without=[RESOLVER])
    assert again.cached == BEFORE
    assert again.blessed
    run(who, tmp_path)
    trained = comparing.executions(tmp_path)
    states = trained[trained["component"] == "Trainer"]["state"].tolist()
    assert states == ["running", "complete", "cached"]


def test_a_task_that_is_killed_in_the_trainer_is_tried_again_by_airflow(server, tmp_path):
    write_dag(server, tmp_path)
    run_id = server.trigger(programs.NAME)
    killed = threading.Event()

    def kill() -> None:
        airflow.wait(lambda: _kill_the_trainer(server, tmp_path), "the Trainer never ran", 600)
        killed.set()

    thread = threading.Thread(target=kill)
    thread.start()
    watched = watching.watch(server, programs.NAME, run_id, seconds=900)
    thread.join()
    assert killed.is_set()
    assert watched.state == "success"
    assert watched.attempts("Trainer") == 2
    assert watched.attempts("Transform") == 1
    assert comparing.read(tmp_path, without=[RESOLVER]).blessed


def _kill_the_trainer(server: airflow.Airflow, store: Path) -> bool:
    """Kill the process that runs the task, once ML Metadata says that the Trainer is at work."""
    seen = comparing.executions(store) if (store / "metadata.sqlite").exists() else None
    if seen is None or "running" not in seen[seen["component"] == "Trainer"]["state"].tolist():
        return False
    for process in psutil.Process(server.scheduler.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("Trainer" in part for part in process.cmdline()) and "task runner" in " ".join(
                process.cmdline()
            ):
                os.kill(process.pid, signal.SIGKILL)
                return True
    return False


def test_two_at_once_on_one_store(tmp_path):
    processes = [killing.start([PROGRAM, who, tmp_path, "2"]) for who in ("local", "beam")]
    for process in processes:
        said = process.communicate()[0]
        assert process.returncode == 0, said[-3000:]
        assert "database is locked" not in said
    assert comparing.read(tmp_path, without=[RESOLVER]).blessed


def test_airflow_ends_with_a_killed_kernel(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom utils.orchestration import airflow\n"
        "one = airflow.start(Path(sys.argv[1]))\n"
        "print(one.scheduler.pid, one.webserver.pid, one.database.service.pid, flush=True)\nsys.stdin.read()\n"
    )
    file = tmp_path / "kernel.py"
    file.write_text(code, encoding="utf-8")
    import subprocess

    kernel = subprocess.Popen(
        [sys.executable, file, tmp_path / "home"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(paths.ROOT)},
    )  # fmt: skip
    assert kernel.stdout is not None
    family = []
    for pid in map(int, kernel.stdout.readline().split()):
        leader = psutil.Process(pid)
        family += [leader, *leader.children(recursive=True)]
    assert len(family) > 3
    kernel.kill()
    kernel.wait()
    _, alive = psutil.wait_procs(family, timeout=60)
    assert not alive
