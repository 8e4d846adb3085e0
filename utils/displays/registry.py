"""What a display module may hook into, as plain values; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

View = Callable[[Any], Sequence[object]]
"""Takes a TFX artifact and returns what is displayed for it, in order."""

ANY_TYPE = "*"
"""The name under which a view of every other artifact type is registered."""


@dataclass(frozen=True)
class Patch:
    """The replacement of one attribute of one module.

    Attributes:
        module: The module's full name. It is patched at once if it is imported, else right after
            its import.
        attribute: The attribute's name.
        replace: Takes the original attribute, None where there is none, and returns its replacement.
    """

    module: str
    attribute: str
    replace: Callable[[Any], Any]


@dataclass(frozen=True)
class Hooks:
    """Everything that one display module hooks into.

    Attributes:
        patches: Attributes to replace.
        artifact_views: Views by TFX artifact type name. A visualization that a reader registers
            wins over them.
        modules: By full name, factories of modules that the book imports and the wheels lack.
    """

    patches: Sequence[Patch] = ()
    artifact_views: Mapping[str, View] = field(default_factory=dict)
    modules: Mapping[str, Callable[[], ModuleType]] = field(default_factory=dict)
