"""The example pipeline, compiled once by TFX's own compiler, with folders of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tfx import v1 as tfx

from utils.pipeline import components
from utils.pipeline.config import PipelineConfig


def compile_nodes(
    nodes: list, folder: Path, filename: str = "complaints.json", **values: str
) -> Path:
    experimental = tfx.orchestration.experimental
    experimental.KubeflowV2DagRunner(
        config=experimental.KubeflowV2DagRunnerConfig(
            default_image="an/image:1", use_pipeline_spec_2_1="old" not in filename
        ),
        output_dir=str(folder),
        output_filename=filename,
    ).run(
        tfx.dsl.Pipeline("complaints", "gs://bucket/pipeline", components=nodes, enable_cache=True),
        parameter_values=values or None,
    )
    return folder / filename


@pytest.fixture(scope="session")
def compiled_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The file by the version of its schema."""
    folder = tmp_path_factory.mktemp("compiled")
    return {
        version: compile_nodes(list(components.build(PipelineConfig()).values()), folder, name)
        for version, name in (("2.1", "complaints.json"), ("2.0", "old.json"))
    }


@pytest.fixture(scope="session")
def compiled_file(compiled_files: dict[str, Path]) -> Path:
    return compiled_files["2.1"]
