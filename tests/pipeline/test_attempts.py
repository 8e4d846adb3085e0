"""A component's second attempt in one run, by TFX's own records."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from ml_metadata import errors
from ml_metadata.metadata_store import MetadataStore
from tfx.orchestration import data_types, metadata
from tfx.types import standard_artifacts

from utils.pipeline import attempts
from utils.pipeline.store import metadata_config
from utils.session import baseline

RUN = data_types.PipelineInfo(pipeline_name="complaints", pipeline_root="/nowhere", run_id="manual")
COMPONENT = data_types.ComponentInfo(
    component_type="ExampleGen", component_id="ExampleGen", pipeline_info=RUN
)


def attempt(handle, named=True):
    """Do what TFX's driver does before a component begins: register the execution, and its output."""
    contexts = handle.register_pipeline_contexts_if_not_exists(RUN)
    execution = handle.register_execution(RUN, COMPONENT, contexts)
    artifact = standard_artifacts.Examples()
    artifact.uri = f"/nowhere/{execution.id}"
    if named:
        artifact.name = f"examples:{RUN.run_id}"
    handle.update_execution(
        execution=execution, component_info=COMPONENT, contexts=contexts,
        output_artifacts={"examples": [artifact]},
    )  # fmt: skip
    return artifact


def found(handle):
    return handle.search_artifacts("examples", RUN, "ExampleGen")


@pytest.fixture
def store(tmp_path):
    yield metadata_config(tmp_path)
    baseline.restore_events()


def test_without_it_the_next_component_finds_what_both_attempts_registered(store):
    with metadata.Metadata(store) as handle:
        attempt(handle, named=False)
        attempt(handle, named=False)
        assert len(found(handle)) == 2


def test_without_it_a_second_output_of_the_same_name_is_refused(store):
    with metadata.Metadata(store) as handle:
        attempt(handle)
        with pytest.raises(errors.AlreadyExistsError):
            attempt(handle)


def test_with_it_the_next_component_finds_the_second_attempt_s(store):
    with metadata.Metadata(store) as handle:
        attempt(handle)
    task = SimpleNamespace(dag_id="complaints", run_id="manual", task_id="ExampleGen", try_number=2)
    attempts.start_afresh(store)({"ti": task})
    with metadata.Metadata(store) as handle:
        second = attempt(handle)
        handle.publish_execution(COMPONENT, {"examples": [second]})
        assert [one.uri for one in found(handle)] == [second.uri]
    plain = MetadataStore(store)
    assert [one.properties["component_id"].string_value for one in plain.get_executions()] == [
        "ExampleGen (failed)",
        "ExampleGen",
    ]
    first, other = sorted(plain.get_artifacts(), key=lambda one: one.id)
    assert (first.name, first.state) == ("examples:manual", first.ABANDONED)
    assert (other.name, other.state) == ("examples:manual, attempt 2", other.LIVE)
    # What has finished stays as it is.
    assert not attempts.put_aside(plain, "complaints", "manual", "ExampleGen")


def test_a_first_attempt_has_nothing_to_put_aside(store):
    assert not attempts.put_aside(MetadataStore(store), "complaints", "manual", "ExampleGen")
