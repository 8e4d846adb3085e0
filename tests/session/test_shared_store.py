"""Notebooks, ``run_pipeline``, a plain LocalDagRunner and a plain InteractiveContext on one store; some are killed."""

from __future__ import annotations

import collections
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.forked import Program
from utils.session.errors import ComponentFailed

HEAD = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from tfx import v1 as tfx
from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext
from tests.session import parts
from utils.lineage.steps import Steps
from utils.pipeline import runners
from utils.session.context import WorkbookContext
InteractiveShell.instance()
store = Path({store!r})
where = dict(
    pipeline_name="complaints",
    pipeline_root=str(runners.pipeline_root(store)),
    metadata_connection_config=runners.metadata_config(store),
)
def pipeline(*nodes):
    return tfx.dsl.Pipeline(components=list(nodes), enable_cache=True, **where)
part = parts.Wait(gate={gate!r}).with_id({name!r})
"""

PROGRAMS = {
    "LocalDagRunner": "tfx.orchestration.LocalDagRunner().run(pipeline(part))",
    "InteractiveContext": "InteractiveContext(**where).run(part)",
    "run_pipeline": "runners.run_pipeline(pipeline(part), store)",
    "notebook": "WorkbookContext(store).run(part)",
    # Between two steps, where a reader looks at what the first has done.
    "steps": "import signal\nrun = Steps(WorkbookContext(store), part)\nrun.driver()\n"
    "Path(run.output_uris['out'], 'started').touch()\nsignal.pause()",
}

Start = Callable[[str], Program]


@pytest.fixture(autouse=True, scope="module")
def ipython():
    from IPython.core.interactiveshell import InteractiveShell

    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def context(tmp_path):
    from utils.session.context import WorkbookContext

    return WorkbookContext(tmp_path / "store")


@pytest.fixture
def start(context, tmp_path) -> Iterator[Start]:
    """Start programs, each of which runs one component that waits for the file ``gate``; none survives the test."""
    started: list[Program] = []

    def one(name: str) -> Program:
        head = HEAD.format(store=str(context.store), gate=str(tmp_path / "gate"), name=name)
        child = Program(head + PROGRAMS[name], tmp_path / f"{name}.log")
        started.append(child)
        return child

    yield one
    for child in started:
        child.kill()
        child.wait()


def wait_until_at_work(context, **children: Program) -> None:
    deadline = time.monotonic() + 500
    for name, child in children.items():
        while not files(context, name):
            assert child.poll() is None, log(context, name)
            assert time.monotonic() < deadline, log(context, name)
            time.sleep(0.05)


def log(context, name: str) -> str:
    return (context.store.parent / f"{name}.log").read_text()[-2000:]


def files(context, name: str) -> set[str]:
    return {file.name for file in (context.store / "artifacts" / name).glob("out/*/*")}


def kill(child: Program) -> None:
    child.send_signal(signal.SIGKILL)
    child.wait()


def states(context) -> dict[str, str]:
    """The state of the only execution of each component."""
    from utils.lineage import records

    with context.metadata() as handle:
        executions = handle.store.get_executions()
        names = records.component_names(handle.store, executions)
        found = [(names[e.id], records.execution_state(e)) for e in executions]
    assert len(dict(found)) == len(found)
    return dict(found)


def test_only_what_the_workbook_registered_is_ended(context, start, tmp_path):
    from tests.session.parts import Copy, Write

    strangers = {name: start(name) for name in ("LocalDagRunner", "InteractiveContext")}
    ours = {name: start(name) for name in ("run_pipeline", "steps")}
    wait_until_at_work(context, **strangers, **ours)
    source = Write(text="")
    context.run(source)
    with pytest.raises(ComponentFailed):
        context.run(Copy(source=source.outputs["out"]))
    at_work = dict.fromkeys([*strangers, *ours], "running")
    assert states(context) == {**at_work, "Write": "complete", "Copy": "failed"}

    for child in (*ours.values(), strangers["InteractiveContext"]):
        kill(child)
    context.run(Write(text="after").with_id("After"))
    for name in ours:
        assert states(context)[name] == "canceled"
        assert not [one for one in (context.store / "artifacts" / name).rglob("*") if one.is_file()]
    for name in strangers:
        assert states(context)[name] == "running"
        assert files(context, name) == {"started"}
    assert not list((context.store / "claims").iterdir())

    (tmp_path / "gate").touch()
    assert strangers["LocalDagRunner"].wait(timeout=240) == 0, log(context, "LocalDagRunner")
    assert states(context)["LocalDagRunner"] == "complete"
    assert files(context, "LocalDagRunner") == {"started", "text"}


def test_a_notebook_waits_for_another_and_takes_over_when_it_is_killed(context, start):
    from tests.session.parts import Write

    child = start("notebook")
    wait_until_at_work(context, notebook=child)
    kill(child)
    context.run(Write(text="a"))
    assert states(context) == {"notebook": "canceled", "Write": "complete"}
    assert not files(context, "notebook")


def test_run_pipeline_beside_a_notebook_on_the_same_components(context, start, tmp_path):
    """The caches of the two are apart: each answers its own, and neither disturbs the other."""
    from tfx import v1 as tfx

    from tests.session.parts import Copy, Write
    from utils.pipeline import runners

    def nodes():
        write = Write(text="the same")
        return write, Copy(source=write.outputs["out"])

    def by_dag_runner():
        built = tfx.dsl.Pipeline(
            pipeline_name=context.pipeline_name,
            pipeline_root=context.pipeline_root,
            components=list(nodes()),
            enable_cache=True,
            metadata_connection_config=context.metadata_connection_config,
        )
        return [node.cached for node in runners.run_pipeline(built, context.store).nodes.values()]

    child = start("run_pipeline")
    wait_until_at_work(context, run_pipeline=child)
    assert [context.run(node).cached for node in nodes()] == [False, False]
    assert by_dag_runner() == [False, False]
    assert [context.run(node).cached for node in nodes()] == [True, True]
    assert by_dag_runner() == [True, True]
    (tmp_path / "gate").touch()
    assert child.wait(timeout=240) == 0, log(context, "run_pipeline")
    with context.metadata() as handle:
        counts = collections.Counter(e.last_known_state for e in handle.store.get_executions())
    from ml_metadata.proto import metadata_store_pb2 as mlmd

    assert counts == {mlmd.Execution.COMPLETE: 5, mlmd.Execution.CACHED: 4}
