"""The context on a real store: cache, failures, order, deleted artifacts, two notebooks at once, a kernel killed."""

from __future__ import annotations

import importlib
import time
from pathlib import Path

import pytest

from tests.forked import Program
from utils.errors import WorkbookError
from utils.session.errors import ArtifactMissing, ComponentFailed, NotRunYet

HERE = str(Path(__file__).parent)

SCRIPT = """
import sys
sys.path.insert(0, {here!r})
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from pathlib import Path
from utils.session.context import WorkbookContext
import parts
context = WorkbookContext(Path({store!r}))
"""


@pytest.fixture(scope="module", autouse=True)
def ipython():
    """InteractiveContext.run does nothing outside IPython."""
    from IPython.core.interactiveshell import InteractiveShell

    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def context(tmp_path):
    from utils.session.context import WorkbookContext

    return WorkbookContext(tmp_path / "store")


@pytest.fixture
def parts(monkeypatch):
    """The components under the same name as in :data:`SCRIPT`, so that the cache knows them again."""
    monkeypatch.syspath_prepend(HERE)
    return importlib.import_module("parts")


def states(context) -> list[str]:
    from ml_metadata.proto import metadata_store_pb2

    with context.metadata() as handle:
        return [
            metadata_store_pb2.Execution.State.Name(e.last_known_state)
            for e in handle.store.get_executions()
        ]


def script(store: Path, code: str) -> str:
    return SCRIPT.format(here=HERE, store=str(store)) + code


def test_a_second_run_is_answered_from_the_cache_and_says_so(context, parts):
    first = context.run(parts.Write(text="a"))
    second = context.run(parts.Write(text="a"))
    assert (first.cached, second.cached) == (False, True)
    assert "was answered from the cache" in second.headline
    assert first.outputs[0].id == second.outputs[0].id
    assert states(context) == ["COMPLETE", "CACHED"]


def test_another_setting_runs_again(context, parts):
    context.run(parts.Write(text="a"))
    assert not context.run(parts.Write(text="b")).cached


def test_a_failure_says_what_and_why_and_leaves_nothing(context, parts):
    source = parts.Write(text="")
    context.run(source)
    copy = parts.Copy(source=source.outputs["out"])
    with pytest.raises(ComponentFailed) as caught:
        context.run(copy)
    assert caught.value.what.startswith("Copy failed after")
    assert "ValueError: the text is empty" in caught.value.what
    assert states(context) == ["COMPLETE", "FAILED"]
    assert not list(context.store.glob("artifacts/Copy/out/*"))


def test_the_full_report_is_kept(context, parts, capsys):
    context.traceback()
    assert "No component has failed" in capsys.readouterr().out
    source = parts.Write(text="")
    context.run(source)
    with pytest.raises(ComponentFailed):
        context.run(parts.Copy(source=source.outputs["out"]))
    context.traceback()
    report = capsys.readouterr().out
    assert "parts.py" in report
    assert "the text is empty" in report


def test_nothing_runs_on_what_failed(context, parts):
    source = parts.Write(text="")
    context.run(source)
    failed = parts.Copy(source=source.outputs["out"])
    with pytest.raises(ComponentFailed):
        context.run(failed)
    with pytest.raises(NotRunYet, match="Copy has not run in this notebook, or it failed"):
        context.run(parts.Copy(source=failed.outputs["out"]).with_id("Again"))
    with pytest.raises(NotRunYet):
        context.show(failed.outputs["out"])


def test_a_cell_out_of_order_is_named(context, parts):
    source = parts.Write(text="a")
    with pytest.raises(NotRunYet) as caught:
        context.run(parts.Copy(source=source.outputs["out"]))
    assert "context.run(...)` for Write first" in caught.value.cure


def test_a_deleted_artifact_is_named_and_made_anew(context, parts):
    import shutil

    source = parts.Write(text="a")
    context.run(source)
    copy = parts.Copy(source=source.outputs["out"])
    shutil.rmtree(source.outputs["out"].get()[0].uri)
    with pytest.raises(ArtifactMissing) as caught:
        context.run(copy)
    assert "Write" in caught.value.cure
    assert not context.run(source).cached, "what is gone cannot come from the cache"
    assert not context.run(copy).cached


def test_an_unknown_component_to_catch_up_with_is_named(context):
    from utils.pipeline.config import PipelineConfig

    with pytest.raises(WorkbookError) as caught:
        context.catch_up(PipelineConfig(), until="scheme_gen")
    assert "schema_gen" in caught.value.cure


def test_a_missing_data_folder_is_named(context, tmp_path):
    from utils.pipeline import components
    from utils.pipeline.config import PipelineConfig

    config = PipelineConfig(input_base=str(tmp_path / "nowhere"))
    with pytest.raises(ComponentFailed) as caught:
        context.run(components.example_gen(config))
    assert "input_base" in caught.value.cure


def test_a_kernel_killed_inside_a_component_can_run_it_again(context, parts, tmp_path):
    gate = tmp_path / "gate"
    code = f"context.run(parts.Wait(gate={str(gate)!r}))"
    child = Program(script(context.store, code), tmp_path / "log")
    try:
        deadline = time.monotonic() + 500
        while not (begun := list(context.store.glob("artifacts/Wait/out/*/started"))):
            assert child.poll() is None, "the component never started"
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        child.kill()
        child.wait()
    assert states(context) == ["RUNNING"]
    gate.touch()
    assert not context.run(parts.Wait(gate=str(gate))).cached
    assert states(context) == ["CANCELED", "COMPLETE"]
    (half_done,) = begun
    assert not half_done.parent.exists()


def test_two_notebooks_at_once_leave_the_store_sound(context, parts, tmp_path):
    code = (
        "results = [context.run(parts.Write(text=str(i), seconds=0.2)) for i in range(6)]\n"
        "print(sum(r.cached for r in results))"
    )
    logs = [tmp_path / "one", tmp_path / "two"]
    children = [Program(script(context.store, code), log) for log in logs]
    assert [child.wait(240) for child in children] == [0, 0]
    cached = [int(log.read_text().split()[-1]) for log in logs]
    assert sum(cached) == 6, "each text was written once and answered from the cache once"
    assert sorted(states(context)) == ["CACHED"] * 6 + ["COMPLETE"] * 6
    assert all(context.run(parts.Write(text=str(i), seconds=0.2)).cached for i in range(6))


def test_a_chapter_has_a_folder_of_its_own_in_the_store(context):
    folder = context.folder("05")
    assert folder == context.folder("05") == context.store / "chapters" / "05"
    assert folder.is_dir()
    assert folder != context.folder("06")


def test_another_pipeline_reads_from_this_one_and_has_a_cache_and_artifacts_of_its_own(
    context, parts
):
    made, again = parts.Write(text="x"), parts.Write(text="x")
    context.run(made)
    other = context.pipeline("trials")
    assert not other.run(again).cached
    assert other.run(parts.Write(text="x")).cached
    copied = parts.Copy(source=made.outputs["out"])
    other.run(copied)
    with context.metadata() as handle:
        held = {
            one.name: {artifact.id for artifact in handle.store.get_artifacts_by_context(one.id)}
            for one in handle.store.get_contexts_by_type("pipeline")
        }
    (artifact,) = copied.outputs["out"].get()
    assert artifact.id in held["trials"] - held["complaints"]
