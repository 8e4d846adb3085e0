"""What a display module may hook into, as plain values; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

ShowArtifact = Callable[[Any], Sequence[object]]
"""Takes a TFX artifact and returns what is displayed for it, in order."""

ANY_TYPE = "*"
"""The name under which a view of every other artifact type is registered."""


@dataclass(frozen=True)
class Patch:
    """The replacement of one attribute of another package, made while the displays are on.

    Attributes:
        module: The module's full name. It is patched at once if it is imported, else right after
            its import.
        attribute: The attribute's name, or ``"Class.method"``.
        replace: Takes the original attribute and returns its replacement, or the original itself
            where there is nothing to do. Takes None where the attribute is absent and may be.
        absent: Why the attribute is absent on some stack, in a few words; empty where it must
            exist, so that its absence is an error.
    """

    module: str
    attribute: str
    replace: Callable[[Any], Any]
    absent: str = ""


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
    artifact_views: Mapping[str, ShowArtifact] = field(default_factory=dict)
    modules: Mapping[str, Callable[[], ModuleType]] = field(default_factory=dict)
