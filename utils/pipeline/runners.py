"""Running the whole example pipeline at once, outside a notebook.

``InteractiveContext`` works in notebooks only; a script, a test and a scheduler use an orchestrator. Both run the
components of :mod:`utils.pipeline.components`.

Source: book, chapter 11; https://www.tensorflow.org/tfx/guide/local_orchestrator
"""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx import v1 as tfx
from tfx.dsl.compiler import compiler
from tfx.dsl.compiler.constants import PIPELINE_RUN_ID_PARAMETER_NAME
from tfx.orchestration import metadata
from tfx.orchestration.portable import runtime_parameter_utils

from . import components, manifests
from .claims import PIPELINE_RUN, Claims
from .config import PipelineConfig
from .fingerprint import stamp
from .store import check_input_base
from .store import metadata_config as metadata_config
from .store import metadata_file as metadata_file
from .store import pipeline_root as pipeline_root

BEAM_PIPELINE_ARGS = (
    "--runner=FnApiRunner",
    "--direct_running_mode=in_memory",
    "--direct_num_workers=1",
    "--sdk_container_image=none",
)
"""Beam in this process. Outside IPython the default runner would first look for a Go runner on the network; several
processes cost more to start than these rows take to read. An image, though none is ever started, keeps TFX
from packing itself into an archive for remote workers before each component, which takes seconds and leaves
a copy behind."""


@dataclass(frozen=True)
class NodeRun:
    """What one component did.

    Attributes:
        name: The component's id.
        cached: Whether TFX's cache answered, so that nothing ran.
        seconds: From its start to its end, as ML Metadata has it.
        outputs: Output name to the folder of its artifact.
    """

    name: str
    cached: bool
    seconds: float
    outputs: dict[str, Path]


@dataclass(frozen=True)
class PipelineRun:
    """What one run of the pipeline did.

    Attributes:
        run_id: The run's name in ML Metadata.
        nodes: The components by id, in the order in which they ran.
        blessed: Whether the Evaluator blessed the model.
    """

    run_id: str
    nodes: dict[str, NodeRun]
    blessed: bool

    def output(self, node: str, name: str) -> Path:
        """Return the folder of an output.

        Args:
            node: The component's id, for example ``"Trainer"``.
            name: The output, for example ``"model"``.
        """
        return self.nodes[node].outputs[name]

    @property
    def pushed_model(self) -> Path | None:
        """The folder of the pushed model's artifact; None where nothing was pushed."""
        return self.output("Pusher", "pushed_model") if self.blessed else None


def pipeline(
    config: PipelineConfig,
    store: str | Path,
    name: str = "complaints",
    beam_pipeline_args: Sequence[str] = BEAM_PIPELINE_ARGS,
) -> tfx.dsl.Pipeline:
    """Put the components together, for any orchestrator.

    Args:
        config: The pipeline's values.
        store: The folder of ML Metadata and of the artifacts.
        name: The pipeline's name in ML Metadata; the cache works within one name.
        beam_pipeline_args: Where the work inside all components that use Beam runs; by default in their own process.

    Returns:
        The pipeline, with its cache on.
    """
    return tfx.dsl.Pipeline(
        pipeline_name=name,
        pipeline_root=str(pipeline_root(store)),
        components=list(components.build(config).values()),
        metadata_connection_config=metadata_config(store),
        enable_cache=True,
        beam_pipeline_args=list(beam_pipeline_args),
    )


def run_local(
    config: PipelineConfig,
    store: str | Path,
    beam_pipeline_args: Sequence[str] = BEAM_PIPELINE_ARGS,
) -> PipelineRun:
    """Run the pipeline in this process, one component after another.

    Args:
        config: The pipeline's values.
        store: The folder of ML Metadata and of the artifacts; the cache works within one.
        beam_pipeline_args: Where the work inside all components that use Beam runs; by default in this process.

    Returns:
        What each component did.

    Raises:
        Exception: What a component raised; those before it have finished and are cached.
    """
    built = pipeline(config, store, beam_pipeline_args=beam_pipeline_args)
    return run_pipeline(built, store)


