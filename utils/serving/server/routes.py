"""What the path of a REST request means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from utils.serving.server.status import invalid
from utils.serving.specs import model_spec

_VERSION = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"

_PATHS = {
    "POST": re.compile(
        rf"/v1/models/(?P<name>[^/:]+){_VERSION}:(?P<method>classify|regress|predict)",
        re.IGNORECASE,
    ),
    "GET": re.compile(
        rf"/v1/models(?:/(?P<name>[^/:]+))?{_VERSION}(?:/(?P<metadata>metadata))?", re.IGNORECASE
    ),
}

_LARGEST = 2**63 - 1

_DIGITS = len(str(_LARGEST))


@dataclass(frozen=True)
class Target:
    """What a request is about.

    Attributes:
        name: The model's name; empty where the path has none.
        version: The version's number.
        label: Its label, where it is named by one.
        method: ``classify``, ``regress`` or ``predict``; empty for what is read.
        metadata: Whether the model's signatures are asked for, and not its state.
        is_known: Whether the path means anything.
    """

    name: str = ""
    version: int | None = None
    label: str = ""
    method: str = ""
    metadata: bool = False
    is_known: bool = False

    @classmethod
    def parse(cls, http_method: str, path: str) -> Target:
        """Read a path.

        Args:
            http_method: ``GET`` or ``POST``; others mean nothing.
            path: The path, as it was sent.

        Raises:
            StatusError: If the version's number is too large to be one.
        """
        pattern = _PATHS.get(http_method)
        match = pattern.fullmatch(path) if pattern else None
        if match is None:
            return cls()
        found = {key: value or "" for key, value in match.groupdict().items()}
        number = found["version"]
        if number and (
            len(number.lstrip("0")) > _DIGITS or int(number.lstrip("0") or "0") > _LARGEST
        ):
            raise invalid(f"Failed to convert version: {number} to numeric.")
        return cls(
            name=unquote(found["name"]),
            version=int(number.lstrip("0") or "0") if number else None,
            label=unquote(found["label"]),
            method=found.get("method", "").lower(),
            metadata=bool(found.get("metadata")),
            is_known=True,
        )

    def spec(self) -> Any:
        """Return the ``ModelSpec`` message that means the same."""
        return model_spec(self.name, version=self.version, label=self.label or None)
