"""A component in its three steps, on a real store."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path

import pytest
from ml_metadata.proto import metadata_store_pb2 as mlmd
from tfx.types import channel_utils, standard_artifacts

from tests.session.parts import Copy, Write
from utils.lineage import payloads
from utils.lineage.errors import LineageError
from utils.lineage.steps import Steps
from utils.pipeline import manifests


@pytest.fixture
def context(tmp_path):
    from IPython.core.interactiveshell import InteractiveShell

    from utils.session.context import WorkbookContext

    InteractiveShell.instance()
    yield WorkbookContext(tmp_path / "store")
    InteractiveShell.clear_instance()


def test_each_step_leaves_its_own_trace(context):
    run = Steps(context, Write(text="hello"))
    driven = run.driver()
    assert driven.counts == {"artifacts": 1, "executions": 1, "contexts": 3, "events": 1}
    assert len(payloads.files(run.output_uris["out"])) == 0
    assert run.executor().rows == ()
    assert "text" in payloads.files(run.output_uris["out"]).index
    published = run.publisher()
    assert sum(published.counts.values()) == 0
    assert set(published.data["after"]) == {"Schema, live", "Write, complete"}


def test_what_was_made_by_hand_answers_the_ordinary_run(context):
    run = Steps(context, Write(text="hello"))
    run.driver(), run.executor(), run.publisher()
    result = context.run(Write(text="hello"))
    assert result.cached
    assert result.outputs[0].uri == run.output_uris["out"]


def test_it_runs_although_the_cache_could_answer(context):
    context.run(Write(text="hello"))
    run = Steps(context, Write(text="hello"))
    run.driver()
    run.executor()
    assert len(payloads.files(run.output_uris["out"])) > 0
    run.publisher()


def test_a_component_whose_input_is_not_there(context):
    write = Write(text="hello")
    with pytest.raises(LineageError, match=r"input 'source' is not there.*context\.run"):
        Steps(context, Copy(source=write.outputs["out"]))


def test_a_component_with_an_input_runs_step_by_step(context):
    write = Write(text="hello")
    context.run(write)
    run = Steps(context, Copy(source=write.outputs["out"]))
    seen = [(run.done, run.execution)]
    for step in (run.driver, run.executor, run.publisher):
        step()
        seen.append((run.done, run.execution))
    assert seen == [(0, 0), (1, 2), (2, 2), (3, 2)]
    assert Path(run.output_uris["out"], "text").read_text() == "hello"


def test_what_was_published_is_kept_so_that_damage_shows(context):
    run = Steps(context, Write(text="hello"))
    run.driver(), run.executor(), run.publisher()
    with context.metadata() as handle:
        (artifact,) = handle.store.get_artifacts()
    assert manifests.damage(context.store, artifact) == ""
    Path(run.output_uris["out"], "text").unlink()
    assert manifests.damage(context.store, artifact) != ""


def test_it_is_launched_as_the_context_launches(context):
    launcher = Steps(context, Write(text="hello"))._launcher
    info = launcher._pipeline_info
    assert (info.pipeline_name, info.pipeline_root) == (
        context.pipeline_name,
        context.pipeline_root,
    )
    assert abs(dt.datetime.now() - dt.datetime.fromisoformat(info.run_id)).days == 0
    assert launcher._beam_pipeline_args == list(context.beam_pipeline_args)
    assert launcher._additional_pipeline_args == {}
    assert launcher._driver_args.interactive_resolution


def states(context) -> list[int]:
    with context.metadata() as handle:
        return [one.last_known_state for one in handle.store.get_executions()]


def test_another_notebooks_run_in_between_leaves_it_alone(context):
    from utils.session.context import WorkbookContext

    run = Steps(context, Write(text="hello"))
    run.driver()
    WorkbookContext(context.store).run(Write(text="in between"))
    assert states(context)[0] == mlmd.Execution.RUNNING
    run.executor()
    run.publisher()
    assert set(states(context)) == {mlmd.Execution.COMPLETE}


def test_one_that_is_given_up_is_ended_by_the_next_run(context):
    run = Steps(context, Write(text="hello"))
    run.driver()
    del run
    gc.collect()
    context.run(Write(text="in between"))
    assert states(context) == [mlmd.Execution.CANCELED, mlmd.Execution.COMPLETE]
    assert not list((context.store / "claims").iterdir())


@pytest.mark.parametrize(
    ("done", "call", "cure"),
    [
        ([], "executor", r"call driver\(\) before executor\(\)"),
        (["driver"], "publisher", r"call executor\(\) before publisher\(\)"),
        (["driver"], "driver", r"driver of this run is done already: make new Steps"),
    ],
)
def test_out_of_turn(context, done, call, cure):
    run = Steps(context, Write(text="hello"))
    for name in done:
        getattr(run, name)()
    with pytest.raises(LineageError, match=cure):
        getattr(run, call)()


def test_before_the_driver_there_is_no_place(context):
    with pytest.raises(LineageError, match=r"call `driver\(\)` first"):
        _ = Steps(context, Write(text="hello")).output_uris


def test_an_input_with_an_id_and_no_address_is_not_there(context):
    artifact = standard_artifacts.Schema()
    artifact.id = 1
    with pytest.raises(LineageError, match=r"input 'source' is not there"):
        Steps(context, Copy(source=channel_utils.as_channel([artifact])))
