"""Kubeflow's intermediate representation (IR): a compiled pipeline, read from its file and checked.

TFX's ``KubeflowV2DagRunner`` and kfp's compiler both write it, as JSON or as YAML. Its form is the proto
``PipelineSpec``, which kfp brings along. A file of TFX is a whole *job*: the pipeline, with the values of one run.

Source: ``kfp.pipeline_spec.pipeline_spec_pb2``; book, chapter 12
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2

from utils.orchestration.errors import OrchestrationError

LONGEST = 300
"""Characters of another program's message that an error of ours repeats."""


class IRError(OrchestrationError):
    """A file that holds no compiled pipeline, or one that cannot be run."""


@dataclass(frozen=True)
class Compiled:
    """A compiled pipeline.

    Attributes:
        spec: The pipeline: kfp's ``PipelineSpec``.
        executors: How each kind of task is executed, kfp's ``ExecutorSpec`` by its label.
        job: What the file has beside the pipeline, where it is a job: ``displayName``, ``labels``, ``runtimeConfig``.
    """

    spec: Any
    executors: Mapping[str, Any]
    job: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.spec.pipeline_info.name

    @property
    def tasks(self) -> dict[str, Any]:
        """The tasks of the pipeline, kfp's ``PipelineTaskSpec`` by name, in the order of their names."""
        return dict(sorted(self.spec.root.dag.tasks.items()))

    def executor(self, task: str) -> Any:
        """Return how a task is executed.

        Args:
            task: Its name.

        Returns:
            The ``ExecutorSpec``; an empty one for a task that is a pipeline itself.

        Raises:
            IRError: If there is no such task.
        """
        if task not in self.spec.root.dag.tasks:
            raise IRError(
                f"The pipeline {self.name!r} has no task {task!r}.",
                f"Its tasks are {', '.join(self.tasks)}.",
            )
        component = self.spec.components[self.spec.root.dag.tasks[task].component_ref.name]
        empty = pipeline_spec_pb2.PipelineDeploymentConfig.ExecutorSpec()
        return self.executors.get(component.executor_label, empty)


def read(file: str | Path) -> Compiled:
    """Read a compiled pipeline from a file, and check that its parts fit together.

    Args:
        file: What ``KubeflowV2DagRunner`` or ``kfp.compiler.Compiler`` has written, JSON or YAML.

    Returns:
        The pipeline.

    Raises:
        IRError: If there is no such file, it holds no compiled pipeline, or a part of it refers to one that is missing.
    """
    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IRError(
            f"{path.name} cannot be read: {error}.", "Compile the pipeline into this file first."
        ) from error
    try:
        found = json.loads(text) if text.lstrip()[:1] == "{" else next(yaml.safe_load_all(text))
    except (ValueError, yaml.YAMLError, StopIteration, RecursionError) as error:
        raise _not_an_ir(
            path.name, f"it is neither JSON nor YAML ({_first_line(error)})"
        ) from error
    if not isinstance(found, Mapping):
        raise _not_an_ir(path.name, f"it holds a {type(found).__name__}, not fields with names")
    return parse(found, path.name)


