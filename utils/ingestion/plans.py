"""What an orchestrator gets to see of a component that cannot run here: TFX's intermediate representation.

Compiling a component checks all that can be checked without its database: types, splits, settings. The file is read
back with TFX's own message, which refuses what does not belong.

Source: ``tfx.dsl.compiler.compiler.Compiler``, ``tfx.proto.orchestration.pipeline_pb2``
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from tfx import v1 as tfx
from tfx.dsl.compiler import compiler
from tfx.proto import example_gen_pb2
from tfx.proto.orchestration import pipeline_pb2

from utils.files import atomic_text
from utils.pipeline import custom_config


@dataclass(frozen=True, repr=False)
class Plan:
    """A compiled component, as it was read back from its file.

    Attributes:
        path: The file, JSON.
        component: The component's type.
        query: The query that it would run.
        splits: Split name to its number of hash buckets.
        executor: The class that would run it.
        options: Its ``custom_config`` as JSON; empty for none.
    """

    path: Path
    component: str
    query: str
    splits: dict[str, int]
    executor: str
    options: dict[str, Any]

    def __repr__(self) -> str:
        """Return one line per fact."""
        splits = ", ".join(f"{name} {buckets}" for name, buckets in self.splits.items())
        facts = {
            "component": self.component,
            "executor": self.executor,
            "splits": splits,
            "options": json.dumps(self.options),
            "query": " ".join(self.query.split()),
        }
        return "\n".join(f"{name:<10} {fact}" for name, fact in facts.items())


def compile_alone(component: Any, path: Path) -> Plan:
    """Compile a query-based ExampleGen into a pipeline of its own, write it and read it back.

    Args:
        component: The component; it is not run.
        path: The JSON file to write.

    Returns:
        What the file says.
    """
    pipeline = tfx.dsl.Pipeline(
        pipeline_name="plan", pipeline_root="plan-root", components=[component], enable_cache=True
    )
    message = compiler.Compiler().compile(pipeline)
    with atomic_text(path) as file:
        file.write(json_format.MessageToJson(message, preserving_proto_field_name=True))
    return read(path)


def read(path: Path) -> Plan:
    """Read a plan, checked by TFX's own message types.

    Args:
        path: A file that :func:`compile_alone` wrote.

    Returns:
        What the file says.

    Raises:
        google.protobuf.json_format.ParseError: If the file is no such plan.
    """
    message = json_format.Parse(path.read_text(encoding="utf-8"), pipeline_pb2.Pipeline())
    node = message.nodes[0].pipeline_node
    settings = {
        name: value.field_value.string_value for name, value in node.parameters.parameters.items()
    }
    given = json_format.Parse(settings["input_config"], example_gen_pb2.Input())
    made = json_format.Parse(settings["output_config"], example_gen_pb2.Output())
    options = custom_config.unpack(settings.get("custom_config"))
    (deployment,) = _executors(message)
    return Plan(
        path=path,
        component=node.node_info.type.name.rsplit(".", 1)[-1],
        query=given.splits[0].pattern,
        splits={split.name: split.hash_buckets for split in made.split_config.splits},
        executor=deployment,
        options=options,
    )


def _executors(message: pipeline_pb2.Pipeline) -> list[str]:
    from tfx.proto.orchestration import executable_spec_pb2

    deployment = pipeline_pb2.IntermediateDeploymentConfig()
    message.deployment_config.Unpack(deployment)
    found = []
    for spec in deployment.executor_specs.values():
        beam = executable_spec_pb2.BeamExecutableSpec()
        if spec.Unpack(beam):
            found.append(beam.python_executor_spec.class_path)
    return found
