"""Whether a compiled pipeline is the one that ran in a notebook: components, connections and parameters side by side.

Both are brought into one form, a :class:`Definition`. What one side alone must have is named here, with its reason,
and nothing else is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ml_metadata.metadata_store import MetadataStore

from utils.orchestration.comparing import component_id
from utils.orchestration.errors import OrchestrationError
from utils.orchestration.kubeflow import ir
from utils.pipeline.store import INPUTS, OUTPUTS

NOT_COMPILED = ("InfraValidator",)
"""Components that TFX's compiler for Kubeflow refuses: their type says so, whatever their id."""

RESOLVER_TASKS = ("-model-blessing-resolver", "-model-resolver")
"""The ends of the two tasks that the compiler makes of one Resolver: the latest blessing, and the model it is for."""

BOOKKEEPING = frozenset(
    {"component_id", "pipeline_name", "pipeline_root", "run_id", "state", "checksum_md5"}
)
"""Properties of an execution that tell of the run, and are no parameters."""

DRIVEN = frozenset({"span", "version", "input_fingerprint", "source_uri", "resolver_class"})
"""Properties that a driver has written when the component ran; on Kubeflow it does so there."""

STAMP = "code"
"""What the workbook's context adds to ``custom_config``, so that an edit of its code misses the cache."""

BASELINE = "baseline_model"
"""The Evaluator's input that a Resolver fills. In a pipeline that has run before, it may find this very run's model."""


Connection = tuple[str, str, str, str]
"""Who makes it, as which output, who takes it, as which input."""


@dataclass(frozen=True)
class Definition:
    """What makes a pipeline the one that it is.

    Attributes:
        components: The ids of the components.
        connections: Which output goes into which input, but for those of a Resolver, which makes nothing itself.
        parameters: By component and name the values, texts that hold JSON read as such.
        resolvers: The components that are Resolvers.
        types: By component the name of its class, where that is known.
    """

    components: frozenset[str]
    connections: frozenset[Connection]
    parameters: Mapping[tuple[str, str], Any]
    resolvers: frozenset[str]
    types: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same.

    Attributes:
        kind: ``"component"``, ``"connection"`` or ``"parameter"``.
        name: Which one, for example ``"Pusher.push_destination"``.
        here: What it is where the pipeline ran; empty where it is not there.
        compiled: What it is in the compiled pipeline; empty where it is not there.
        why: Why that must be so; empty where nothing excuses it.
    """

    kind: str
    name: str
    here: str
    compiled: str
    why: str = ""


@dataclass(frozen=True)
class Compared:
    """Two definitions of a pipeline, compared.

    Attributes:
        counts: By kind how many there are on both sides and the same.
        differences: What is not the same, those that must be included.
    """

    counts: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences that nothing excuses."""
        return tuple(one for one in self.differences if not one.why)


def of_compiled(compiled: ir.Compiled) -> Definition:
    """Read the definition that a compiled pipeline of TFX holds.

    The two tasks of a Resolver are folded into the one component that they came from, and a parameter that the job
    decides has the job's value.

    Args:
        compiled: The pipeline.

    Returns:
        The definition.
    """
    owner = {name: _owner(name) for name in compiled.tasks}
    resolvers = frozenset(
        owner[name] for name in owner if compiled.executor(name).HasField("resolver")
    )
    given = _given(compiled.job.get("runtimeConfig", {}))
    connections, parameters = set(), {}
    for name, task in compiled.tasks.items():
        mine = owner[name]
        for key, maker, output in ir.taken(task):
            if owner[maker] not in resolvers and mine not in resolvers:
                connections.add((owner[maker], output, mine, key))
        if mine in resolvers:
            continue
        for key, value in ir.constants(task).items():
            parameters[mine, key] = _plain(value)
        for key, outside in ir.from_outside(task).items():
            parameters[mine, key] = _plain(given.get(outside))
    return Definition(
        components=frozenset(owner.values()),
        connections=frozenset(connections),
        parameters={key: value for key, value in parameters.items() if value is not None},
        resolvers=resolvers,
        types={},
    )


