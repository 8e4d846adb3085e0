"""What goes wrong in components of the reader's own: one sentence each, and nothing half-written is left."""

from __future__ import annotations

from pathlib import Path

import pytest
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx
from tfx.components.example_gen.component import FileBasedExampleGen
from tfx.dsl.components.base.executor_spec import BeamExecutorSpec

from tests.custom import parts
from utils.session.errors import ComponentFailed


@pytest.fixture(scope="module")
def source(context):
    """A component that has done everything right."""
    component = parts.Source()
    context.run(component)
    return component


def failing(context, component) -> ComponentFailed:
    with pytest.raises(ComponentFailed) as caught:
        context.run(component)
    return caught.value


def files_of(context, component) -> list[Path]:
    return [path for path in Path(context.pipeline_root, component.id).rglob("*") if path.is_file()]


def states(context, component) -> list[int]:
    """The states of its executions, those of earlier tests included."""
    with context.metadata() as handle:
        found = handle.store.get_executions_by_type(component.type)
    return [one.last_known_state for one in found]


def makers(context, artifact) -> list[int]:
    """The executions whose output an artifact is, or that the cache has answered with it."""
    with context.metadata() as handle:
        events = handle.store.get_events_by_artifact_ids([artifact.id])
    return [one.execution_id for one in events if one.type == metadata_store_pb2.Event.OUTPUT]


MISTAKES = {
    "TextForNumber": "it returned 'thirteen' for the output 'leaked', which is declared as Integer.",
    "NoDictionary": "it returned 13 instead of a dictionary",
    "NoneForNumber": "it returned None for the output 'leaked'.",
    "ForgottenValue": "it returned no value for the output 'rows'.",
    "NothingWritten": "the output 'made' is empty",
    "FolderRemoved": "the output 'made' is not there",
    "UnknownProperty": "it set a property 'rows', which the artifact type Schema does not declare.",
    "Raises": "KeyError: 'complaint_id' (line ",
    "RaisesWhatCannotTravel": "LockedError: the lock is stuck (line ",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_sentence_and_leaves_nothing(context, name):
    before = states(context, getattr(parts, name)())
    for _ in range(2):  # No cache answers the second time.
        component = getattr(parts, name)()
        failure = failing(context, component)
        assert MISTAKES[name] in failure.what
        assert "\n" not in failure.what
        assert "0x" not in failure.what
        assert failure.cure
        assert not any(channel.get() for channel in component.outputs.values())
    assert files_of(context, component) == []
    failed = metadata_store_pb2.Execution.FAILED
    assert states(context, component) == [*before, failed, failed]


def test_the_line_of_an_error_is_that_of_the_reader_s_file(context):
    failure = failing(context, parts.Raises())
    (number,) = [
        number
        for number, line in enumerate(Path(parts.__file__).read_text().splitlines(), start=1)
        if 'KeyError("complaint_id")' in line
    ]
    assert f"(line {number} of parts.py)" in failure.what


@pytest.mark.parametrize("kind", [parts.PassedOn, parts.HandsOn])
def test_an_input_passed_on_as_an_output(context, source, kind):
    (passed,) = source.outputs["made"].get()
    before = makers(context, passed)
    component = kind(examples=source.outputs["made"])
    failure = failing(context, component)
    assert "the output 'made' is the input 'examples' passed on" in failure.what
    assert "`made.uri`" in failure.cure
    with context.metadata() as handle:
        (artifact,) = handle.store.get_artifacts_by_id([passed.id])
    assert artifact.state == metadata_store_pb2.Artifact.LIVE
    assert makers(context, passed) == before, "it has not become the output of another component"
    assert Path(passed.uri, "Split-train", "rows").is_file()


@pytest.mark.parametrize("kind", [parts.OnlyAProperty, parts.LogsWhatCannotTravel])
def test_what_is_allowed_is_not_refused(context, kind):
    context.run(kind())


def test_a_watched_component_is_handed_back_its_executor(context, source):
    assert source.executor_spec.executor_class is parts.Source_Executor  # type: ignore[attr-defined]
    assert context.run(parts.Source()).cached


def test_beam_is_given_what_cannot_travel(context):
    failure = failing(context, parts.BeamTakesAConnection())
    assert "pickle" in failure.what
    assert "inside of the function" in failure.cure
    assert files_of(context, parts.BeamTakesAConnection()) == []


def test_an_artifact_of_the_wrong_type_is_refused_when_the_component_is_built(context, source):
    with pytest.raises(TypeError, match=r"schema should be a Channel of type .*Schema.*Examples"):
        parts.TakesASchema(schema=source.outputs["made"])
    with context.metadata() as handle:
        assert not [one for one in handle.store.get_execution_types() if "TakesASchema" in one.name]


def test_a_type_whose_property_has_changed(context):
    context.run(parts.Measures())
    failure = failing(context, parts.MeasuresAnew())
    assert failure.what.endswith("knows the type Measure already, with other properties.")
    assert "a new name" in failure.cure


def test_a_picture_that_is_no_picture(context, written, tmp_path):
    from utils.ingestion import pictures

    scans = pictures.make(tmp_path / "scans", each=1)
    (scans / "letter" / "letter-002.png").write_text("to whom it may concern")
    component = FileBasedExampleGen(
        input_base=str(scans),
        input_config=tfx.proto.Input(
            splits=[tfx.proto.Input.Split(name="scans", pattern="*/*.png")]
        ),
        custom_executor_spec=BeamExecutorSpec(written("scan_executor").ScanExecutor),
    )
    failure = failing(context, component)
    assert "build" in failure.cure
    assert failure.what.endswith("letter-002.png is not a PNG picture, or a damaged one")
    assert files_of(context, component) == []
