"""The nine nodes, as other orchestrators see them."""

from __future__ import annotations

import json

from tfx import v1 as tfx

from utils.pipeline import components
from utils.pipeline.config import PipelineConfig


def test_kubeflows_compiler_accepts_the_nine_nodes(tmp_path):
    """The strategy of the Resolver above all: of the strategies, it knows but two."""
    made = tmp_path / "pipeline.json"
    experimental = tfx.orchestration.experimental
    runner = experimental.KubeflowV2DagRunner(
        config=experimental.KubeflowV2DagRunnerConfig(default_image="an/image"),
        output_filename=str(made),
    )
    nodes = components.build(PipelineConfig())
    runner.run(tfx.dsl.Pipeline("complaints", str(tmp_path), components=list(nodes.values())))
    executors = json.loads(made.read_text())["pipelineSpec"]["deploymentSpec"]["executors"]
    assert {name.partition("-")[0].removesuffix("_executor") for name in executors} == {
        node.id for node in nodes.values()
    }


def test_a_schema_that_is_given_replaces_what_would_infer_one():
    first = components.build(PipelineConfig())
    later = components.build(PipelineConfig(span=2), first["schema_gen"])
    assert set(first) - set(later) == {"statistics_gen", "schema_gen", "example_validator"}
    for name in ("transform", "trainer", "evaluator"):
        assert later[name].inputs["schema"] is first["schema_gen"].outputs["schema"]


def test_without_a_comparison_there_is_no_resolver():
    alone = PipelineConfig().thresholds.replace(max_auc_drop=None)
    nodes = components.build(PipelineConfig(thresholds=alone))
    assert "resolver" not in nodes
    assert "baseline_model" not in nodes["evaluator"].inputs
    assert "change_threshold" not in nodes["evaluator"].exec_properties["eval_config"]
