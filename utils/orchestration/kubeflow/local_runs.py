"""Pipelines of kfp on this machine, one process for each task, whatever the version of kfp.

``kfp.local`` runs single components since its version 2.5, and whole pipelines since one of the versions after it.
Where it does not know pipelines, this module runs the tasks one after another by ``kfp.local`` itself, and hands their
outputs on.

Source: https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/execute-kfp-pipelines-locally/
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

from google.protobuf import json_format
from kfp.local import executor_input_utils, task_dispatcher
from kfp.pipeline_spec import pipeline_spec_pb2

from utils.orchestration.errors import OrchestrationError
from utils.orchestration.kubeflow.ir import IRError, needed, taken

KNOWS_PIPELINES = importlib.util.find_spec("kfp.local.pipeline_orchestrator") is not None
"""Whether this version of kfp runs whole pipelines locally."""


def run(pipeline: Any, **arguments: Any) -> dict[str, Any]:
    """Run a pipeline on this machine, after ``kfp.local.init``.

    Args:
        pipeline: What ``@kfp.dsl.pipeline`` has made.
        **arguments: The pipeline's parameters.

    Returns:
        The pipeline's outputs by name: numbers, texts and kfp's artifacts.

    Raises:
        RuntimeError: If a task fails; what it said has been printed.
        IRError: Where kfp does not run pipelines itself, for one with conditions or loops.
        OrchestrationError: If it is no pipeline.
    """
    if not hasattr(pipeline, "pipeline_spec") or not hasattr(pipeline, "pipeline_func"):
        raise OrchestrationError(
            f"A {type(pipeline).__name__} is no pipeline.",
            "Give what @kfp.dsl.pipeline has made; a single component is run by calling it.",
        )
    if KNOWS_PIPELINES:
        return dict(pipeline(**arguments).outputs)
    return one_by_one(pipeline.pipeline_spec, arguments)


def one_by_one(spec: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run the tasks of a compiled pipeline in order, each by ``kfp.local``, and hand their outputs on.

    Args:
        spec: The pipeline, kfp's ``PipelineSpec``.
        arguments: The pipeline's parameters by name.

    Returns:
        As for :func:`run`.

    Raises:
        RuntimeError: If a task fails.
        IRError: For a pipeline with conditions or loops, or one that lacks a parameter.
    """
    given = _arguments(spec, arguments)
    done: dict[str, dict[str, Any]] = {}
    for name in order(spec.root.dag):
        task = spec.root.dag.tasks[name]
        component = spec.components[task.component_ref.name]
        if (
            component.HasField("dag")
            or task.trigger_policy.condition
            or task.WhichOneof("iterator")
        ):
            raise IRError(
                f"The task {name!r} is a pipeline, a condition or a loop, which this kfp cannot run locally.",
                "Run its components one by one, or the pipeline on a cluster.",
            )
        values = {key: _value(one, given, done) for key, one in task.inputs.parameters.items()}
        artifacts = {
            key: done[maker][output]
            for key, maker, output in taken(task)
            if key in task.inputs.artifacts
        }
        done[name] = _run_task(spec, task.component_ref.name, values, artifacts)
    return _outputs(spec.root.dag, done)


def order(dag: Any) -> list[str]:
    """Return the tasks of a pipeline in an order in which they can be run.

    Args:
        dag: A ``DagSpec``.

    Returns:
        Their names.

    Raises:
        IRError: If they wait for each other in a circle.
    """
    waits = {name: needed(task) for name, task in dag.tasks.items()}
    found: list[str] = []
    while waits:
        free = sorted(name for name, needed in waits.items() if needed <= set(found))
        if not free:
            raise IRError(f"The tasks {', '.join(sorted(waits))} wait for each other in a circle.")
        found += free
        waits = {name: needed for name, needed in waits.items() if name not in free}
    return found


def _arguments(spec: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
    known = spec.root.input_definitions.parameters
    other = sorted(set(arguments) - set(known))
    if other:
        raise IRError(
            f"The pipeline has no parameter {other[0]!r}.",
            f"Its parameters are {', '.join(sorted(known)) or 'none'}.",
        )
    found = {
        name: json_format.MessageToDict(one.default_value)
        for name, one in known.items()
        if one.HasField("default_value")
    } | dict(arguments)
    missing = sorted(name for name in known if name not in found and not known[name].is_optional)
    if missing:
        raise IRError(f"The pipeline needs a value for {missing[0]!r}.", "Give it by name.")
    return found


def _value(one: Any, given: Mapping[str, Any], done: Mapping[str, Mapping[str, Any]]) -> Any:
    if one.HasField("component_input_parameter"):
        return given.get(one.component_input_parameter)
    if one.HasField("task_output_parameter"):
        source = one.task_output_parameter
        return done[source.producer_task][source.output_parameter_key]
    return json_format.MessageToDict(one.runtime_value.constant)


def _run_task(
    spec: Any, name: str, values: Mapping[str, Any], artifacts: Mapping[str, Any]
) -> dict[str, Any]:
    single = pipeline_spec_pb2.PipelineSpec()
    single.CopyFrom(spec)
    for other in [one for one in spec.components if one != name]:
        del single.components[other]
    with _taking(artifacts):
        return dict(task_dispatcher.run_single_component(single, dict(values)))


@contextlib.contextmanager
def _taking(artifacts: Mapping[str, Any]) -> Iterator[None]:
    """Let ``kfp.local`` hand artifacts to a component, which its version 2.5 refuses, while the block lasts."""
    original = executor_input_utils.construct_executor_input

    def construct(component_spec: Any, **rest: Any) -> Any:
        without = type(component_spec)()
        without.CopyFrom(component_spec)
        without.input_definitions.artifacts.clear()
        made = original(component_spec=without, **rest)
        for name, artifact in artifacts.items():
            one = made.inputs.artifacts[name].artifacts.add(name=artifact.name, uri=artifact.uri)
            one.type.CopyFrom(component_spec.input_definitions.artifacts[name].artifact_type)
            one.metadata.update(artifact.metadata)
        return made

    with mock.patch.object(executor_input_utils, "construct_executor_input", construct):
        yield


def _outputs(dag: Any, done: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    found = {}
    for name, one in dag.outputs.parameters.items():
        source = one.value_from_parameter
        found[name] = done[source.producer_subtask][source.output_parameter_key]
    for name, one in dag.outputs.artifacts.items():
        (selector,) = one.artifact_selectors
        found[name] = done[selector.producer_subtask][selector.output_artifact_key]
    return found
