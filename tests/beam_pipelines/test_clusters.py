"""Other runners, for real, with a word count."""

from __future__ import annotations

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from utils.beam_pipelines import clusters
from utils.beam_pipelines.collecting import Results


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


def test_the_job_server_is_always_there_and_listens_here_only():
    assert clusters.available()[-1] == "job server"
    with clusters.start("job server") as cluster:
        assert cluster.address.startswith("localhost:")
        assert cluster.address in repr(cluster)


def test_it_may_be_closed_twice():
    cluster = clusters.start("job server")
    cluster.close()
    cluster.close()
