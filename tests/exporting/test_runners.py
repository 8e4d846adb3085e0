"""The runners of an exported project, on a pipeline that takes seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ml_metadata.proto import metadata_store_pb2

from tests.exporting.test_project import PLAIN
from utils import exporting

TINY = """
from tfx import types
from tfx import v1 as tfx
from tfx.dsl.components.base.base_component import BaseComponent
from tfx.dsl.components.base.base_executor import BaseExecutor
from tfx.dsl.components.base.executor_spec import ExecutorClassSpec
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

Model = tfx.types.standard_artifacts.Model


class Specification(types.ComponentSpec):
    PARAMETERS = {"least": ExecutionParameter(type=float)}
    INPUTS = {name: ChannelParameter(type=Model) for name in ("model", "baseline_model")}
    OUTPUTS = {}


class Executor(BaseExecutor):
    def Do(self, input_dict, output_dict, exec_properties):
        pass


class Judge(BaseComponent):
    SPEC_CLASS = Specification
    EXECUTOR_SPEC = ExecutorClassSpec(Executor)


def create_pipeline(metadata_connection_config):
    model = tfx.dsl.Importer(source_uri=__file__, artifact_type=Model).with_id("Model")
    same = {name: model.outputs["result"] for name in ("model", "baseline_model")}
    judge = Judge(Specification(least=0.5, **same))
    return tfx.dsl.Pipeline(
        pipeline_name="tiny",
        pipeline_root=__file__ + ".root",
        components=[model, judge],
        enable_cache=True,
        metadata_connection_config=metadata_connection_config,
    )
"""
"""A pipeline in which a model is its own baseline, as in the second run of one that has not changed."""


def run(project: Path, elsewhere: Path, *lines: str) -> str:
    """Run lines of Python in a project whose pipeline is the tiny one, in a process that knows no workbook."""
    (elsewhere / "tiny.py").write_text(TINY)
    head = (
        f"import sys; sys.path.insert(0, {str(elsewhere)!r})",
        "import tiny, beam_runner, local_runner",
        "from pipeline import configs",
        f"configs.METADATA_PATH = {str(elsewhere / 'metadata.db')!r}",
        "beam_runner.create_pipeline = local_runner.create_pipeline = tiny.create_pipeline",
        "from ml_metadata.metadata_store import MetadataStore",
        "from tfx.orchestration.metadata import sqlite_metadata_connection_config as connection",
        "def states():",
        "    store = MetadataStore(connection(configs.METADATA_PATH))",
        "    return [one.last_known_state for one in store.get_executions_by_type('tiny.Judge')]",
        "from apache_beam.runners.portability import prism_runner",
        "prism_runner.PrismRunner = lambda: sys.exit('This would look for a program on the network.')",
    )
    env = {**PLAIN, "PIPELINE_BEAM_ARGS": "--runner=FlinkRunner"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join((*head, *lines))],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr[-3000:]
    return done.stdout.strip()


def test_beam_shares_the_cache_and_runs_an_unchanged_pipeline_again(
    project: exporting.Project, tmp_path: Path
) -> None:
    with_options = "beam_runner.run(['--runner=FnApiRunner'])"
    lines = ("local_runner.run()", "beam_runner.run()", "print(states())")
    said = run(project.folder, tmp_path, *lines, with_options, with_options, "print(len(states()))")
    complete, cached = metadata_store_pb2.Execution.COMPLETE, metadata_store_pb2.Execution.CACHED
    assert said.splitlines() == [str([complete, cached]), "4"]