def of_executions(store: MetadataStore, executions: Iterable[int]) -> Definition:
    """Read from ML Metadata the definition of a pipeline whose components have run one by one.

    Args:
        store: The ML Metadata store.
        executions: The ids of the executions, one for each component, as ``context.run`` returns them.

    Returns:
        The definition.

    Raises:
        OrchestrationError: If there are no executions, or two of one component.
    """
    found = store.get_executions_by_id(list(executions))
    names = {one.id: component_id(store, one) for one in found}
    if not found or len(set(names.values())) < len(names):
        raise OrchestrationError(
            "Each component of the pipeline must be there once.",
            "Give one execution for each, as `context.run(component).execution_id` returns it.",
        )
    types = {names[one.id]: one.type.rpartition(".")[2] for one in found}
    resolvers = frozenset(name for name, kind in types.items() if kind == "Resolver")
    events = store.get_events_by_execution_ids([one.id for one in found])
    made = {
        event.artifact_id: (names[event.execution_id], _key(event))
        for event in events
        if event.type in OUTPUTS and names[event.execution_id] not in resolvers
    }
    connections = {
        (*made[event.artifact_id], names[event.execution_id], key)
        for event in events
        if event.type in INPUTS and names[event.execution_id] not in resolvers
        for key in _keys(event)
        if event.artifact_id in made and key != BASELINE
    }
    parameters = {}
    for one in found:
        if names[one.id] in resolvers:
            continue
        for key, value in {**dict(one.properties), **dict(one.custom_properties)}.items():
            plain = _plain(getattr(value, value.WhichOneof("value")))
            if key not in BOOKKEEPING | DRIVEN and plain is not None:
                parameters[names[one.id], key] = plain
    return Definition(
        frozenset(names.values()), frozenset(connections), parameters, resolvers, types
    )


def compare(here: Definition, compiled: Definition) -> Compared:
    """Compare two definitions of a pipeline.

    Args:
        here: What ran.
        compiled: What was compiled.

    Returns:
        What is the same, and what is not, with the reason where it cannot be otherwise.
    """
    left_out = (
        frozenset(name for name, kind in here.types.items() if kind in NOT_COMPILED)
        - compiled.components
    )
    differences = [
        Difference("component", name, "there" if name in here.components else "",
                   "there" if name in compiled.components else "",
                   _excuse(name, here) if name in left_out else "")
        for name in sorted(here.components ^ compiled.components)
    ]  # fmt: skip
    for one in sorted(here.connections ^ compiled.connections):
        is_here = one in here.connections
        differences.append(
            Difference(
                "connection",
                f"{one[0]}.{one[1]} → {one[2]}.{one[3]}",
                "there" if is_here else "",
                "" if is_here else "there",
                next((_excuse(end, here) for end in (one[0], one[2]) if end in left_out), ""),
            )
        )
    same = 0
    for name, key in sorted({*here.parameters, *compiled.parameters}):
        mine, theirs = here.parameters.get((name, key)), compiled.parameters.get((name, key))
        if mine == theirs:
            same += 1
            continue
        why = _excuse(name, here) if name in left_out else _filled_in(mine, theirs)
        differences.append(
            Difference("parameter", f"{name}.{key}", _said(mine), _said(theirs), why)
        )
    counts = {
        "components": len(here.components & compiled.components),
        "connections": len(here.connections & compiled.connections),
        "parameters": same,
    }
    return Compared(counts, tuple(differences))


def _excuse(name: str, here: Definition) -> str:
    return f"the compiler does not know {here.types[name]}"


def _filled_in(here: Any, compiled: Any) -> str:
    """Say whether a value is the compiled one with the numbers that an ExampleGen's driver puts in."""
    form = re.escape(_said(compiled))
    for name in ("SPAN", "VERSION"):
        form = form.replace(re.escape(f"{{{name}}}"), r"\d+")
    is_form = form != re.escape(_said(compiled)) and re.fullmatch(form, _said(here))
    return "the driver has put in which span it found" if is_form else ""


def _owner(task: str) -> str:
    for ending in RESOLVER_TASKS:
        if task.endswith(ending):
            return task.removesuffix(ending)
    return task


def _given(runtime: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a job's parameters, which either version of the schema writes in its own way."""
    old = {
        name: next(iter(value.values()), None)
        for name, value in runtime.get("parameters", {}).items()
    }
    return {**old, **runtime.get("parameterValues", {})}


def _plain(value: Any) -> Any:
    """Bring a value into one form: ML Metadata keeps texts, and a compiled pipeline numbers as well."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if text in ("None", "null"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return _without_stamp(found) or None if isinstance(found, dict) else found


def _without_stamp(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the context has added, also where an ExampleGen has it, in JSON inside of JSON."""
    left = {key: value for key, value in found.items() if key != STAMP}
    packed = left.get("custom_config")
    if isinstance(packed, dict) and isinstance(packed.get("value"), dict):
        options = packed["value"].get("options")
        own = _without_stamp(json.loads(options)) if isinstance(options, str) else options
        return {**left, "custom_config": own} if own else {}
    return left


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _key(event: Any) -> str:
    return _keys(event)[0]


def _keys(event: Any) -> list[str]:
    return [step.key for step in event.path.steps if step.HasField("key") and step.key]
