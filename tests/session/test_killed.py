"""The kernel is killed inside every component of the pipeline in turn, and the pipeline is run again each time."""

from __future__ import annotations

import collections
import signal
from pathlib import Path

import pytest

from tests.forked import Program, said

# A case runs the pipeline up to its victim, in a store that the cases of earlier victims have filled.
pytestmark = [pytest.mark.heavy, pytest.mark.in_order]

COMPONENTS = {
    "ExampleGen": "example_gen",
    "StatisticsGen": "statistics_gen",
    "SchemaGen": "schema_gen",
    "ExampleValidator": "example_validator",
    "Transform": "transform",
    "Trainer": "trainer",
    "LatestBlessedModel": "resolver",
    "Evaluator": "evaluator",
    "Pusher": "pusher",
}
"""The nine components: how ML Metadata names them, and the pipeline."""

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
            if before < 0.2:
                die()
            threading.Timer(before / 10, die).start()
        work(self, *given, **named)
        print("at its end", flush=True)
        die()
    return run

launcher, strategy = InProcessComponentLauncher, tfx.dsl.experimental.LatestBlessedModelStrategy
launcher._run_executor = wrapped(launcher._run_executor, "")
strategy.resolve_artifacts = wrapped(strategy.resolve_artifacts, {resolver!r})
print(WorkbookContext(store).catch_up(small_config(store), until={until!r}))
if not Path({seconds!r}).exists():
    Path({seconds!r}).write_text(json.dumps(seconds))
"""
"""Dies in the middle, when a tenth of the time is over that the executor took in an undisturbed run; or at its end,
where it leaves most behind: the outputs are written, and ML Metadata has not heard of it. The Resolver has no executor:
its strategy is what takes its time."""


def code(folder: Path, store: str, until: str, victim: str = "", moment: str = "") -> str:
    return NOTEBOOK.format(
        store=str(folder / store),
        victim=victim,
        until=COMPONENTS[until],
        moment=moment,
        seconds=str(folder / "seconds.json"),
        resolver="LatestBlessedModel",
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which a first, undisturbed run has left how long each executor takes."""
    made = tmp_path_factory.mktemp("killed")
    said(code(made, "undisturbed", "Pusher"), made / "undisturbed.log")
    return made


@pytest.mark.parametrize("moment", ["middle", "end"])
@pytest.mark.parametrize("victim", COMPONENTS)
def test_a_kernel_killed_inside_a_component(folder, victim, moment):
    """Each time what was finished before answers from the cache, and what was half done is gone, and no more."""
    from ml_metadata.metadata_store import MetadataStore
    from ml_metadata.proto import metadata_store_pb2 as mlmd

    from utils.lineage import records
    from utils.pipeline import runners

    store, log = folder / moment, folder / f"{victim}-{moment}.log"
    dying = Program(code(folder, moment, victim, victim, moment), log)
    assert dying.wait(600) == -signal.SIGKILL, log.read_text()[-2000:]
    assert ("at its end" in log.read_text()) == (moment == "end")

    found = MetadataStore(runners.metadata_config(store))

    def states() -> collections.Counter[tuple[str, str]]:
        executions = found.get_executions()
        names = records.component_names(found, executions)
        return collections.Counter(
            (names[one.id], records.execution_state(one)) for one in executions
        )

    killed = states()
    assert sum(count for (_, state), count in killed.items() if state == "running") <= 1
    before = {key: count for key, count in killed.items() if key[1] == "complete"}

    log.unlink()
    said(code(folder, moment, victim), log)
    after = states()
    assert all(after[key] == count for key, count in before.items() if key[0] != victim)
    assert after[victim, "running"] == 0
    assert after[victim, "canceled"] == killed[victim, "canceled"] + killed[victim, "running"]
    for artifact in found.get_artifacts():
        live = artifact.state == mlmd.Artifact.LIVE
        assert Path(artifact.uri).exists() == live, artifact.uri
