"""The exercises of chapter 12."""

from __future__ import annotations

import contextlib
import io
import random
import re
from pathlib import Path
from typing import Any

from utils.errors import without_colours
from utils.exercises import Verdict, exercise, not_yet, reading, yes
from utils.exercises.reading import AnswerForm
from utils.files import fresh_folder

LAST = "Pusher"
"""Exercise 12.1: the task that others must end before."""

CPUS, MEMORY, ACCELERATOR, COUNT = 8.0, 30.0, "NVIDIA_TESLA_T4", 2
"""Exercise 12.2: what the Trainer is to ask for, memory in gigabytes."""

ROWS, CLOSE = 200, 1e-6
"""Exercise 12.4: rows that the component is run on, and how far off its answer may be."""

DATA = "gs://your-bucket/data/S2"
"""Exercise 12.5: the data that the run is to read."""


@exercise("12.1")
def who_comes_first(answer: Any, context: Any, *, compiled: Any) -> Verdict:
    """Check which tasks must have ended before the last one starts.

    Args:
        answer: The reader's names.
        context: The notebook's context; not used.
        compiled: The compiled pipeline.

    Returns:
        The verdict, by following the tasks' inputs and dependencies.
    """
    from utils.orchestration.kubeflow import ir

    mine = reading.names(answer)
    needs = {name: ir.needed(task) for name, task in compiled.tasks.items()}
    right: set[str] = set()
    found = needs[LAST]
    while found:
        right |= found
        found = {needed for name in found for needed in needs[name]} - right
    unknown = sorted(mine - set(needs))
    if unknown:
        return not_yet(f"the pipeline has no task {unknown[0]!r}: spec.root.dag.tasks names them.")
    if LAST in mine:
        return not_yet(f"{LAST} itself is among them, and it need not wait for itself.")
    if mine == needs[LAST]:
        return not_yet(
            f"those are the tasks that {LAST} itself waits for; each of them waits for others, which count as well."
        )
    if too_many := sorted(mine - right):
        return not_yet(f"{LAST} can start while {too_many[0]} is still at work.")
    half = {
        name
        for name in right - mine
        if not any(name in compiled.tasks[one].dependent_tasks for one in right)
    }
    if half and right - mine == half:
        return not_yet(
            f"{min(half)} is missing: nobody has it among the dependent_tasks, but one of your tasks takes its output, "
            "which stands in inputs.artifacts."
        )
    if missing := sorted(right - mine):
        return not_yet(
            f"{len(missing)} are missing, {missing[0]} for one: follow dependent_tasks until nothing new is found, "
            "and look at inputs.artifacts too."
        )
    return yes(f"{len(right)} of the other {len(needs) - 1} tasks must have ended.")


@exercise("12.2")
def a_machine(answer: Any, context: Any) -> Verdict:
    """Check what the tasks of a compiled pipeline ask for.

    Args:
        answer: The reader's file.
        context: The notebook's context; not used.

    Returns:
        The verdict, by the executors in the file.
    """
    from utils.orchestration.kubeflow import ir
    from utils.orchestration.kubeflow.views import resources

    if not isinstance(answer, (str, Path)):
        raise AnswerForm("the compiled file, which compile_pipeline returns", answer)
    try:
        compiled = ir.read(answer)
    except ir.IRError as error:
        return not_yet(error.what)
    asked = {name: compiled.executor(name).container.resources for name in compiled.tasks}
    if "Trainer" not in asked:
        return not_yet("the pipeline in this file has no Trainer.")
    mine = asked["Trainer"]
    others = sorted(name for name, one in asked.items() if name != "Trainer" and resources(one))
    if not resources(mine):
        return not_yet(
            "in the file the Trainer asks for nothing"
            + (f", but {others[0]} does" if others else "")
            + ": call with_platform_config on it, before the pipeline is compiled."
        )
    if others:
        return not_yet(
            f"{others[0]} asks for {resources(asked[others[0]])}, and only the Trainer is to ask."
        )
    if mine.cpu_limit != CPUS:
        return not_yet(f"the Trainer asks for {mine.cpu_limit:g} CPUs.")
    if mine.memory_limit != MEMORY:
        return not_yet(
            f"the Trainer asks for {mine.memory_limit:g} GB of memory: the unit of memory_limit is the gigabyte."
        )
    if mine.accelerator.type != ACCELERATOR:
        return not_yet(
            f"its accelerator is {mine.accelerator.type or 'none'}: its type is a name, and is written exactly so."
        )
    if mine.accelerator.count != COUNT:
        return not_yet(f"it asks for {mine.accelerator.count} accelerators: count says how many.")
    return yes(f"the Trainer asks for {resources(mine)}, and nobody else for anything.")


