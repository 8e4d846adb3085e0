"""Who is at work on a store, and how what a killed process left behind is ended.

Notebooks, scripts and every orchestrator may work on one store at once. An execution that ML Metadata has as RUNNING
may be at work in any of them, or its process may have been killed; ML Metadata cannot tell. So whatever ends an
execution or removes its outputs goes by *claims*:

* Before the workbook's own code has TFX register an execution, it claims the ML Metadata context that the execution
  will belong to, and that no other execution ever will: the ``component_run`` that ``InteractiveContext`` makes for
  each run of a component, or the ``pipeline_run`` of a whole run by ``LocalDagRunner``. The names of both are unique.
* A claim is a file in the store's folder ``claims`` that names the context, and beside it a lock file that the process
  keeps locked while it works. The operating system takes the lock away with the process, after ``kill -9`` too.
* A claim whose lock is free was left behind: what still runs in its context is ended, and its outputs are removed.
* An execution that no claim covers is somebody else's: a plain ``InteractiveContext``, ``LocalDagRunner``, Airflow.
  It is never touched.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from ml_metadata.metadata_store import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.dsl.components.base import base_node
from tfx.orchestration import metadata

from utils import folders
from utils.files import atomic_text
from utils.pipeline.store import metadata_config, pipeline_root

COMPONENT_RUN = "component_run"
"""The type of the context that ``InteractiveContext`` makes for each run of a component."""

PIPELINE_RUN = "pipeline_run"
"""The type of the context that ``LocalDagRunner`` makes for each run of a pipeline."""

_Execution = metadata_store_pb2.Execution
_UNFINISHED = (_Execution.NEW, _Execution.RUNNING)
_MADE = (
    metadata_store_pb2.Event.OUTPUT,
    metadata_store_pb2.Event.DECLARED_OUTPUT,
    metadata_store_pb2.Event.PENDING_OUTPUT,
)


class Claim:
    """One context of ML Metadata that this process is at work in.

    It ends with :meth:`release`. Without that, when nothing refers to it any more or when the process ends, it counts
    as left behind.

    Args:
        folder: The folder of the claims.
        kind: The context's type.
        name: The context's name.

    Attributes:
        kind: That type.
        name: That name.
    """

    def __init__(self, folder: Path, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        self._file = folder / f"{uuid.uuid4().hex}.json"
        # Released by whichever thread drops the last reference.
        self._lock = FileLock(self._file.with_suffix(".lock"), thread_local=False)
        self._lock.acquire()
        try:
            with atomic_text(self._file) as file:
                json.dump([kind, name], file)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """End the claim: the work is done, or has been ended."""
        _remove(self._file, self._lock)


class Claims:
    """The claims on a store.

    Args:
        store: The folder of the store; made if absent.
    """

    def __init__(self, store: Path) -> None:
        self._connection = metadata_config(store)
        self._root = pipeline_root(store)
        self._folder = folders.make(store / "claims")

    def claim(self, kind: str, name: str) -> Claim:
        """Claim a context, before anything is registered in it.

        Args:
            kind: The context's type, :data:`COMPONENT_RUN` or :data:`PIPELINE_RUN`.
            name: The context's name.

        Returns:
            The claim.
        """
        return Claim(self._folder, kind, name)

    @contextlib.contextmanager
    def held(self, kind: str, name: str) -> Iterator[None]:
        """Claim a context while the block lasts; if it fails, what still runs in the context has failed too.

        Args:
            kind: The context's type, :data:`COMPONENT_RUN` or :data:`PIPELINE_RUN`.
            name: The context's name.
        """
        claim = self.claim(kind, name)
        try:
            yield
        except BaseException:
            self._end(kind, name, _Execution.FAILED)
            claim.release()
            raise
        claim.release()

    @contextlib.contextmanager
    def running(self, component: base_node.BaseNode) -> Iterator[None]:
        """Claim whatever execution TFX's launcher registers for a component while the block lasts.

        The launcher asks the component for its driver, and the driver registers the execution. So the component is
        lent a driver that claims the execution's context first.

        Args:
            component: The component that the block runs.
        """
        claims = self
        original: Any = component.driver_class
        with contextlib.ExitStack() as held:

            class ClaimingDriver(original):
                def pre_execution(self, **given: Any) -> Any:
                    name = given["component_info"].component_run_context_name
                    held.enter_context(claims.held(COMPONENT_RUN, name))
                    return super().pre_execution(**given)

            component.driver_class = ClaimingDriver
            try:
                yield
            finally:
                component.driver_class = original

    def end_abandoned(self) -> None:
        """End the executions that a process of the workbook left running when it died, and remove their outputs."""
        for file in self._folder.glob("*.json"):
            lock = FileLock(file.with_suffix(".lock"), thread_local=False)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                kind, name = json.loads(file.read_text(encoding="utf-8"))
            except (FileNotFoundError, ValueError, TypeError):
                pass  # Another process was faster, or the owner died before it registered anything.
            else:
                self._end(kind, name, _Execution.CANCELED)
            _remove(file, lock)

    def _end(self, kind: str, name: str, state: int) -> None:
        """Give a final state to what still runs in a context, having removed what it left half done."""
        with metadata.Metadata(self._connection) as handle:
            store = handle.store
            context = store.get_context_by_type_and_name(kind, name)
            found = store.get_executions_by_context(context.id) if context else []
            left = [one for one in found if one.last_known_state in _UNFINISHED]
            if not left:
                return
            for execution in left:
                self._remove_outputs(store, execution)
                execution.last_known_state = state
            events = store.get_events_by_execution_ids([execution.id for execution in left])
            made = [event.artifact_id for event in events if event.type in _MADE]
            unfinished = [
                artifact
                for artifact in (store.get_artifacts_by_id(made) if made else [])
                if artifact.state != metadata_store_pb2.Artifact.LIVE
            ]
            for artifact in unfinished:
                artifact.state = metadata_store_pb2.Artifact.ABANDONED
            if unfinished:
                store.put_artifacts(unfinished)
            store.put_executions(left)

    def _remove_outputs(
        self, store: MetadataStore, execution: metadata_store_pb2.Execution
    ) -> None:
        """Remove the folders that TFX makes for an execution: one an output, and one to work in.

        They are found by the execution's number, not by the artifacts' URIs: ``LocalDagRunner`` registers artifacts
        only when they are finished, and a URI may lead anywhere.
        """
        node = _node(store, execution)
        if not node or Path(node).name != node:
            return
        for pattern in (f"*/{execution.id}", f".system/*/{execution.id}"):
            for folder in (self._root / node).glob(pattern):
                shutil.rmtree(folder, ignore_errors=True)


def _node(store: MetadataStore, execution: metadata_store_pb2.Execution) -> str:
    """Return the id of the component that an execution is one of, which names its folder in the pipeline root."""
    if "component_id" in execution.properties:
        return execution.properties["component_id"].string_value
    names = {one.type: one.name for one in store.get_contexts_by_execution(execution.id)}
    return names.get("node", "").removeprefix(f"{names.get('pipeline')}.")


def _remove(file: Path, lock: FileLock) -> None:
    """Remove a claim that this process has locked. The file that names the context goes first."""
    file.unlink(missing_ok=True)
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()
