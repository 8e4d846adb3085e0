"""``TF_CONFIG`` as TensorFlow understands it, and workers that are processes of this machine."""

import os
import subprocess
import sys

import psutil
import pytest

from tests.services.programs import wait_until
from utils import paths
from utils.training import cluster
from utils.training.errors import TrainingError


def test_tensorflow_understands_it_and_the_environment_is_as_before(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "mine")
    text = cluster.tf_config(["ada:2222", "bob:2222"], index=1)
    assert cluster.read_tf_config(text) == {
        "workers": ["ada:2222", "bob:2222"],
        "task": ("worker", 1),
        "chief": False,
    }
    assert os.environ["TF_CONFIG"] == "mine"
    monkeypatch.delenv("TF_CONFIG")
    assert cluster.read_tf_config(cluster.tf_config(["ada:1", "ada:2"], 0))["chief"]
    assert "TF_CONFIG" not in os.environ


@pytest.mark.parametrize(
    ("workers", "index", "cure"),
    [
        ([], 0, "list of addresses"),
        ("ada:2222", 0, "list of addresses"),
        (["ada"], 0, "host:port"),
        (["http://ada:2222"], 0, "host:port"),
        (["ada:1", "ada:1"], 0, "once"),
        (["ada:1", "bob:1"], 2, "from 0 to 1"),
    ],
)
def test_what_no_cluster_can_be(workers, index, cure):
    with pytest.raises(TrainingError, match=cure):
        cluster.tf_config(workers, index)


def test_each_worker_is_told_who_the_others_are(tmp_path, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", "of somebody else")
    program = tmp_path / "worker.py"
    program.write_text(
        "import json, os, sys\n"
        "print('a line before')\n"
        "print(json.dumps([json.loads(os.environ.get('TF_CONFIG', 'null')), sys.argv[1]]))\n"
    )
    told = cluster.run(program, ["rows"], workers=2, seconds=60)
    assert [one["task"]["index"] for one, _ in told] == [0, 1]
    assert told[0][0]["cluster"] == told[1][0]["cluster"]
    assert len(set(told[0][0]["cluster"]["worker"])) == 2
    assert cluster.run(program, ["rows"], workers=1, seconds=60) == [[None, "rows"]]


def test_workers_share_what_they_import_and_nothing_that_is_not_needed(tmp_path):
    program = tmp_path / "worker.py"
    program.write_text(
        "import importlib, json, os, sys\n"
        "loaded = [name for name in ('tensorflow', 'pandas', 'sklearn') if name in sys.modules]\n"
        "import keras\n"
        "shape = importlib.import_module('pandas').DataFrame({'a': [1]}).shape\n"
        "print(json.dumps([os.getppid(), loaded, shape]))\n"
    )
    first, second = cluster.run(program, workers=2, seconds=120)
    assert first == second, "one process has started both"
    assert first[1:] == [["tensorflow"], [1, 1]]


def test_a_worker_that_fails_ends_the_others(tmp_path):
    program = tmp_path / "worker.py"
    program.write_text(
        "import json, os, time\n"
        "if json.loads(os.environ['TF_CONFIG'])['task']['index'] == 1:\n"
        "    raise ValueError('too few rows')\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(TrainingError, match="Worker 1 failed: ValueError: too few rows"):
        cluster.run(program, workers=2, seconds=300)


def test_no_worker_outlives_a_program_that_is_killed(tmp_path):
    program, place = tmp_path / "worker.py", tmp_path / "pid"
    program.write_text(
        f"import os, time\nopen({str(place)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    code = f"from utils.training import cluster; cluster.run({str(program)!r}, workers=1)"
    started = subprocess.Popen([sys.executable, "-c", code], cwd=paths.ROOT)
    wait_until(lambda: place.exists() and place.read_text(), "the worker's start")
    started.kill()
    started.wait()
    wait_until(lambda: not psutil.pid_exists(int(place.read_text())), "the worker's end")


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("raise ValueError('too few rows')", r"Worker [01] failed: ValueError: too few rows"),
        ("print('done')", "Worker 0 printed no JSON"),
        ("", "Worker 0 printed no JSON"),
        ("import time\ntime.sleep(60)", "Worker 0 was not done after 1 s"),
    ],
)
def test_workers_that_fail(tmp_path, lines, what):
    program = tmp_path / "worker.py"
    program.write_text(lines)
    with pytest.raises(TrainingError, match=what):
        cluster.run(program, workers=2, seconds=1 if "sleep" in lines else 60)
