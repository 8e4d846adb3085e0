"""Views of a compiled pipeline: its tasks as a graph, what each is given, and how it compares with what ran."""

from __future__ import annotations

from typing import Any

from utils.displays.fallback import Table
from utils.displays.views.base import View
from utils.displays.views.graph import Graph, Node, svg
from utils.orchestration.kubeflow import ir
from utils.orchestration.kubeflow.definitions import Compared

KINDS = ("container", "resolver", "importer")
"""How a task can be executed, in the words of the proto."""


def pipeline(compiled: ir.Compiled) -> View:
    """Draw the tasks of a compiled pipeline, and list how each is executed.

    Args:
        compiled: The pipeline.

    Returns:
        The view; its ``data`` has one row for each task, with ``task``, ``needs``, ``kind``, ``image``, ``resources``
        and ``cache``.
    """
    tasks = compiled.tasks
    needs = {name: sorted(ir.needed(task)) for name, task in tasks.items()}
    kinds = {name: _kind(compiled.executor(name)) for name in tasks}
    graph = Graph(
        [Node(name, detail=kinds[name]) for name in tasks],
        [(maker, name) for name, makers in needs.items() for maker in makers if maker in tasks],
    )
    rows = []
    for name, task in tasks.items():
        container = compiled.executor(name).container
        cache = "yes" if task.caching_options.enable_cache else "no"
        rows.append(
            (
                *(name, ", ".join(needs[name]) or "-", kinds[name], container.image or "-"),
                *(resources(container.resources) or "-", cache),
            )
        )
    title = f"{compiled.name}: {len(tasks)} tasks"
    table = Table(("task", "needs", "kind", "image", "resources", "cache"), rows)
    return View(title, [table], svg(graph, title))


def parameters(compiled: ir.Compiled, task: str) -> View:
    """List what a task is given: parameters with their values, and artifacts with their makers.

    Args:
        compiled: The pipeline.
        task: The task's name.

    Returns:
        The view; its ``data`` has one row for each, with ``name``, ``from`` and ``value``.

    Raises:
        IRError: If there is no such task.
    """
    compiled.executor(task)
    found = compiled.tasks[task]
    rows: list[tuple[str, str, object]] = [
        *((key, "the pipeline", value) for key, value in ir.constants(found).items()),
        *((key, "outside", f"parameter {name}") for key, name in ir.from_outside(found).items()),
        *((key, maker, f"output {output}") for key, maker, output in ir.taken(found)),
    ]
    return View(f"What {task} is given", [Table(("name", "from", "value"), rows)])


def comparison(compared: Compared) -> View:
    """Show what :func:`utils.orchestration.kubeflow.definitions.compare` found.

    Args:
        compared: The comparison.

    Returns:
        The view; its ``data`` has one row for each difference, with ``kind``, ``name``, ``here``, ``compiled`` and
        ``why``.
    """
    counted = ", ".join(f"{count} {kind}" for kind, count in compared.counts.items())
    rows = [
        (one.kind, one.name, one.here or "-", one.compiled or "-", one.why or "-")
        for one in compared.differences
    ]
    return View(
        "The pipeline that ran here, and the compiled one",
        [Table(("kind", "name", "here", "compiled", "why"), rows)],
        note=f"The same on both sides: {counted}. Different: {len(rows)}.",
    )


def resources(found: Any) -> str:
    """Write what a container asks for in a few words.

    Args:
        found: A ``ResourceSpec`` of kfp.

    Returns:
        For example ``"4 CPU, 16 GB, 1 NVIDIA_TESLA_T4"``; empty where it asks for nothing.
    """
    parts = []
    if found.cpu_limit:
        parts.append(f"{found.cpu_limit:g} CPU")
    if found.memory_limit:
        parts.append(f"{found.memory_limit:g} GB")
    if found.accelerator.type:
        parts.append(f"{found.accelerator.count} {found.accelerator.type}")
    return ", ".join(parts)


def _kind(executor: Any) -> str:
    return next((kind for kind in KINDS if executor.HasField(kind)), "pipeline")
