"""The kernel is killed inside every component of the pipeline in turn, and the pipeline is run again each time."""

from __future__ import annotations

import collections
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from utils import paths

COMPONENTS = (
    "ExampleGen",
    "StatisticsGen",
    "SchemaGen",
    "ExampleValidator",
    "Transform",
    "Trainer",
    "Evaluator",
    "Pusher",
)
"""All but the Resolver, which has no executor that could be interrupted."""

NOTEBOOK = """
import os, signal, sys
sys.path.insert(0, {root!r})
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from pathlib import Path
from tfx.orchestration.launcher.in_process_component_launcher import InProcessComponentLauncher
from tests.pipeline.pipeline_run import small_config
from utils.session.context import WorkbookContext
work = InProcessComponentLauncher._run_executor

def work_and_die(self, *given):
    work(self, *given)
    if self._component_info.component_id == {victim!r}:
        os.kill(os.getpid(), signal.SIGKILL)

InProcessComponentLauncher._run_executor = work_and_die
context = WorkbookContext(Path({store!r}))
print(context.catch_up(small_config(Path({store!r})), until="pusher"))
"""
"""Dies where it leaves most behind: the outputs are written, and ML Metadata has not heard of it."""


def run(store: Path, victim: str = "") -> subprocess.CompletedProcess[str]:
    code = NOTEBOOK.format(root=str(paths.ROOT), store=str(store), victim=victim)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.heavy
def test_a_kernel_killed_inside_each_component(tmp_path):
    from ml_metadata.metadata_store import MetadataStore
    from ml_metadata.proto import metadata_store_pb2 as mlmd

    from utils.lineage import records
    from utils.pipeline import runners

    store = tmp_path / "store"
    for victim in COMPONENTS:
        died = run(store, victim)
        assert died.returncode == -signal.SIGKILL, died.stderr[-2000:]
    whole = run(store)
    assert whole.returncode == 0, whole.stderr[-2000:]
    assert "9 components" in whole.stdout

    found = MetadataStore(runners.metadata_config(store))
    names = records.component_names(found)
    states = collections.Counter(
        (names[one.id], records.execution_state(one)) for one in found.get_executions()
    )
    for component in COMPONENTS:
        assert states[component, "canceled"] == 1, "the one that was killed is closed"
        assert states[component, "complete"] == 1, "it ran once more, and then the cache answered"
        assert states[component, "running"] == 0
    for artifact in found.get_artifacts():
        live = artifact.state == mlmd.Artifact.LIVE
        assert Path(artifact.uri).exists() == live, "what was left half done is gone, and no more"
