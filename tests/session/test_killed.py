"""The kernel is killed inside every component of the pipeline in turn, and the pipeline is run again each time."""

from __future__ import annotations

import collections
import signal
from pathlib import Path

import pytest

from tests.forked import Program, said

COMPONENTS = (
    "ExampleGen",
    "StatisticsGen",
    "SchemaGen",
    "ExampleValidator",
    "Transform",
    "Trainer",
    "Resolver",
    "Evaluator",
    "Pusher",
)

NAMES = {"Resolver": "LatestBlessedModel"}
"""How ML Metadata names a component, where it is not its own name."""

NOTEBOOK = """
import json, os, signal, threading, time
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from tfx import v1 as tfx
from tfx.orchestration.launcher.in_process_component_launcher import InProcessComponentLauncher
from tests.pipeline.pipeline_run import small_config
from utils.session.context import WorkbookContext

store, victim, moment = Path({store!r}), {victim!r}, {moment!r}
seconds = {{}}

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def wrapped(work, name):
    def run(self, *given, **named):
        here = name or self._component_info.component_id
        if here != victim:
            begun = time.monotonic()
            result = work(self, *given, **named)
            seconds[here] = time.monotonic() - begun
            return result
        if moment == "middle":
            before = json.loads(Path({seconds!r}).read_text())[victim]
            if before < 0.02:
                die()
            threading.Timer(before / 2, die).start()
        work(self, *given, **named)
        print("at its end", flush=True)
        die()
    return run

launcher, strategy = InProcessComponentLauncher, tfx.dsl.experimental.LatestBlessedModelStrategy
launcher._run_executor = wrapped(launcher._run_executor, "")
strategy.resolve_artifacts = wrapped(strategy.resolve_artifacts, {resolver!r})
print(WorkbookContext(store).catch_up(small_config(store), until="pusher"))
Path({seconds!r}).write_text(json.dumps(seconds))
"""
"""Dies in the middle of an executor, by the time that it took in an undisturbed run; or at its end, where it leaves
most behind: the outputs are written, and ML Metadata has not heard of it. The Resolver has no executor: its strategy
is what takes its time."""


def code(folder: Path, store: str, victim: str = "", moment: str = "") -> str:
    return NOTEBOOK.format(
        store=str(folder / store),
        victim=NAMES.get(victim, victim),
        moment=moment,
        seconds=str(folder / "seconds.json"),
        resolver=NAMES["Resolver"],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which a first, undisturbed run has left how long each executor takes."""
    made = tmp_path_factory.mktemp("killed")
    said(code(made, "undisturbed"), made / "undisturbed.log")
    return made


@pytest.mark.heavy
@pytest.mark.parametrize("moment", ["middle", "end"])
@pytest.mark.parametrize("victim", COMPONENTS)
def test_a_kernel_killed_inside_a_component(folder, victim, moment):
    """Each time what was finished before answers from the cache, and what was half done is gone, and no more."""
    from ml_metadata.metadata_store import MetadataStore
    from ml_metadata.proto import metadata_store_pb2 as mlmd

    from utils.lineage import records
    from utils.pipeline import runners

    store, log = folder / moment, folder / f"{victim}-{moment}.log"
    dying = Program(code(folder, moment, victim, moment), log)
    assert dying.wait(600) == -signal.SIGKILL, log.read_text()[-2000:]
    assert ("at its end" in log.read_text()) == (moment == "end")

    found = MetadataStore(runners.metadata_config(store))

    def states() -> collections.Counter[tuple[str, str]]:
        names = records.component_names(found)
        return collections.Counter(
            (names[one.id], records.execution_state(one)) for one in found.get_executions()
        )

    name = NAMES.get(victim, victim)
    killed = states()
    assert sum(count for (_, state), count in killed.items() if state == "running") <= 1
    before = {key: count for key, count in killed.items() if key[1] == "complete"}

    assert "9 components" in said(code(folder, moment), log)
    after = states()
    assert all(after[key] == count for key, count in before.items() if key[0] != name)
    assert after[name, "running"] == 0
    assert after[name, "canceled"] == killed[name, "canceled"] + killed[name, "running"]
    for artifact in found.get_artifacts():
        live = artifact.state == mlmd.Artifact.LIVE
        assert Path(artifact.uri).exists() == live, artifact.uri