def parse(found: Mapping[str, Any], name: str = "The value") -> Compiled:
    """Make a compiled pipeline of what a runner returns or a file holds, and check that its parts fit together.

    Args:
        found: A pipeline, or a job around one, as plain dictionaries.
        name: Whose content it is, for messages.

    Returns:
        The pipeline.

    Raises:
        IRError: As for :func:`read`.
    """
    is_job = "pipelineSpec" in found
    spec = pipeline_spec_pb2.PipelineSpec()
    executors, job = {}, {}
    try:
        if is_job:
            # Labels and times are read with it, so that a job with a field that nobody knows is refused, too.
            message = json_format.ParseDict(dict(found), pipeline_spec_pb2.PipelineJob())
            message.ClearField("pipeline_spec")
            job = json_format.MessageToDict(message)
        json_format.ParseDict(found["pipelineSpec"] if is_job else dict(found), spec)
        deployment = pipeline_spec_pb2.PipelineDeploymentConfig()
        json_format.ParseDict(json_format.MessageToDict(spec.deployment_spec), deployment)
        executors = dict(deployment.executors)
    except (json_format.ParseError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _not_an_ir(name, f"kfp's PipelineSpec refuses it ({_first_line(error)})") from error
    if not spec.root.dag.tasks:
        raise _not_an_ir(name, "its root has no tasks")
    compiled = Compiled(spec, executors, job)
    for problem in problems(compiled):
        raise IRError(f"{name} does not fit together: {problem}.", "Compile the pipeline again.")
    return compiled


def problems(compiled: Compiled) -> Iterator[str]:
    """Say where a part of a compiled pipeline refers to one that is not there, which no proto can notice.

    Args:
        compiled: The pipeline.

    Yields:
        A few words for each problem.
    """
    spec = compiled.spec
    for place, dag in _dags(spec):
        for name, task in sorted(dag.tasks.items()):
            wanted = task.component_ref.name
            if wanted not in spec.components:
                yield f"the task {name!r} in {place} is one of a component {wanted!r}, which is missing"
            for maker in sorted(needed(task) - set(dag.tasks)):
                yield f"the task {name!r} in {place} waits for {maker!r}, which is missing"
    for name, component in sorted(spec.components.items()):
        label = component.executor_label
        if label and label not in compiled.executors:
            yield f"the component {name!r} is executed by {label!r}, which is missing"


def taken(task: Any) -> list[tuple[str, str, str]]:
    """Return what a task takes from other tasks.

    Args:
        task: A ``PipelineTaskSpec``.

    Returns:
        For each input its name, the task that makes it, and as which output; artifacts and parameters.
    """
    found = []
    for name, given in sorted(task.inputs.artifacts.items()):
        if given.HasField("task_output_artifact"):
            source = given.task_output_artifact
            found.append((name, source.producer_task, source.output_artifact_key))
    for name, given in sorted(task.inputs.parameters.items()):
        if given.HasField("task_output_parameter"):
            source = given.task_output_parameter
            found.append((name, source.producer_task, source.output_parameter_key))
    return found


def needed(task: Any) -> set[str]:
    """Return which tasks must have ended before a task starts.

    Args:
        task: A ``PipelineTaskSpec``.

    Returns:
        Names of tasks: those that it takes something from, and those that it was told to wait for.
    """
    return {*task.dependent_tasks, *(maker for _, maker, _ in taken(task))}


def constants(task: Any) -> dict[str, Any]:
    """Return the parameters of a task whose values stand in the pipeline.

    Args:
        task: A ``PipelineTaskSpec``.

    Returns:
        Values by name: texts, numbers, or what JSON can hold.
    """
    found = {}
    for name, given in sorted(task.inputs.parameters.items()):
        if given.HasField("runtime_value"):
            found[name] = _constant(given.runtime_value)
    return found


def from_outside(task: Any) -> dict[str, str]:
    """Return the parameters of a task that are decided when a run starts.

    Args:
        task: A ``PipelineTaskSpec``.

    Returns:
        Names of the pipeline's own parameters by the task's names for them.
    """
    return {
        name: given.component_input_parameter
        for name, given in sorted(task.inputs.parameters.items())
        if given.HasField("component_input_parameter")
    }


def _constant(value: Any) -> Any:
    if value.HasField("constant"):  # since version 2.1 of the schema
        return json_format.MessageToDict(value.constant)
    old = value.constant_value
    kind = old.WhichOneof("value")
    return getattr(old, kind) if kind else None


def _dags(spec: Any) -> Iterator[tuple[str, Any]]:
    yield "the root", spec.root.dag
    for name, component in sorted(spec.components.items()):
        if component.HasField("dag"):
            yield repr(name), component.dag


def _not_an_ir(name: str, why: str) -> IRError:
    return IRError(
        f"{name} is no compiled pipeline: {why}.",
        "Give the file that KubeflowV2DagRunner or kfp.compiler.Compiler has written.",
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:LONGEST]
