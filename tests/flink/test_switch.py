"""One value sends the work inside every component that uses Beam somewhere else."""

from utils.flink import arguments
from utils.pipeline import runners
from utils.pipeline.config import PipelineConfig

USE_BEAM = {
    "ExampleGen", "StatisticsGen", "ExampleValidator", "Transform", "Evaluator",
}  # fmt: skip
"""Those whose executors may run Beam pipelines."""


def told(store, **options):
    built = runners.pipeline(PipelineConfig(), store, **options)
    specs = {node.id: getattr(node, "executor_spec", None) for node in built.components}
    return {
        name: list(given)
        for name, spec in specs.items()
        if (given := getattr(spec, "beam_pipeline_args", None))
    }


def test_every_beam_component_of_the_example_pipeline_is_told(tmp_path):
    line = arguments.portable("127.0.0.1:1", "/boot", 2)
    found = told(tmp_path, beam_pipeline_args=line)
    assert found == dict.fromkeys(found, line)
    assert found.keys() == told(tmp_path).keys()
    assert {"ExampleGen", "StatisticsGen", "Transform", "Evaluator"} <= found.keys()
    assert found.keys() <= USE_BEAM
