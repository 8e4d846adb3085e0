"""The workbook's InteractiveContext: TFX's own, on one shared store, with failures that are told and results that read.

Source: ``tfx.orchestration.experimental.interactive.interactive_context.InteractiveContext``, which this extends.
Everything that the original does it still does; :meth:`WorkbookContext.run` only guards it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx import types
from tfx.dsl.components.base import base_node
from tfx.dsl.components.common import resolver
from tfx.orchestration import metadata
from tfx.orchestration.experimental.interactive import interactive_context
from tfx.types import channel_utils, standard_component_specs

from utils import exercises, folders, memory
from utils.errors import WorkbookError
from utils.pipeline import components, filled_splits, manifests, runners, soundness
from utils.pipeline.claims import COMPONENT_RUN, Claim, Claims
from utils.pipeline.config import PipelineConfig
from utils.pipeline.fingerprint import stamp
from utils.pipeline.store import (
    check_database,
    check_input_base,
    check_push_destination,
    check_version,
    metadata_config,
    pipeline_root,
    refusal,
    told,
)
from utils.progress import telling, working
from utils.session import baseline, outputs, quiet
from utils.session.errors import (
    ArtifactDamaged,
    ArtifactMissing,
    ComponentFailed,
    NotRunYet,
    cure_for,
    damaged,
    reason,
    require_ipython,
    root_cause,
)
from utils.session.results import CatchUp, Nothing, OutputRow, RunResult

PIPELINE_NAME = "complaints"
"""All chapters run in one pipeline, so that TFX's cache answers across notebooks."""

_Execution = metadata_store_pb2.Execution


