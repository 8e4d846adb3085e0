"""What runs of one pipeline have made, read from ML Metadata and from the artifacts, and whether it is the same.

Two generations of TFX's own machinery write into ML Metadata: ``LocalDagRunner`` and ``BeamDagRunner`` by the compiled
pipeline, ``InteractiveContext`` and Airflow's runner component by component. Their records differ in names of contexts;
components, inputs, outputs and artifacts are read here from what both write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration import metadata

from utils.orchestration.errors import OrchestrationError
from utils.pipeline.store import INPUTS, OUTPUTS, metadata_config

CLOSE = 1e-6
"""How far apart the scores of one row may be, by models that are the same."""

DIGITS = 9
"""Significant digits to which statistics are compared."""

if TYPE_CHECKING:
    import pandas as pd
    from google.protobuf.message import Message

_FINISHED = (metadata_store_pb2.Execution.COMPLETE, metadata_store_pb2.Execution.CACHED)


@dataclass(frozen=True)
class Outcome:
    """What the latest run of each component has made.

    Attributes:
        components: The ids of the components.
        connections: Of each artifact that was handed on: who made it, as which output, who took it, as which input.
        cached: The ids of the components that the cache answered.
        rows: By split the number of rows, and a digest of them in an order of their own.
        schema: A digest of the schema; empty where there is none.
        statistics: By split a digest of the statistics, their decimal numbers rounded to :data:`DIGITS` digits.
        scores: What the pushed model says of the rows that were asked about; empty where none was pushed.
        blessed: Whether the Evaluator blessed the model; None where there is no Evaluator.
    """

    components: frozenset[str]
    connections: frozenset[tuple[str, str, str, str]]
    cached: frozenset[str]
    rows: Mapping[str, tuple[int, str]]
    schema: str
    statistics: Mapping[str, str]
    scores: np.ndarray = field(default_factory=lambda: np.zeros(0), compare=False)
    blessed: bool | None = None


@dataclass(frozen=True)
class Fact:
    """One thing that is to be the same.

    Attributes:
        name: What is compared.
        values: What each has, in a few words, in the order of the outcomes.
        same: Whether it is the same for all.
    """

    name: str
    values: tuple[str, ...]
    same: bool


@dataclass(frozen=True)
class Comparison:
    """Outcomes beside each other.

    Attributes:
        names: Whose they are.
        facts: What was compared.
    """

    names: tuple[str, ...]
    facts: tuple[Fact, ...]

    @property
    def same(self) -> bool:
        """Whether everything is the same for all."""
        return all(fact.same for fact in self.facts)


def read(
    store: str | Path, rows: Iterable[Mapping[str, str]] = (), without: Iterable[str] = ()
) -> Outcome:
    """Read what the latest finished run of each component in a store has made.

    Args:
        store: The folder with ``metadata.sqlite``.
        rows: Complaints that the pushed model is asked about, where one was pushed.
        without: Ids of components to leave out, such as a Resolver, which each kind of runner records in its own way.

    Returns:
        The outcome.

    Raises:
        OrchestrationError: If no component has finished in this store.
    """
    left_out = set(without)
    with metadata.Metadata(metadata_config(store)) as handle:
        latest = {name: one for name, one in _latest(handle.store).items() if name not in left_out}
        if not latest:
            raise OrchestrationError(
                f"No component has finished in {store}.", "Run the pipeline on this store first."
            )
        made = {name: list(_events(handle.store, one, OUTPUTS)) for name, one in latest.items()}
        taken = {name: list(_events(handle.store, one, INPUTS)) for name, one in latest.items()}
    maker = {artifact.id: (name, key) for name, found in made.items() for key, artifact in found}
    connections = {
        (*maker[artifact.id], name, key)
        for name, found in taken.items()
        for key, artifact in found
        if artifact.id in maker
    }
    outputs = {key: artifact for found in made.values() for key, artifact in found}
    cached = metadata_store_pb2.Execution.CACHED
    return Outcome(
        components=frozenset(latest),
        connections=frozenset(connections),
        cached=frozenset(name for name, one in latest.items() if one.last_known_state == cached),
        rows=_rows(outputs.get("examples")),
        schema=_schema(outputs.get("schema")),
        statistics=_statistics(outputs.get("statistics")),
        scores=_scores(outputs.get("pushed_model"), list(rows)),
        blessed=_blessed(outputs.get("blessing")),
    )


def executions(store: str | Path) -> pd.DataFrame:
    """List all executions in a store, the oldest first.

    Args:
        store: The folder with ``metadata.sqlite``.

    Returns:
        One row for each: its ``component``, its ``state`` in lower case, and the ``run`` that it belongs to.
    """
    import pandas as pd

    names = metadata_store_pb2.Execution.State.Name
    with metadata.Metadata(metadata_config(store)) as handle:
        found = sorted(handle.store.get_executions(), key=lambda one: one.id)
        rows = [
            (
                component_id(handle.store, one),
                names(one.last_known_state).lower(),
                _run(handle.store, one),
            )
            for one in found
        ]
    return pd.DataFrame(rows, columns=["component", "state", "run"])


def _run(store: MetadataStore, execution: metadata_store_pb2.Execution) -> str:
    names = {one.type: one.name for one in store.get_contexts_by_execution(execution.id)}
    return names.get("pipeline_run") or names.get("run", "")


def compare(outcomes: Mapping[str, Outcome]) -> Comparison:
    """Put outcomes beside each other.

    Args:
        outcomes: By name, for example of the orchestrator; two or more.

    Returns:
        The comparison; scores count as the same within :data:`CLOSE`.

    Raises:
        ValueError: There are fewer than two.
    """
    found = list(outcomes.values())
    if len(found) < 2:
        raise ValueError("compare() needs two outcomes or more.")

    def fact(name: str, shown: list[str], values: list[Any]) -> Fact:
        return Fact(name, tuple(shown), all(value == values[0] for value in values[1:]))

    facts = [
        fact(
            "components",
            [str(len(one.components)) for one in found],
            [one.components for one in found],
        ),
        fact(
            "connections",
            [str(len(one.connections)) for one in found],
            [one.connections for one in found],
        ),
    ]
    for split in sorted({split for one in found for split in one.rows}):
        pairs = [one.rows.get(split, (0, "")) for one in found]
        facts.append(
            fact(
                f"rows of {split}", [f"{count:,} ({digest[:6]})" for count, digest in pairs], pairs
            )
        )
    if any(one.schema for one in found):
        facts.append(
            fact("schema", [one.schema[:6] for one in found], [one.schema for one in found])
        )
    for split in sorted({split for one in found for split in one.statistics}):
        digests = [one.statistics.get(split, "") for one in found]
        facts.append(fact(f"statistics of {split}", [digest[:6] for digest in digests], digests))
    if any(one.blessed is not None for one in found):
        words = {True: "blessed", False: "not blessed", None: "not judged"}
        facts.append(
            fact("verdict", [words[one.blessed] for one in found], [one.blessed for one in found])
        )
    if any(len(one.scores) for one in found):
        facts.append(_score_fact(found))
    return Comparison(tuple(outcomes), tuple(facts))


def _score_fact(found: list[Outcome]) -> Fact:
    first = found[0].scores
    shown, same = [], True
    for one in found:
        if len(one.scores) != len(first) or not len(first):
            shown.append(f"{len(one.scores)} scores")
            same = False
            continue
        apart = float(np.abs(one.scores - first).max())
        shown.append("the first" if one is found[0] else f"{apart:.1e} apart at most")
        same = same and apart <= CLOSE
    return Fact("scores of the pushed model", tuple(shown), same)


def _latest(store: MetadataStore) -> dict[str, metadata_store_pb2.Execution]:
    found = {}
    for execution in sorted(store.get_executions(), key=lambda one: one.id):
        if execution.last_known_state in _FINISHED and (name := component_id(store, execution)):
            found[name] = execution
    return found


def component_id(store: MetadataStore, execution: metadata_store_pb2.Execution) -> str:
    """Return the id of the component that an execution is one of, whoever has recorded it.

    Args:
        store: The ML Metadata store.
        execution: The execution.
    """
    if "component_id" in execution.properties:
        return execution.properties["component_id"].string_value
    names = {one.type: one.name for one in store.get_contexts_by_execution(execution.id)}
    return names.get("node", "").removeprefix(f"{names.get('pipeline')}.")


def _events(
    store: MetadataStore, execution: metadata_store_pb2.Execution, kinds: tuple[int, ...]
) -> Iterator[tuple[str, metadata_store_pb2.Artifact]]:
    events = [one for one in store.get_events_by_execution_ids([execution.id]) if one.type in kinds]
    found = store.get_artifacts_by_id([one.artifact_id for one in events]) if events else []
    artifacts = {one.id: one for one in found}
    for event in events:
        yield (
            next(step.key for step in event.path.steps if step.HasField("key")),
            artifacts[event.artifact_id],
        )


def _splits(artifact: metadata_store_pb2.Artifact) -> Iterator[tuple[str, Path]]:
    for folder in sorted(Path(artifact.uri).glob("Split-*")):
        yield folder.name.removeprefix("Split-"), folder


def _rows(artifact: metadata_store_pb2.Artifact | None) -> dict[str, tuple[int, str]]:
    import tensorflow as tf

    found = {}
    for split, folder in _splits(artifact) if artifact else ():
        files = [str(file) for file in sorted(folder.glob("*.gz"))]
        records = tf.data.TFRecordDataset(files, compression_type="GZIP").as_numpy_iterator()
        rows = sorted(
            tf.train.Example.FromString(one).SerializeToString(deterministic=True)
            for one in records
        )
        found[split] = (len(rows), _digest(rows))
    return found


def _statistics(artifact: metadata_store_pb2.Artifact | None) -> dict[str, str]:
    from tensorflow_data_validation import load_stats_binary

    found = {}
    for split, folder in _splits(artifact) if artifact else ():
        (file,) = folder.glob("*.pb")
        statistics = load_stats_binary(str(file))
        round_numbers(statistics)
        found[split] = _digest([statistics.SerializeToString(deterministic=True)])
    return found


def round_numbers(message: Message) -> None:
    """Round each decimal number in a message, and in those that it holds, to :data:`DIGITS` significant digits.

    Beam adds numbers up in the order in which bundles arrive, so equal rows give sums whose last digits differ.

    Args:
        message: The message, which is changed.
    """
    for kind, value in message.ListFields():
        repeated = hasattr(value, "extend")
        if kind.cpp_type == kind.CPPTYPE_MESSAGE:
            for one in value if repeated else [value]:
                round_numbers(one)
        elif kind.cpp_type in (kind.CPPTYPE_DOUBLE, kind.CPPTYPE_FLOAT):
            if repeated:
                value[:] = [_rounded(one) for one in value]
            else:
                setattr(message, kind.name, _rounded(value))


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _schema(artifact: metadata_store_pb2.Artifact | None) -> str:
    if artifact is None:
        return ""
    return _digest([(Path(artifact.uri) / "schema.pbtxt").read_bytes()])


def _scores(
    artifact: metadata_store_pb2.Artifact | None, rows: list[Mapping[str, str]]
) -> np.ndarray:
    if artifact is None or not rows or artifact.custom_properties["pushed"].int_value != 1:
        return np.zeros(0)
    from utils.pipeline.predict import ExportedModel

    folder = artifact.custom_properties["pushed_destination"].string_value
    return np.asarray(ExportedModel(Path(folder)).predict(rows), dtype=float).ravel()


def _blessed(artifact: metadata_store_pb2.Artifact | None) -> bool | None:
    return None if artifact is None else artifact.custom_properties["blessed"].int_value == 1


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
