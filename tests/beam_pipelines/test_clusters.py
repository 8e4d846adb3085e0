"""Other runners, for real, with a word count."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import apache_beam as beam
import psutil
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from tests.services.programs import wait_until
from utils import paths
from utils.beam_pipelines import clusters
from utils.beam_pipelines.collecting import Results
from utils.services import watcher


@pytest.mark.parametrize("kind", clusters.available())
def test_a_pipeline_gives_the_same_result_there(kind, tmp_path):
    results = Results("words", tmp_path)
    with clusters.start(kind) as cluster:
        assert cluster.kind == kind
        options = PipelineOptions(list(cluster.options))
        with beam.Pipeline(runner=cluster.runner, options=options) as pipeline:
            pairs = pipeline | beam.Create(["a b a", "b", "a"]) | beam.FlatMap(str.split)
            grouped = pairs | beam.Map(lambda word: (word, 1)) | beam.GroupByKey()
            grouped | beam.MapTuple(lambda word, ones: (word, sum(ones))) | results.write()
    assert sorted(results.read()) == [["a", 3], ["b", 2]]


@pytest.mark.skipif("dask" not in clusters.available(), reason="needs Dask")
def test_no_client_is_left_to_look_for_a_closed_cluster():
    import distributed

    before = set(distributed.Client._instances)
    with clusters.start("dask") as cluster:
        options = PipelineOptions(list(cluster.options))
        with beam.Pipeline(runner=cluster.runner, options=options) as pipeline:
            pipeline | beam.Create(["a"])
        (client,) = set(distributed.Client._instances) - before
        assert client.status == "running"
    assert client.status == "closed"


@pytest.mark.skipif("dask" not in clusters.available(), reason="needs Dask")
def test_the_workers_find_the_notebooks_modules_and_files(tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "of_the_reader.py").write_text(
        "def twice(number):\n    return 2 * number"
    )
    (tmp_path / "number.txt").write_text("21")
    monkeypatch.syspath_prepend(tmp_path / "modules")
    monkeypatch.chdir(tmp_path)

    def work(file):
        import of_the_reader

        with open(file) as numbers:  # noqa: PTH123
            return of_the_reader.twice(int(numbers.read()))

    results = Results("twice", tmp_path)
    with clusters.start("dask") as cluster:
        options = PipelineOptions(list(cluster.options))
        with beam.Pipeline(runner=cluster.runner, options=options) as pipeline:
            pipeline | beam.Create(["number.txt"]) | beam.Map(work) | results.write()
    assert results.read() == [42]


@pytest.mark.skipif("dask" not in clusters.available(), reason="needs Dask")
def test_nothing_is_left_of_a_closed_cluster_or_a_killed_notebook():
    code = (
        "import psutil, time; from utils.beam_pipelines import clusters\n"
        "def family(): return {one.pid for one in psutil.Process().children(recursive=True)}\n"
        "closed = clusters.start('dask'); first = family(); closed.close()\n"
        "left = clusters.start('dask'); second = family()\n"
        "print(*first, '|', *second, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=paths.ROOT, stdout=subprocess.PIPE, text=True) as notebook:
        assert notebook.stdout is not None
        first, second = (words.split() for words in notebook.stdout.readline().split("|"))
        family = [psutil.Process(int(pid)) for pid in second]
        assert len(first) == len(second) > clusters.WORKERS
        assert not any(psutil.pid_exists(int(pid)) for pid in first)
        assert not any(map(watcher.ended, family))
        os.kill(notebook.pid, signal.SIGKILL)
        wait_until(lambda: all(map(watcher.ended, family)), "the cluster's end")


def test_the_job_server_is_always_there_and_listens_here_only():
    assert clusters.available()[-1] == "job server"
    with clusters.start("job server") as cluster:
        assert cluster.address.startswith("localhost:")
        assert cluster.address in repr(cluster)


def test_it_may_be_closed_twice():
    cluster = clusters.start("job server")
    cluster.close()
    cluster.close()
