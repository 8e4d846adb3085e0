"""One definition: what ran, by ML Metadata, against what was compiled, and what excuses a difference."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from google.protobuf import json_format
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx
from tfx.orchestration import metadata

from tests.orchestration.kubeflow.conftest import compile_nodes
from utils.orchestration.errors import OrchestrationError
from utils.orchestration.kubeflow import credentials, definitions, ir
from utils.pipeline import components, custom_config
from utils.pipeline.config import PipelineConfig
from utils.pipeline.store import metadata_config

Event = metadata_store_pb2.Event


class Recorder:
    """Writes executions as the older machinery of TFX does, whose properties are all texts."""

    def __init__(self, folder: Path) -> None:
        self.handle = metadata.Metadata(metadata_config(folder))
        self.made: dict[tuple[str, str], int] = {}
        self.executions: dict[str, int] = {}

    def record(self, node, properties: dict) -> None:
        store = self.handle.store
        kind = metadata_store_pb2.ExecutionType(
            name=type(node).__module__ + "." + type(node).__name__
        )
        for name in ("component_id", "state", *properties):
            kind.properties[name] = metadata_store_pb2.STRING
        one = metadata_store_pb2.Execution(type_id=store.put_execution_type(kind))
        for name, value in {"component_id": node.id, "state": "complete", **properties}.items():
            one.properties[name].string_value = str(value)
        (self.executions[node.id],) = store.put_executions([one])
        for key, channel in node.inputs.items():
            source = (
                getattr(channel, "producer_component_id", ""),  # a Resolver's inputs have none
                getattr(channel, "output_key", ""),
            )
            if source in self.made:
                self._event(node.id, self.made[source], key, Event.DECLARED_INPUT)
        for key, channel in node.outputs.items():
            artifact = metadata_store_pb2.Artifact(
                type_id=store.put_artifact_type(
                    metadata_store_pb2.ArtifactType(name=channel.type_name)
                )
            )
            (self.made[node.id, key],) = store.put_artifacts([artifact])
            self._event(node.id, self.made[node.id, key], key, Event.OUTPUT)

    def _event(self, name: str, artifact: int, key: str, kind: int) -> None:
        event = Event(artifact_id=artifact, execution_id=self.executions[name], type=kind)
        event.path.steps.add(key=key)
        event.path.steps.add(index=0)
        self.handle.store.put_events([event])


def with_infra_validator() -> dict:
    built = components.build(PipelineConfig())
    built["infra_validator"] = tfx.components.InfraValidator(
        model=built["trainer"].outputs["model"], serving_spec=tfx.proto.ServingSpec()
    )
    return built


@pytest.fixture(scope="module")
def nodes() -> dict:
    return with_infra_validator()


@pytest.fixture(scope="module")
def here(nodes, tmp_path_factory) -> definitions.Definition:
    folder = tmp_path_factory.mktemp("store")
    recorder = Recorder(folder)
    with recorder.handle:
        for node in nodes.values():
            properties = {
                name: json.dumps(value) if isinstance(value, (list, dict)) else value
                for name, value in node.exec_properties.items()
            }
            custom = properties.get("custom_config")
            if isinstance(custom, str) and custom != "null":
                stamped = {**json.loads(custom), definitions.STAMP: "0123"}
                properties["custom_config"] = json.dumps(stamped)
            if node.id == "ExampleGen":  # as its driver and the context leave it
                properties["input_config"] = properties["input_config"].replace("{SPAN}", "1")
                packed = custom_config.pack({definitions.STAMP: "0123"})
                properties["custom_config"] = json_format.MessageToJson(
                    packed, preserving_proto_field_name=True
                )
            recorder.record(node, {**properties, "span": 1})
        return definitions.of_executions(recorder.handle.store, recorder.executions.values())


def test_what_ran_and_what_was_compiled_are_the_same_but_for_the_infra_validator(
    here, compiled_files
):
    for file in compiled_files.values():
        compared = definitions.compare(here, definitions.of_compiled(ir.read(file)))
        assert compared.unexplained == ()
        assert compared.counts["components"] == 9
        assert compared.counts["connections"] == 14
        assert compared.counts["parameters"] > 15
        named = [one for one in compared.differences if one.kind == "component"]
        assert [one.name for one in named] == ["InfraValidator"]
        assert "does not know" in named[0].why


def test_what_the_driver_has_filled_in_is_told(here, compiled_file):
    compared = definitions.compare(here, definitions.of_compiled(ir.read(compiled_file)))
    (filled,) = [one for one in compared.differences if one.name == "ExampleGen.input_config"]
    assert "S1/" in filled.here and "S{SPAN}/" in filled.compiled
    assert "driver" in filled.why


def test_tfx_s_compiler_does_not_know_the_infra_validator(tmp_path):
    with pytest.raises(NotImplementedError, match="InfraValidator"):
        compile_nodes(list(with_infra_validator().values()), tmp_path)


def test_the_resolver_s_two_tasks_are_folded(compiled_file):
    compiled = ir.read(compiled_file)
    found = definitions.of_compiled(compiled)
    assert found.resolvers == {"LatestBlessedModel"}
    assert len(compiled.tasks) == len(found.components) + 1
    baseline = ("baseline_model", "LatestBlessedModel-model-resolver", "model")
    assert baseline in ir.taken(compiled.tasks["Evaluator"])


def test_a_parameter_of_the_run_has_the_run_s_value(here, tmp_path):
    data = tfx.dsl.experimental.RuntimeParameter(name="data", ptype=str, default="nowhere")
    for name in ("complaints.json", "old.json"):
        for place in (PipelineConfig().input_base, "gs://elsewhere"):
            other = components.build(PipelineConfig())  # a node belongs to one pipeline only
            other["example_gen"].exec_properties["input_base"] = data
            file = compile_nodes(list(other.values()), tmp_path, name, data=place)
            compared = definitions.compare(here, definitions.of_compiled(ir.read(file)))
            differs = [one.name for one in compared.unexplained]
            assert differs == (["ExampleGen.input_base"] if place.startswith("gs:") else [])


@pytest.mark.parametrize(
    "given",
    [
        {"runtimeConfig": None},
        {"runtimeConfig": {"parameters": {"data": {}}}},
        {"runtimeConfig": {"parameters": None, "parameterValues": None}},
        {"runtime_config": {"parameters": {"data": {"stringValue": "token=abcdef123"}}}},
        {"runtime_config": {"parameter_values": {"data": "token=abcdef123"}}},
    ],
)
def test_a_job_is_read_in_every_spelling_that_its_proto_takes(compiled_file, given):
    found = json.loads(compiled_file.read_text())
    found.pop("runtimeConfig", None)
    inputs = found["pipelineSpec"]["root"]["dag"]["tasks"]["Pusher"]["inputs"]["parameters"]
    inputs["data"] = {"componentInputParameter": "data"}
    compiled = ir.parse({**found, **given})
    value = "token=abcdef123" if "runtime_config" in given else None
    assert definitions.of_compiled(compiled).parameters.get(("Pusher", "data")) == value
    assert len(credentials.find(compiled)) == (value is not None)


def test_each_kind_of_difference_is_told(here, compiled_file):
    there = definitions.of_compiled(ir.read(compiled_file))
    less = dataclasses.replace(
        there,
        components=there.components - {"Pusher"},
        connections=there.connections - {("Trainer", "model", "Pusher", "model")},
        parameters={**there.parameters, ("Trainer", "run_fn"): "another.run_fn"},
    )
    found = {(one.kind, one.name) for one in definitions.compare(here, less).unexplained}
    assert found == {
        ("component", "Pusher"),
        ("connection", "Trainer.model → Pusher.model"),
        ("parameter", "Trainer.run_fn"),
    }


def test_two_executions_of_one_component_are_no_definition(tmp_path, nodes):
    recorder = Recorder(tmp_path)
    with recorder.handle:
        recorder.record(nodes["example_gen"], {})
        first = recorder.executions["ExampleGen"]
        recorder.record(nodes["example_gen"], {})
        store = recorder.handle.store
        with pytest.raises(OrchestrationError, match="there once"):
            definitions.of_executions(store, [first, recorder.executions["ExampleGen"]])
        with pytest.raises(OrchestrationError, match="there once"):
            definitions.of_executions(store, [])
