"""Mistakes that readers make with Beam, each answered by a message that names the cure."""

from __future__ import annotations

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from utils.beam_pipelines import clusters, event_time
from utils.beam_pipelines.collecting import Results
from utils.beam_pipelines.errors import BeamPipelineError
from utils.pipeline.runners import BEAM_PIPELINE_ARGS


def test_reading_before_the_pipeline_has_run(tmp_path):
    results = Results("words", tmp_path)
    with pytest.raises(BeamPipelineError, match="runs when its `with` block ends"):
        results.read()
    pipeline = beam.Pipeline(options=PipelineOptions(list(BEAM_PIPELINE_ARGS)))
    pipeline | beam.Create([1]) | results.write()
    with pytest.raises(BeamPipelineError, match="runs when its `with` block ends"):
        results.read()


def test_an_element_that_cannot_be_written(tmp_path):
    results = Results("words", tmp_path)
    with (
        pytest.raises(Exception, match=r"put a beam\.Map before `results\.write\(\)`"),
        beam.Pipeline(options=PipelineOptions(list(BEAM_PIPELINE_ARGS))) as pipeline,
    ):
        pipeline | beam.Create([{1, 2}]) | results.write()


@pytest.mark.parametrize("date", ["07/01/2016", "2016-7-1", "", None, 20160701])
def test_a_date_of_another_form(date):
    with pytest.raises(BeamPipelineError, match="no date like '2016-07-01'"):
        event_time.seconds(date)


def test_a_cluster_that_there_is_not():
    with pytest.raises(BeamPipelineError, match="there are dask, job server"):
        clusters.start("flink")


def test_dask_without_its_package(monkeypatch):
    monkeypatch.setattr(clusters, "available", lambda: ("job server",))
    with pytest.raises(BeamPipelineError, match=r"dask\[distributed\], which is not installed"):
        clusters.start("dask")