def run_pipeline(built: tfx.dsl.Pipeline, store: str | Path) -> PipelineRun:
    """Run any pipeline on a store in this process, by TFX's ``LocalDagRunner``.

    Notebooks may work on the same store meanwhile: see :mod:`utils.pipeline.claims`.

    Args:
        built: The pipeline, with the store's :func:`metadata_config` and :func:`pipeline_root`.
        store: The folder of ML Metadata and of the artifacts.

    Returns:
        What each component did.

    Raises:
        FolderError: If the store cannot be written, or TFX would take a folder's path for a pattern.
        Exception: What a component raised; those before it have finished and are cached.
    """
    run_id = f"local-{uuid.uuid4().hex[:12]}"
    for component in built.components:
        stamp(component)
    compiled = compiler.Compiler().compile(built)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TFX's own, told as if it were ours
        runtime_parameter_utils.substitute_runtime_parameter(
            compiled, {PIPELINE_RUN_ID_PARAMETER_NAME: run_id}
        )
    for component in built.components:
        check_input_base(component)
    claims = Claims(Path(store))
    claims.end_abandoned()
    with metadata.Metadata(metadata_config(store)) as handle:
        manifests.retire_damaged(Path(store), handle.store)
    try:
        with claims.held(PIPELINE_RUN, run_id):
            tfx.orchestration.LocalDagRunner().run_with_ir(compiled)
    finally:
        _record_outputs(Path(store), run_id)
    return read_run(store, run_id)


def read_run(store: str | Path, run_id: str) -> PipelineRun:
    """Read from ML Metadata what a run did.

    Args:
        store: The folder of ML Metadata.
        run_id: The run's name there.

    Returns:
        What each component did.

    Raises:
        LookupError: Where the store knows no such run.
    """
    with metadata.Metadata(metadata_config(store)) as handle:
        run = handle.store.get_context_by_type_and_name(PIPELINE_RUN, run_id)
        if run is None:
            raise LookupError(f"{metadata_file(store)} knows no run {run_id!r}.")
        executions = sorted(
            handle.store.get_executions_by_context(run.id), key=lambda execution: execution.id
        )
        nodes = [_node_run(handle.store, execution) for execution in executions]
        blessed = any(_is_blessing(handle.store, execution) for execution in executions)
    return PipelineRun(run_id, {node.name: node for node in nodes}, blessed)


def _record_outputs(store: Path, run_id: str) -> None:
    with metadata.Metadata(metadata_config(store)) as handle:
        run = handle.store.get_context_by_type_and_name(PIPELINE_RUN, run_id)
        made = handle.store.get_artifacts_by_context(run.id) if run else []
        manifests.record(
            store, [one for one in made if one.state == metadata_store_pb2.Artifact.LIVE]
        )


def _node_run(store: MetadataStore, execution: metadata_store_pb2.Execution) -> NodeRun:
    node = next(
        context
        for context in store.get_contexts_by_execution(execution.id)
        if context.type == "node"
    )
    return NodeRun(
        name=node.name.rsplit(".", 1)[-1],
        cached=execution.last_known_state == metadata_store_pb2.Execution.CACHED,
        seconds=(execution.last_update_time_since_epoch - execution.create_time_since_epoch) / 1000,
        outputs={name: Path(artifact.uri) for name, artifact in _outputs(store, execution)},
    )


def _outputs(
    store: MetadataStore, execution: metadata_store_pb2.Execution
) -> Iterator[tuple[str, metadata_store_pb2.Artifact]]:
    events = [
        event
        for event in store.get_events_by_execution_ids([execution.id])
        if event.type == metadata_store_pb2.Event.OUTPUT
    ]
    artifacts = {
        artifact.id: artifact
        for artifact in store.get_artifacts_by_id([event.artifact_id for event in events])
    }
    for event in events:
        name = next(step.key for step in event.path.steps if step.HasField("key"))
        yield name, artifacts[event.artifact_id]


def _is_blessing(store: MetadataStore, execution: metadata_store_pb2.Execution) -> bool:
    return any(
        name == "blessing" and artifact.custom_properties["blessed"].int_value == 1
        for name, artifact in _outputs(store, execution)
    )
