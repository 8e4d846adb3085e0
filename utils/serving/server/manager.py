"""The life of each version of each model: loaded, available, unloaded.

A version that replaces another is loaded first, and takes over at once. Only then does the old one go, after the
requests that it still works on have ended: TensorFlow Serving's availability-preserving policy.

Source: https://www.tensorflow.org/tfx/serving/architecture
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from tensorflow_serving.apis import get_model_status_pb2

from utils.serving.server import status
from utils.serving.server.models import Model
from utils.serving.server.status import Code, StatusError

_LOG = logging.getLogger(__name__)

State = get_model_status_pb2.ModelVersionStatus


@dataclass(eq=False)
class Version:
    """One version of one model.

    Attributes:
        name: The model's name.
        number: The version's number.
        path: Its folder.
        state: A value of the enumeration ``ModelVersionStatus.State``.
        wanted: Whether it is to be served.
        error: Why loading it has failed, the last time that it did.
        model: The model, while it is in memory.
        users: How many requests work on it.
    """

    name: str
    number: int
    path: str
    state: int = State.START
    wanted: bool = True
    error: StatusError | None = None
    model: Model | None = field(default=None, repr=False)
    users: int = 0

    def __str__(self) -> str:
        return f"{{name: {self.name} version: {self.number}}}"


Action = tuple[Literal["load", "unload"], Version]


def next_action(versions: Iterable[Version]) -> Action | None:
    """Say what to do next about one model.

    Args:
        versions: Its versions, in any state.

    Returns:
        The version to load or to unload now; None where there is nothing to do, or a version is still loading.
    """
    versions = list(versions)
    wanted = [version for version in versions if version.wanted]
    old = [
        version for version in versions if not version.wanted and version.state == State.AVAILABLE
    ]
    is_served = any(version.state == State.AVAILABLE for version in wanted)
    if old and (not wanted or is_served or len(old) > 1):
        return "unload", min(old, key=lambda version: version.number)
    if any(version.state == State.LOADING for version in versions):
        return None
    new = [version for version in wanted if version.state == State.START]
    return ("load", max(new, key=lambda version: version.number)) if new else None


class Manager:
    """All versions of all models."""

    def __init__(
        self, load: Callable[[Version], Model], retries: int, retry_seconds: float
    ) -> None:
        """Begin with no models.

        Args:
            load: Loads a version; whatever it raises counts as a failure.
            retries: How often a failed load is tried again.
            retry_seconds: How long to wait before that.
        """
        self._load = load
        self._retries = retries
        self._retry_seconds = retry_seconds
        self._versions: dict[str, dict[int, Version]] = {}
        self._changed = threading.Condition()
        self._closing = False

    def want(self, name: str, paths: Mapping[int, str]) -> None:
        """Say which versions of a model are to be served from now on.

        Args:
            name: The model's name.
            paths: The folder of each version; none ends the model.
        """
        with self._changed:
            known = self._versions.setdefault(name, {})
            paths = {} if self._closing else paths
            for number, path in paths.items():
                before = known.get(number)
                if before is None or (before.state == State.END and not before.wanted):
                    known[number] = Version(name, number, path)
            for version in known.values():
                version.wanted = version.number in paths
                if not version.wanted and version.state == State.START:
                    version.state = State.END
            self._advance(name)

    @contextmanager
    def use(self, name: str, number: int | None = None) -> Iterator[tuple[Version, Model]]:
        """Hold a version that is available, for the length of a ``with`` block.

        Args:
            name: The model's name.
            number: The version; by default the latest that is available.

        Yields:
            The version and its model, which is not unloaded before the block ends.

        Raises:
            StatusError: If there is none.
        """
        with self._changed:
            version = self._available(name, number)
            version.users += 1
        try:
            assert version.model is not None
            yield version, version.model
        finally:
            with self._changed:
                version.users -= 1
                if version.state == State.UNLOADING:
                    self._changed.notify_all()

    def states(self, name: str) -> list[Version]:
        """Return all versions of a model that there are or were, the latest first.

        Args:
            name: The model's name.
        """
        with self._changed:
            known = self._versions.get(name, {})
            return [known[number] for number in sorted(known, reverse=True)]

    def serves(self, name: str, number: int | None = None) -> bool:
        """Return whether a version, or any version where none is named, can be asked now."""
        return any(
            version.state == State.AVAILABLE and number in (None, version.number)
            for version in self.states(name)
        )

    def wait(self, true: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until something is true of the versions.

        Args:
            true: What is asked after each change.
            seconds: For how long; by default until the end.

        Raises:
            StatusError: If the time is over, or the server ends.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._closing or true(), seconds):
                raise StatusError(Code.DEADLINE_EXCEEDED, "The models did not load in time")
            if self._closing:
                raise StatusError(Code.UNAVAILABLE, "The server is ending")

    def close(self) -> None:
        """Unload everything, once the requests that are worked on have ended."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for name in list(self._versions):
            self.want(name, {})
        with self._changed:
            self._changed.wait_for(self._is_empty, timeout=10)

    def _is_empty(self) -> bool:
        return all(
            version.state == State.END
            for known in self._versions.values()
            for version in known.values()
        )

    def _available(self, name: str, number: int | None) -> Version:
        serving = {
            version.number: version
            for version in self._versions.get(name, {}).values()
            if version.state == State.AVAILABLE
        }
        if number is None and serving:
            return serving[max(serving)]
        if number is None or number not in serving:
            asked = f"Latest({name})" if number is None else f"Specific({name}, {number})"
            raise StatusError(Code.NOT_FOUND, f"Servable not found for request: {asked}")
        return serving[number]

    def _advance(self, name: str) -> None:
        """Start whatever is to be done about a model; the lock is held."""
        while (action := next_action(self._versions[name].values())) is not None:
            what, version = action
            version.state = State.LOADING if what == "load" else State.UNLOADING
            run = self._loading if what == "load" else self._unloading
            threading.Thread(target=run, args=[version], name=what, daemon=True).start()
        self._changed.notify_all()

    def _loading(self, version: Version) -> None:
        for attempt in range(1 + self._retries):
            if attempt and not self._pause(version):
                break
            try:
                version.model, version.error = self._load(version), None
                break
            except Exception as raised:
                with self._changed:
                    version.error = status.of(raised)
                    self._changed.notify_all()
                _LOG.error("Loading %s failed: %s", version, version.error)
        with self._changed:
            version.state = State.END if version.model is None else State.AVAILABLE
            _LOG.info("%s: %s", version, "not available" if version.error else "available")
            self._advance(version.name)

    def _pause(self, version: Version) -> bool:
        """Wait before loading is tried again; return whether it is still worth it."""
        deadline = time.monotonic() + self._retry_seconds
        with self._changed:
            while version.wanted and not self._closing and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
            return version.wanted and not self._closing

    def _unloading(self, version: Version) -> None:
        with self._changed:
            self._changed.wait_for(lambda: version.users == 0)
            model, version.model = version.model, None
        if model is not None:
            model.runner.close()
        with self._changed:
            # It may have been wanted again while its last requests were worked on.
            version.state = State.START if version.wanted else State.END
            _LOG.info("%s: unloaded", version)
            self._advance(version.name)
