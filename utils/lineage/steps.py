"""A component run in its three steps, driver, executor and publisher, one call each.

``context.run`` does all three at once, through TFX's ``InProcessComponentLauncher``. The same launcher is used here,
so that what each step writes into ML Metadata can be looked at before the next one begins.

Source: book, chapter 2, "Overview of TFX components"; ``tfx.orchestration.launcher.base_component_launcher``
"""

from __future__ import annotations

import copy
import datetime
from typing import Any

from utils.lineage import snapshots
from utils.lineage.errors import LineageError
from utils.pipeline.fingerprint import stamp
from utils.third_party import private

ORDER = ("driver", "executor", "publisher")
"""The three steps."""


class Steps:
    """One run of one component, step by step, with the cache off so that all three have something to do.

    Args:
        context: The workbook's context, in which the component's inputs have run.
        component: The component, built.

    Attributes:
        done: How many of the three steps are done.
        execution: The execution's id, once the driver has registered it.
    """

    def __init__(self, context: Any, component: Any) -> None:
        from tfx.orchestration import data_types, metadata
        from tfx.orchestration.launcher import in_process_component_launcher

        for name, channel in component.inputs.items():
            artifacts = list(channel.get())
            if not artifacts or any(not one.id or not one.uri for one in artifacts):
                raise LineageError(
                    f"{component.id} cannot start, its input {name!r} is not there yet: run the cell with "
                    "`context.run(...)` for the component that makes it first."
                )
        stamp(component)
        self._context = context
        self._component = component
        self._connection = metadata.Metadata(context.metadata_connection_config)
        self._launcher = in_process_component_launcher.InProcessComponentLauncher.create(
            component,
            data_types.PipelineInfo(
                pipeline_name=context.pipeline_name,
                pipeline_root=context.pipeline_root,
                run_id=datetime.datetime.now().isoformat(),
            ),
            data_types.DriverArgs(enable_cache=False, interactive_resolution=True),
            self._connection,
            list(context.beam_pipeline_args),
            {},
        )
        self._decision: Any = None
        self._claim: Any = None
        self.done = 0
        self.execution = 0

    def driver(self) -> snapshots.Changes:
        """Look up the inputs, register the execution, and make room for the outputs.

        Returns:
            What changed in ML Metadata.

        Raises:
            LineageError: The driver of this run is done already.
        """
        return self._step("driver", self._drive)

    def executor(self) -> snapshots.Changes:
        """Do the work: read the inputs' payloads, and write those of the outputs.

        Returns:
            What changed in ML Metadata; it is not asked at all, so nothing does.

        Raises:
            LineageError: It is not the executor's turn.
        """
        return self._step("executor", self._execute)

    def publisher(self) -> snapshots.Changes:
        """Publish the outputs, and mark the execution as complete.

        Returns:
            What changed in ML Metadata.

        Raises:
            LineageError: It is not the publisher's turn.
        """
        return self._step("publisher", self._publish)

    @property
    def output_uris(self) -> dict[str, str]:
        """By output name the folder that the driver made room in.

        Raises:
            LineageError: The driver has not run.
        """
        if self._decision is None:
            raise LineageError("Nothing is prepared yet: call `driver()` first.")
        return {name: many[0].uri for name, many in self._decision.output_dict.items()}

    def _step(self, name: str, act: Any) -> snapshots.Changes:
        turn = ORDER.index(name)
        if turn < self.done:
            raise LineageError(
                f"The {name} of this run is done already: make new Steps, then call driver(), executor() and "
                "publisher() once each."
            )
        if turn > self.done:
            raise LineageError(
                f"It is the turn of the {ORDER[self.done]}: call {ORDER[self.done]}() before {name}()."
            )
        with self._context.alone(f"{self._component.id}, {name}"):
            before = self._snapshot()
            act()
            self.done += 1
            return snapshots.changes(before, self._snapshot())

    def _drive(self) -> None:
        launcher = self._launcher
        name = private(launcher, "_component_info").component_run_context_name
        self._claim = self._context.claim(name)
        self._decision = private(launcher, "_run_driver")(
            private(launcher, "_input_dict"),
            private(launcher, "_output_dict"),
            private(launcher, "_exec_properties"),
        )
        self.execution = self._decision.execution_id

    def _execute(self) -> None:
        decision = self._decision
        private(self._launcher, "_run_executor")(
            decision.execution_id,
            copy.deepcopy(decision.input_dict),
            decision.output_dict,
            copy.deepcopy(decision.exec_properties),
        )

    def _publish(self) -> None:
        from utils.pipeline import manifests

        private(self._launcher, "_run_publisher")(output_dict=self._decision.output_dict)
        self._claim.release()
        with self._connection as handle:
            ids = [one.id for many in self._decision.output_dict.values() for one in many]
            manifests.record(self._context.store, handle.store.get_artifacts_by_id(ids))

    def _snapshot(self) -> snapshots.Snapshot:
        with self._connection as handle:
            return snapshots.take(handle.store)