@exercise("12.3")
def a_password(answer: Any, context: Any, *, suspect: Path, clean: Path) -> Verdict:
    """Check where in a compiled pipeline a password stands.

    Args:
        answer: The reader's task and parameter.
        context: The notebook's context; not used.
        suspect: The file with the password.
        clean: The same file without it.

    Returns:
        The verdict, by what is different in the two files.
    """
    from utils.orchestration.kubeflow import ir

    task, parameter = reading.texts(answer, 2)
    one, other = ir.read(suspect), ir.read(clean)
    (right,) = [
        (name, key)
        for name, found in one.tasks.items()
        for key, value in ir.constants(found).items()
        if value != ir.constants(other.tasks[name]).get(key)
    ]
    if task not in one.tasks:
        return not_yet(f"there is no task {task!r}: it is one of {', '.join(one.tasks)}.")
    known = ir.constants(one.tasks[task])
    if parameter not in known:
        return not_yet(
            f"{task} has no parameter {parameter!r} with a value in the file: it has {', '.join(known) or 'none'}."
        )
    if (task, parameter) == right:
        return yes(
            f"it stands in {parameter} of {task}, and everybody who may see the run may read it."
        )
    if task == right[0]:
        return not_yet(f"the task is the right one, and its {parameter} is harmless.")
    return not_yet(
        f"{parameter} of {task} is what it was. An address with a password has :// and @ in it: go through the values "
        "of all tasks."
    )


@exercise("12.4")
def a_component(answer: Any, context: Any) -> Verdict:
    """Check a component of kfp by running it in a pipeline, on rows that it has never seen.

    Args:
        answer: The reader's component.
        context: The notebook's context, in whose folder it runs.

    Returns:
        The verdict.
    """
    from kfp import local
    from kfp.dsl.base_component import BaseComponent

    from utils.orchestration.kubeflow import local_runs, trial

    if not isinstance(answer, BaseComponent) or not hasattr(answer, "python_func"):
        raise AnswerForm("a component, made by @dsl.component from a function", answer)
    inputs = answer.component_spec.inputs or {}
    if set(inputs) != {"scores"} or "system.Dataset" not in str(inputs["scores"].type):
        return not_yet(
            f"its inputs are {', '.join(inputs) or 'none'}: it takes one, scores: dsl.Input[dsl.Dataset]."
        )
    outputs = answer.component_spec.outputs or {}
    if set(outputs) != {"Output"} or outputs["Output"].type != "Float":
        return not_yet("it is to return a float: `-> float` says so.")
    drawn = random.Random(12)
    rows = [[float(drawn.random() < 0.3), drawn.random()] for _ in range(ROWS)]

    before, said = local.config.LocalExecutionConfig.instance, io.StringIO()
    folder = fresh_folder(context.folder("12") / "exercise")
    try:
        local.init(local.SubprocessRunner(use_venv=False), str(folder), raise_on_error=True)
        with contextlib.redirect_stdout(said):
            value = local_runs.run(trial.on_rows(answer), rows=rows)["Output"]
    except RuntimeError:
        # Under a kernel Python 3.13 colours the traceback of the component's process.
        lines = [line.strip() for line in without_colours(said.getvalue()).splitlines()]
        errors = [line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception)\b", line)]
        reason = errors[-1] if errors else "its process ended with an error"
        return not_yet(
            f"it failed in a process of its own: {reason}."
            + (
                " Only the function's own text comes along: import inside it."
                if "NameError" in reason
                else ""
            )
        )
    finally:
        local.config.LocalExecutionConfig.instance = before
    right = sum((label - score) ** 2 for label, score in rows) / len(rows)
    if value is None:
        return not_yet("it returned nothing.")
    if abs(value - right) < CLOSE:
        return yes(f"on {ROWS} rows of the check it computed {value:.4f}, in a process of its own.")
    if abs(value - right**0.5) < CLOSE:
        return not_yet(
            "that is the root of the mean squared difference: the Brier score has no root."
        )
    if abs(value - sum(abs(label - score) for label, score in rows) / len(rows)) < CLOSE:
        return not_yet(
            "that is the mean of the absolute differences: each difference is to be squared."
        )
    if abs(value - right * len(rows)) < CLOSE * len(rows):
        return not_yet(
            "that is the sum of the squared differences: divide it by the number of rows."
        )
    return not_yet(
        f"on {ROWS} rows it computed {value:.4f}, and the mean squared difference of label and answer is a different "
        "number."
    )


@exercise("12.5")
def a_request(answer: Any, context: Any, *, account: str) -> Verdict:
    """Check a request to Vertex AI that was captured.

    Args:
        answer: The reader's request.
        context: The notebook's context; not used.
        account: The service account that the run is to have.

    Returns:
        The verdict, by what would have been sent.
    """
    from utils.orchestration.kubeflow import ir
    from utils.orchestration.kubeflow.vertex import Request

    if not isinstance(answer, Request):
        raise AnswerForm("a request, which vertex.capture returns", answer)
    if not answer.identifier:
        return not_yet("that is a schedule; what was asked for is one run.")
    runtime = answer.body["runtimeConfig"]
    given = {**runtime.get("parameters", {}), **runtime.get("parameterValues", {})}
    if given.get("data") != DATA:
        return not_yet(
            f"it would read {given.get('data') or 'nothing'}: parameter_values decides that."
        )
    compiled = ir.parse({"pipelineSpec": answer.body["pipelineSpec"]})
    cached = [name for name, task in compiled.tasks.items() if task.caching_options.enable_cache]
    if cached:
        return not_yet(
            f"{len(cached)} tasks, {cached[0]} for one, may still be answered from the cache: enable_caching is an "
            "argument of PipelineJob."
        )
    if answer.service_account != account:
        return not_yet(
            f"it would run in the name of {answer.service_account or 'the default account of the project'}: "
            "service_account is an argument of submit, and so of vertex.capture."
        )
    return yes(
        f"{answer.identifier} would read {DATA}, compute everything anew, and act as {account}."
    )