class WorkbookContext(interactive_context.InteractiveContext):
    """An InteractiveContext on the workbook's shared ML Metadata store.

    Args:
        store: the folder of the store; made if absent.
        pipeline_name: the pipeline in which components run. TFX looks for cached executions, and for the latest blessed
            model, within one pipeline.

    Attributes:
        store: that folder. ``metadata.sqlite`` and the pipeline root lie in it.

    Raises:
        FolderError: if the store's folder or files cannot be written, TFX would take its path for a pattern, or its
            database is damaged or was made by another version of ML Metadata.
    """

    def __init__(self, store: Path, pipeline_name: str = PIPELINE_NAME) -> None:
        super().__init__(
            pipeline_name=pipeline_name,
            pipeline_root=str(pipeline_root(store)),
            metadata_connection_config=metadata_config(store),
            beam_pipeline_args=list(runners.BEAM_PIPELINE_ARGS),
        )
        folders.make(pipeline_root(store))
        folders.check_file(store / "run.lock")
        check_version(store)
        self.store = store
        self._claims = Claims(store)
        self._lock = FileLock(str(store / "run.lock"))
        self._beside = False
        self._failure: WorkbookError | None = None

    def run(
        self,
        component: base_node.BaseNode,
        enable_cache: bool = True,
        beam_pipeline_args: list[str] | None = None,
    ) -> RunResult:
        """Run one component, as InteractiveContext does, and say what came of it.

        Only one component at a time runs on a store, whatever the number of notebooks: a second one waits, and then is
        often answered from the cache.

        Args:
            component: the component, built but not run.
            enable_cache: whether an equal earlier execution may answer.
            beam_pipeline_args: arguments for Apache Beam instead of the workbook's own.

        Returns:
            The result, which shows the seconds, whether the cache answered, and the output artifacts.

        Raises:
            NotRunYet: if an input comes from a component that has not run in this notebook, or that failed.
            ArtifactMissing: if an input was deleted from disk.
            ArtifactDamaged: if the executor failed and a file of an input cannot be read.
            ComponentFailed: if the component's executor failed, or, where it is the reader's own, has left an output
                that is empty, gone, or an input passed on.
            NeedsIPython: if this is a plain Python program.
            FolderError: if TFX would take the folder of an ExampleGen for a pattern, Pusher would number a model below
                one that was pushed before, the store's database is damaged, or nothing can be written there.
        """
        require_ipython()
        check_input_base(component)
        check_push_destination(component)
        # Where `make clean` has taken all of it from under this notebook, the store begins anew.
        folders.make(pipeline_root(self.store))
        folders.make(self.store / "claims")
        check_database(self.store)
        with told(self.store):
            return self._run(component, enable_cache, beam_pipeline_args)

    def _run(
        self,
        component: base_node.BaseNode,
        enable_cache: bool,
        beam_pipeline_args: list[str] | None,
    ) -> RunResult:
        self._check_inputs(component)
        stamp(component)
        with working(component.id) as say, telling(components.MODULES, say), self._hold(say):
            started = time.monotonic()
            self._claims.end_abandoned()
            with self.metadata() as handle:
                manifests.retire_damaged(self.store, handle.store, component.type)
                baseline.replace_candidate(component, handle.store, self.pipeline_name)
            try:
                with (
                    self._claims.running(component),
                    outputs.watched(component),
                    quiet.programs(),
                ):
                    result = super().run(component, enable_cache, beam_pipeline_args)
                self._check_splits(component)
            except BaseException as error:
                # No later cell may work on half an output.
                component._workbook_finished = False
                for channel in component.outputs.values():
                    channel.set_artifacts([])
                if not isinstance(error, Exception):
                    raise
                failure = (
                    refusal(self.store, root_cause(error))
                    or self._unreadable_input(component)
                    or ComponentFailed(
                        f"{component.id} failed after {time.monotonic() - started:.1f} s: {reason(error)}"
                        f"{outputs.line(component, root_cause(error))}",
                        cure_for(error, own=outputs.is_watched(component)),
                    )
                )
                self._failure = failure
                raise failure from error
            seconds = time.monotonic() - started
            if seconds > 1:  # the cache's answer leaves nothing behind
                memory.give_back()
        return self._describe(component, result.execution_id, seconds)

    def show(self, item: object) -> None:
        """Show a component's output, an artifact's view, or any other object.

        Args:
            item: a channel such as ``example_gen.outputs["examples"]``, or anything that a notebook can display.

        Raises:
            NotRunYet: if the channel's component has not run.
            ArtifactMissing: if an artifact was deleted from disk.
            ArtifactDamaged: if a file of an artifact cannot be read.
        """
        from IPython.display import display
        from tfx.orchestration.experimental.interactive import visualizations

        if not isinstance(item, types.Channel):
            display(item)
            return
        self._check_channel(item, "Nothing can be shown")
        if not item.get():
            display(Nothing(item.output_key))
        for artifact in item.get():
            view = visualizations.get_registry().get_visualization(artifact.type_name)
            if view is None:
                display(artifact)
                continue
            try:
                view.display(artifact)
            except Exception as error:
                wrong = soundness.fault(Path(artifact.uri))
                if not wrong:
                    raise
                maker = getattr(item, "producer_component", None)
                raise damaged(
                    "Nothing can be shown", item.output_key, maker, artifact, wrong
                ) from error

    def catch_up(
        self, config: PipelineConfig, until: str, schema: base_node.BaseNode | None = None
    ) -> CatchUp:
        """Run what earlier chapters taught, in order, up to and with one component.

        Args:
            config: the pipeline's configuration.
            until: the name of the last component to run, for example ``"schema_gen"``.
            schema: a component with an output ``schema`` that has run already, to be used for these rows too, in
                place of one that is inferred from their statistics.

        Returns:
            A table of each component, its seconds and whether the cache answered; the components are its attributes.

        Raises:
            WorkbookError: if the pipeline has no component of that name.
        """
        parts = components.build(config, schema)
        names = list(parts)
        if until not in names:
            raise WorkbookError(
                f"The pipeline has no component named {until!r}.", f"Use one of {', '.join(names)}."
            )
        chosen = names[: names.index(until) + 1]
        with working("The pipeline"):
            results = [self.run(parts[name]) for name in chosen]
        given = {} if schema is None else {"schema_gen": schema}
        return CatchUp(tuple(results), given | {name: parts[name] for name in chosen})

    def exercise(self, number: str, answer: Any, **given: Any) -> exercises.Verdict:
        """Check the reader's answer to an exercise.

        Args:
            number: the exercise's number as printed in the notebook, for example ``"1.2"``.
            answer: the reader's answer.
            **given: what the question is about, where that stands in the notebook.

        Returns:
            "Yes" with what it means, or "Not yet" with a hint that fits the mistake.
        """
        return exercises.check(number, answer, self, **given)

    def folder(self, chapter: str) -> Path:
        """Return the folder that belongs to a chapter's reader, for modules and files of their own.

        Args:
            chapter: the chapter, as its notebook's name begins: ``"05"``, ``"A"``.

        Returns:
            The folder, which lies in the store and is made if absent.

        Raises:
            FolderError: if it cannot be written.
        """
        return folders.make(self.store / "chapters" / chapter)

    def pipeline(self, name: str) -> WorkbookContext:
        """Return a context for another pipeline in the same store.

        It may read what this one has made, and what is blessed in it is no baseline here.

        Args:
            name: the pipeline's name.
        """
        return type(self)(self.store, name)

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Keep the components of other notebooks waiting until the block ends, having waited for theirs.

        Args:
            name: what goes on in the block, for the line that shows its progress.
        """
        with working(name) as say, self._hold(say):
            yield

    @contextlib.contextmanager
    def beside_others(self) -> Iterator[None]:
        """Let the components of other notebooks run while those in the block do.

        This is for a component that waits for a person: it computes nothing, and nobody should wait for it.
        """
        before, self._beside = self._beside, True
        try:
            yield
        finally:
            self._beside = before

    def claim(self, component_run: str) -> Claim:
        """Mark an execution as one that somebody is still at work on, between calls, before it is registered.

        Args:
            component_run: the name of its ``component_run`` context in ML Metadata.

        Returns:
            The claim. Its ``release()`` says that the work is done; if it is dropped without, the next component that
            runs on the store ends the execution.
        """
        return self._claims.claim(COMPONENT_RUN, component_run)

    def traceback(self) -> None:
        """Print the full report of the last failure."""
        print(
            self._failure.full_report()
            if self._failure
            else "No component has failed in this notebook."
        )

    def metadata(self) -> metadata.Metadata:
        """Return a connection to the shared store, for use in a ``with`` block."""
        return metadata.Metadata(self.metadata_connection_config)

    @contextlib.contextmanager
    def _hold(self, say: Callable[[str], None]) -> Iterator[None]:
        """Hold the store's lock, and say so while another notebook has it; not :meth:`beside_others`."""
        if self._beside:
            yield
            return
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            say("waiting for a component of another notebook to finish")
            self._lock.acquire()
            say("")
        try:
            yield
        finally:
            self._lock.release()

    def _check_inputs(self, component: base_node.BaseNode) -> None:
        for channel in _input_channels(component):
            self._check_channel(channel, f"{component.id} cannot run")

    def _check_channel(self, channel: types.BaseChannel, cannot: str) -> None:
        producer = getattr(channel, "producer_component", None)
        if producer is None:
            return
        artifacts = list(channel.get())
        unresolved = not artifacts or any(not a.uri or not a.id for a in artifacts)
        if unresolved and not getattr(producer, "_workbook_finished", False):
            raise NotRunYet(
                f"{cannot}: {producer.id} has not run in this notebook, or it failed.",
                f"Run the cell with `context.run(...)` for {producer.id} first, then this one.",
            )
        with self.metadata() as handle:
            known = {a.id: a for a in _known(handle.store, artifacts)}
        for artifact in artifacts:
            damage = manifests.damage(self.store, known.get(artifact.id, artifact.mlmd_artifact))
            if damage:
                raise ArtifactMissing(
                    f"{cannot}: the artifact {channel.output_key!r} of {producer.id} was deleted from disk, or a part "
                    f"of it: {damage} ({artifact.uri}).",
                    f"Run the cell with `context.run(...)` for {producer.id} again: it will be computed anew.",
                )

    def _unreadable_input(self, component: base_node.BaseNode) -> ArtifactDamaged | None:
        """Return the error for a component that failed as a file of an input cannot be read; None where all can."""
        for channel in _input_channels(component):
            producer = getattr(channel, "producer_component", None)
            for artifact in channel.get():
                wrong = soundness.fault(Path(artifact.uri))
                if wrong:
                    return damaged(
                        f"{component.id} cannot run", channel.output_key, producer, artifact, wrong
                    )
        return None

    def _check_splits(self, component: base_node.BaseNode) -> None:
        """Refuse examples of TFX's own ExampleGens too where a split has no rows, and keep the cache from them."""
        if standard_component_specs.INPUT_CONFIG_KEY not in component.exec_properties:
            return
        examples = list(component.outputs[standard_component_specs.EXAMPLES_KEY].get())
        try:
            filled_splits.check(examples, component.exec_properties)
        except filled_splits.EmptySplitError:
            with self.metadata() as handle:
                manifests.retire(handle.store, _known(handle.store, examples))
            raise

    def _describe(
        self, component: base_node.BaseNode, execution_id: int, seconds: float
    ) -> RunResult:
        component._workbook_finished = True
        with self.metadata() as handle:
            (execution,) = handle.store.get_executions_by_id([execution_id])
            made = [a for channel in component.outputs.values() for a in channel.get()]
            known = _known(handle.store, made)
            manifests.record(self.store, known)
        # TFX publishes copies of what a component from a function has made. Without this, the component that takes the
        # originals would write them over the published ones, which then count as unfinished.
        published = {artifact.id: artifact for artifact in known}
        for artifact in made:
            if artifact.id in published:
                artifact.set_mlmd_artifact(published[artifact.id])
        rows = tuple(
            OutputRow(name, artifact.type_name, artifact.id, artifact.uri)
            for name, channel in component.outputs.items()
            for artifact in channel.get()
        )
        return RunResult(
            component=component,
            execution_id=execution_id,
            seconds=seconds,
            cached=execution.last_known_state == _Execution.CACHED
            and not isinstance(component, resolver.Resolver),
            outputs=rows,
            root=self.store,
        )


def _known(
    store: MetadataStore, artifacts: list[types.Artifact]
) -> list[metadata_store_pb2.Artifact]:
    """Return artifacts as ML Metadata has them."""
    ids = [artifact.id for artifact in artifacts if artifact.id]
    return store.get_artifacts_by_id(ids) if ids else []


def _input_channels(component: base_node.BaseNode) -> Iterator[types.BaseChannel]:
    inputs = component.raw_inputs if isinstance(component, resolver.Resolver) else component.inputs
    for channel in inputs.values():
        yield from channel_utils.get_individual_channels(channel)
