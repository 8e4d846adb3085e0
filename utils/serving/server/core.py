"""The models that the server is configured to serve: their folders, their versions and their labels.

Source: https://www.tensorflow.org/tfx/serving/serving_config
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tensorflow_serving.config import model_server_config_pb2

from utils.serving.server import (
    batches,
    batching,
    config,
    metrics,
    models,
    protos,
    versions,
    warmup,
)
from utils.serving.server.flags import Flags
from utils.serving.server.inference import Engine
from utils.serving.server.manager import Manager, State, Version
from utils.serving.server.status import Code, StatusError, invalid

_LOG = logging.getLogger(__name__)

PER_MODEL = "batching_params.pbtxt"
"""The file in a version's folder that says how it is batched, where the flags allow that."""


class Core:
    """The models, and what is asked of them."""

    def __init__(self, flags: Flags) -> None:
        """Begin without models.

        Args:
            flags: How to load, batch and look for them.

        Raises:
            StatusError: If the batching parameters make no sense.
        """
        self.flags = flags
        self.metrics = metrics.Metrics()
        self.engine = Engine(self.metrics, flags.enable_signature_method_name_check)
        self.manager = Manager(
            self._load, flags.max_num_load_retries, max(flags.load_retry_interval_micros, 0) / 1e6
        )
        self._scheduler = _scheduler(flags, self.metrics)
        self._config = model_server_config_pb2.ModelServerConfig()
        self._labels: dict[str, dict[str, int]] = {}
        self._reloading = threading.Lock()
        self._looking = threading.Lock()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Load the models of the flags, and go on looking for new versions and another configuration.

        Raises:
            StatusError: If the configuration makes no sense, or a model cannot be loaded.
        """
        self._repeat(self._look, self.flags.file_system_poll_wait_seconds)
        self.reload(config.read(self.flags))
        if self.flags.model_config_file:
            self._repeat(self._read_again, self.flags.model_config_file_poll_wait_seconds)

    def reload(self, new: Any, seconds: float | None = None) -> None:
        """Take another configuration, and wait until its new models are available.

        Args:
            new: A ``ModelServerConfig`` message with a list of models.
            seconds: How long that may take.

        Raises:
            StatusError: If it makes no sense, or a new model cannot be loaded.
        """
        if new.WhichOneof("config") != "model_config_list":
            raise invalid(
                "ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is "
                "currently supported"
            )
        with self._reloading:
            before = {model.name for model in self._config.model_config_list.config}
            names = {model.name for model in new.model_config_list.config}
            config.validate(new)
            self._labels = self._labelled(new)
            with self._looking:
                self._config = new
                for name in before - names:
                    self.manager.want(name, {})
            self._look()
            self._await(names - before, seconds)

    @contextmanager
    def use(self, spec: Any) -> Iterator[tuple[Version, models.Model]]:
        """Hold the version that a request means, for the length of a ``with`` block.

        Args:
            spec: A ``ModelSpec`` message: a name, and perhaps a version or a label.

        Yields:
            The version and its model.

        Raises:
            StatusError: If there is no such version, or it is not available.
        """
        if not spec.name:
            raise invalid("ModelSpec has no name specified.")
        choice = spec.WhichOneof("version_choice")
        number = spec.version.value if choice == "version" else None
        if choice == "version_label":
            number = self._labels.get(spec.name, {}).get(spec.version_label)
            if number is None:
                raise invalid(f"Unrecognized servable version label: {spec.version_label}")
        with self.manager.use(spec.name, number) as held:
            yield held

    def states(self, spec: Any) -> list[Version]:
        """Return the versions whose state a request asks for.

        Args:
            spec: A ``ModelSpec`` message; a label in it counts for nothing.

        Raises:
            StatusError: If there are none.
        """
        found = self.manager.states(spec.name)
        if spec.WhichOneof("version_choice") == "version":
            number = spec.version.value
            found = [version for version in found if version.number == number]
            if not found:
                raise StatusError(
                    Code.NOT_FOUND, f"Could not find version {number} of model {spec.name}"
                )
        if not found:
            raise StatusError(Code.NOT_FOUND, f"Could not find any versions of model {spec.name}")
        return found

    def close(self) -> None:
        """Stop looking for versions, and unload all models."""
        self._ended.set()
        self.manager.close()
        for thread in self._threads:
            thread.join()
        if self._scheduler is not None:
            self._scheduler.close()

    def _labelled(self, new: Any) -> dict[str, dict[str, int]]:
        labels: dict[str, dict[str, int]] = {}
        for model in new.model_config_list.config:
            for label, number in model.version_labels.items():
                before = self._labels.get(model.name, {}).get(label, number)
                allowed = self.flags.allow_version_labels_for_unavailable_models
                if not (allowed and before == number) and not self.manager.serves(
                    model.name, number
                ):
                    raise StatusError(
                        Code.FAILED_PRECONDITION,
                        f"Request to assign label to version {number} of model {model.name}, which is not "
                        "currently available for inference",
                    )
                labels.setdefault(model.name, {})[label] = number
        return labels

    def _look(self) -> None:
        """Look for the versions of all models, once."""
        if self.flags.file_system_poll_wait_seconds < 0:
            return
        with self._looking:
            for model in self._config.model_config_list.config:
                self._look_for(model)

    def _look_for(self, model: Any) -> None:
        try:
            found = versions.find(model.base_path)
        except StatusError as error:
            _LOG.warning("%s for servable %s", error.message, model.name)
            return
        if not found:
            _LOG.warning(
                "No versions of servable %s found under base path %s. A version's folder is named by a number.",
                model.name,
                model.base_path,
            )
        self.manager.want(model.name, versions.choose(model.model_version_policy, found))

    def _read_again(self) -> None:
        """Read the configuration file, once more."""
        try:
            self.reload(config.read(self.flags))
        except StatusError as error:
            _LOG.error("The configuration was not taken: %s", error)

    def _repeat(self, look: Any, seconds: float) -> None:
        def loop() -> None:
            while not self._ended.wait(seconds):
                look()

        if seconds > 0:
            self._threads.append(threading.Thread(target=loop, daemon=True))
            self._threads[-1].start()

    def _await(self, names: set[str], seconds: float | None) -> None:
        """Wait until these models are available: all their versions, but those that have failed already."""
        self.manager.wait(lambda: not any(map(self._is_pending, names)), seconds)
        failed = [
            version
            for name in sorted(names)
            for version in self.manager.states(name)
            if not self.manager.serves(name) and version.error is not None
        ]
        if failed:
            reasons = ", ".join(
                f"{{{version} due to error: {version.error}}}" for version in failed
            )
            raise StatusError(
                Code.UNKNOWN, f"{len(failed)} model(s) did not become available: {{{reasons}}}"
            )

    def _is_pending(self, name: str) -> bool:
        wanted = [version for version in self.manager.states(name) if version.wanted]
        loading = [version for version in wanted if version.state in (State.START, State.LOADING)]
        if self.manager.serves(name):
            return any(version.error is None for version in loading)
        return bool(loading) or not wanted

    def _load(self, version: Version) -> models.Model:
        path, start = version.path, time.perf_counter()
        try:
            model = models.load(path, self.flags)
        except BaseException:
            self.metrics.load_attempts.labels(path, "fail").inc()
            raise
        self.metrics.load_attempts.labels(path, "success").inc()
        self.metrics.load_latency.labels(path).inc(metrics.micros(start))
        try:
            model = self._batched(path, model)
            if self.flags.enable_model_warmup:
                iterations = max(self.flags.num_request_iterations_for_warmup, 1)
                warmup.warm_up(path, version.name, model, self.engine, iterations)
        except BaseException:
            model.runner.close()
            raise
        return model

    def _batched(self, path: str, model: models.Model) -> models.Model:
        if self._scheduler is None:
            return model
        parameters = self._scheduler.parameters
        if self.flags.enable_per_model_batching_parameters:
            file = Path(path) / PER_MODEL
            if not file.is_file():
                return model
            parameters = batches.Parameters.of(protos.read(file, protos.BatchingParameters()))
        runner = batching.BatchingRunner(model.runner, self._scheduler, parameters)
        return models.Model(model.signatures, runner)


def _scheduler(flags: Flags, counted: metrics.Metrics) -> batching.Scheduler | None:
    if not flags.enable_batching:
        if flags.batching_parameters_file:
            raise invalid(
                "batching_parameters_file is set without setting enable_batching to true."
            )
        return None
    message = protos.BatchingParameters()
    if flags.batching_parameters_file:
        protos.read(flags.batching_parameters_file, message)
    return batching.Scheduler(batches.Parameters.of(message), counted)
