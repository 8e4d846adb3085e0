"""From a pipeline back into the notebook."""

from __future__ import annotations

import os
import subprocess
import sys

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions

from utils import paths
from utils.beam_pipelines.collecting import Results
from utils.files import FileError
from utils.pipeline.runners import BEAM_PIPELINE_ARGS


def run(elements, results):
    with beam.Pipeline(options=PipelineOptions(list(BEAM_PIPELINE_ARGS))) as pipeline:
        pipeline | beam.Create(elements) | results.write()


def test_all_elements_come_back(tmp_path):
    results = Results("words", tmp_path)
    run([("fee", 2), ("line\nbreak", 1), ("fee", 2)], results)
    assert sorted(results.read()) == [["fee", 2], ["fee", 2], ["line\nbreak", 1]]
    assert not list(tmp_path.rglob("*.new"))


def test_a_second_run_replaces_the_first(tmp_path):
    results = Results("words", tmp_path)
    run([1, 2], results)
    run([3], results)
    assert results.read() == [3]


def test_results_lie_with_the_store_in_a_folder_of_this_process(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_STORE", str(tmp_path))
    assert Results("words").folder == tmp_path / "beam" / str(os.getpid()) / "words"


def test_the_folder_goes_with_the_process(tmp_path):
    program = "from utils.beam_pipelines.collecting import Results; Results('words').write()"
    environment = {**os.environ, "WORKBOOK_STORE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=paths.ROOT)
    assert list((tmp_path / "beam").iterdir()) == []


@pytest.mark.parametrize("name", ["mine", "../mine", "."])
def test_a_folder_of_somebody_elses_is_left_alone(tmp_path, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    base = tmp_path / "beam" if ".." in name else tmp_path
    with pytest.raises(FileError, match="the workbook did not make"):
        Results(name, base).write()
    assert (tmp_path / "mine" / "letter.txt").exists()
