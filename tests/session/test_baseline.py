"""A model that is its own baseline: TFX's plain context records it, and the workbook's takes another one."""

import types

import pytest
from IPython.core.interactiveshell import InteractiveShell
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx
from tfx.orchestration import metadata
from tfx.orchestration.experimental.interactive.interactive_context import InteractiveContext
from tfx.types import standard_artifacts

from utils import paths
from utils.pipeline import components, runners
from utils.pipeline.config import PipelineConfig
from utils.session import baseline


@pytest.fixture
def store(tmp_path):
    """A store in which three models were made, the first two of them blessed, one after the other."""
    with metadata.Metadata(runners.metadata_config(tmp_path)) as handle:
        yield handle.store


@pytest.fixture
def models(store, tmp_path):
    pipeline = metadata_store_pb2.ContextType(name="pipeline")
    context = metadata_store_pb2.Context(
        type_id=store.put_context_type(pipeline), name="complaints"
    )
    made = []
    for number in range(3):
        model = _put(store, context, standard_artifacts.Model(), tmp_path / f"model-{number}")
        made.append(model)
        blessing = standard_artifacts.ModelBlessing()
        blessing.set_int_custom_property("blessed", int(number < 2))
        blessing.set_int_custom_property("current_model_id", model.id)
        _put(store, context, blessing, tmp_path / f"blessing-{number}")
    return made


def _put(store, context, artifact, place):
    artifact.uri = str(place)
    kind = artifact.artifact_type
    artifact.mlmd_artifact.type_id = store.put_artifact_type(kind, can_add_fields=True)
    artifact.mlmd_artifact.state = metadata_store_pb2.Artifact.LIVE
    execution_type = metadata_store_pb2.ExecutionType(name="Maker")
    maker = metadata_store_pb2.Execution(type_id=store.put_execution_type(execution_type))
    event = metadata_store_pb2.Event(type=metadata_store_pb2.Event.OUTPUT)
    _, (number,), _ = store.put_execution(
        maker, [(artifact.mlmd_artifact, event)], [context], reuse_context_if_already_exist=True
    )
    artifact.id = number
    return artifact


def _component(candidate, compared):
    channels = {}
    for name, model in (("model", candidate), ("baseline_model", compared)):
        channels[name] = tfx.dsl.Channel(type=standard_artifacts.Model)
        channels[name].set_artifacts([model])
    return types.SimpleNamespace(inputs=channels)


@pytest.mark.parametrize(
    ("judged", "found", "taken"), [(2, 1, [1]), (1, 1, [0]), (0, 0, [1]), (2, 2, [1])]
)
def test_a_model_is_never_its_own_baseline(store, models, judged, found, taken):
    component = _component(models[judged], models[found])
    baseline.replace_candidate(component, store, "complaints")
    compared = component.inputs["baseline_model"].get()
    assert [model.id for model in compared] == [models[number].id for number in taken]


def test_without_another_blessed_model_there_is_no_baseline(store, models):
    component = _component(models[0], models[0])
    baseline.replace_candidate(component, store, "another pipeline")
    assert component.inputs["baseline_model"].get() == []


@pytest.fixture
def ipython():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
    baseline.restore_events()


@tfx.dsl.components.component
def Compare(
    first: tfx.dsl.components.InputArtifact[standard_artifacts.Model],
    second: tfx.dsl.components.InputArtifact[standard_artifacts.Model],
    made: tfx.dsl.components.OutputArtifact[standard_artifacts.Model],
):
    pass


def _twice(tmp_path):
    """Run a component on one artifact as both of its inputs."""
    context = InteractiveContext(pipeline_name="twice", pipeline_root=str(tmp_path))
    importer = tfx.dsl.Importer(str(tmp_path), standard_artifacts.Model).with_id("Importer")
    context.run(importer)
    same = importer.outputs["result"]
    component = Compare(first=same, second=same)
    return context, context.run(component)


def test_tfx_itself_stops_at_an_artifact_that_is_two_inputs(ipython, tmp_path):
    """When this fails, TFX has mended it, and ``mend_events`` can go."""
    with pytest.raises(AssertionError):
        _twice(tmp_path)


def test_with_the_mend_one_event_names_both_inputs(ipython, tmp_path):
    baseline.mend_events()
    baseline.mend_events()
    context, result = _twice(tmp_path)
    with metadata.Metadata(context.metadata_connection_config) as handle:
        events = handle.store.get_events_by_execution_ids([result.execution_id])
    (event,) = [event for event in events if event.type == metadata_store_pb2.Event.INPUT]
    assert [step.key for step in event.path.steps if step.key] == ["first", "second"]
    baseline.restore_events()
    with pytest.raises(AssertionError):
        _twice(tmp_path)


@pytest.mark.heavy
def test_the_nine_nodes_run_twice_in_a_plain_interactive_context(ipython, tmp_path):
    baseline.mend_events()
    config = PipelineConfig(
        input_base=str(paths.DATA / "complaints"),
        pattern="S{SPAN}.csv",
        pushed_models=tmp_path / "pushed",
        thresholds={"min_auc": 0.0},
    )
    context = InteractiveContext(pipeline_name="plain", pipeline_root=str(tmp_path / "root"))
    blessed = []
    for _ in range(2):
        nodes = components.build(config)
        for node in nodes.values():
            context.run(node)
        (blessing,) = nodes["evaluator"].outputs["blessing"].get()
        blessed.append(blessing.get_int_custom_property("blessed"))
    assert blessed == [1, 1]
