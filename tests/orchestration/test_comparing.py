"""Two runs of three real components, read and compared."""

from __future__ import annotations

import pytest
from tensorflow_metadata.proto.v0 import statistics_pb2
from tfx import v1 as tfx

from tests.pipeline.pipeline_run import SPAN
from utils.complaints import csvio
from utils.orchestration import comparing
from utils.orchestration.errors import OrchestrationError
from utils.pipeline import components, runners
from utils.pipeline.config import PipelineConfig

THREE = ("example_gen", "statistics_gen", "schema_gen")


def run(store, rows, tmp):
    """Run three components on the first rows of the committed span."""
    data = tmp / f"rows-{rows}"
    data.mkdir(exist_ok=True)
    if not (data / "S1.csv").exists():  # ExampleGen looks at a file's time, too
        header, *every = csvio.read_rows(SPAN)
        csvio.write_rows(data / "S1.csv", header, every[:rows])
    nodes = components.build(PipelineConfig(input_base=data, pattern="S{SPAN}.csv"))
    tfx.orchestration.LocalDagRunner().run(
        tfx.dsl.Pipeline(
            pipeline_name="three",
            pipeline_root=str(runners.pipeline_root(store)),
            components=[nodes[name] for name in THREE],
            metadata_connection_config=runners.metadata_config(store),
            enable_cache=True,
            beam_pipeline_args=list(runners.BEAM_PIPELINE_ARGS),
        )
    )
    return comparing.read(store)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("comparing")


@pytest.fixture(scope="module")
def first(folder):
    return run(folder / "one", 40, folder)


def test_an_outcome_is_read_from_records_and_files(first, folder):
    assert first.components == {"ExampleGen", "StatisticsGen", "SchemaGen"}
    assert first.connections == {
        ("ExampleGen", "examples", "StatisticsGen", "examples"),
        ("StatisticsGen", "statistics", "SchemaGen", "statistics"),
    }
    assert not first.cached
    assert set(first.rows) == set(first.statistics) == {"train", "eval"}
    assert 0 < sum(count for count, _ in first.rows.values()) <= 40
    listed = comparing.executions(folder / "one")[:3]  # a later test may have run it again
    assert listed["state"].tolist() == ["complete"] * 3
    assert listed["run"].nunique() == 1


def test_equal_runs_are_the_same_and_others_are_told_apart(first, folder):
    again = run(folder / "one", 40, folder)
    other = run(folder / "two", 30, folder)
    assert again.cached == first.components
    assert comparing.compare({"first": first, "again": again}).same
    compared = comparing.compare({"first": first, "other": other})
    different = {fact.name for fact in compared.facts if not fact.same}
    assert {"rows of train", "statistics of train"} <= different
    assert "connections" not in different


def test_components_can_be_left_out(folder, first):
    assert comparing.read(folder / "one", without=["SchemaGen"]).components == {
        "ExampleGen",
        "StatisticsGen",
    }


def test_an_empty_store_and_a_single_outcome_are_refused(tmp_path, first):
    with pytest.raises(OrchestrationError, match="No component has finished"):
        comparing.read(tmp_path)
    with pytest.raises(ValueError, match="two outcomes"):
        comparing.compare({"alone": first})


def test_statistics_may_differ_in_the_last_digits_of_a_sum():
    def rounded(deviation, bounds=(0.1, 0.2)):
        made = statistics_pb2.DatasetFeatureStatisticsList()
        numbers = made.datasets.add(num_examples=3).features.add(type="FLOAT").num_stats
        numbers.std_dev = deviation
        for low in bounds:
            numbers.histograms.add().buckets.add(low_value=low, sample_count=1)
        comparing.round_numbers(made)
        return made

    as_first = rounded(0.42704683342305744)
    assert rounded(0.42704683342305755) == as_first
    assert rounded(0.42704683342305744, (0.1, 0.1 + 0.1)) == as_first
    assert rounded(0.42704684) != as_first
    assert rounded(0.42704683342305744, (0.1, 0.3)) != as_first
    assert as_first.datasets[0].num_examples == 3
