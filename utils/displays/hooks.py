"""Switches the genuine views on and off: the ecosystem's own calls then show them, unchanged.

Three things are hooked. Functions that make or show a view are replaced in their modules, at once
or right after the module is imported, so that switching on imports nothing. Artifact types get
visualizations in TFX's own registry, which ``context.show`` reads. Modules that the book imports
and the wheels lack are provided.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from utils.displays.registry import ANY_TYPE, Hooks, Patch, View

PROVIDERS = (
    "utils.displays.beam",
    "utils.displays.artifacts",
    "utils.displays.tfma_views",
    "utils.displays.fairness",
    "utils.displays.beam",
    "utils.displays.facets",
    "utils.displays.whatif",
    "utils.displays.views.validation",
)
"""The modules whose ``hooks()`` say what is hooked; a later one wins over an earlier one."""

VISUALIZATIONS = "tfx.orchestration.experimental.interactive.visualizations"
STANDARD = "tfx.orchestration.experimental.interactive.standard_visualizations"


class _Loader(importlib.abc.Loader):
    """Loads a module as its own loader does, then calls back."""

    def __init__(self, loader: importlib.abc.Loader, loaded: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._loaded = loaded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._loaded(module)


class _Provider(importlib.abc.Loader):
    """Provides a module that no wheel has."""

    def __init__(self, factory: Callable[[], ModuleType]) -> None:
        self._factory = factory

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._factory()

    def exec_module(self, module: ModuleType) -> None:
        """Does nothing: the factory has filled the module."""


@dataclass(eq=False)
class _Switch(importlib.abc.MetaPathFinder):
    """What is hooked now, and what was there before."""

    patches: dict[str, list[Patch]] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    modules: dict[str, Callable[[], ModuleType]] = field(default_factory=dict)
    originals: list[tuple[object, str, Any]] = field(default_factory=list)

    def enable(self) -> None:
        for provider in PROVIDERS:
            self._collect(importlib.import_module(provider).hooks())
        sys.meta_path.insert(0, self)
        for name in self._watched():
            if name in sys.modules:
                self._imported(sys.modules[name])

    def disable(self) -> None:
        sys.meta_path.remove(self)
        for owner, attribute, original in reversed(self.originals):
            if original is None:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)
        for name in sorted(self.modules, key=len, reverse=True):
            _forget(name)
        for remembered in (self.originals, self.patches, self.views, self.modules):
            remembered.clear()

    @property
    def on(self) -> bool:
        return self in sys.meta_path

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.modules and fullname not in self._watched():
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None and fullname in self.modules:
            provider = _Provider(self.modules[fullname])
            return importlib.machinery.ModuleSpec(fullname, provider, is_package=True)
        if spec is not None and spec.loader is not None and fullname in self._watched():
            spec.loader = _Loader(spec.loader, self._imported)
        return spec

    def _watched(self) -> set[str]:
        return {*self.patches, VISUALIZATIONS}

    def _collect(self, hooks: Hooks) -> None:
        for patch in hooks.patches:
            self.patches.setdefault(patch.module, []).append(patch)
        self.views.update(hooks.artifact_views)
        self.modules.update(hooks.modules)

    def _imported(self, module: ModuleType) -> None:
        if not self.on:
            return
        for patch in self.patches.get(module.__name__, ()):
            self._replace(module, patch.attribute, patch.replace)
        if module.__name__ == VISUALIZATIONS:
            self._replace(module.ArtifactVisualizationRegistry, "get_visualization", self._lookup)

    def _replace(self, owner: object, attribute: str, replace: Callable[[Any], Any]) -> None:
        original = getattr(owner, attribute, None)
        self.originals.append((owner, attribute, original))
        setattr(owner, attribute, replace(original))

    def _lookup(self, original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
        def get_visualization(registry: object, artifact_type_name: str) -> object:
            registered = original(registry, artifact_type_name)
            if registered is not None and type(registered).__module__ != STANDARD:
                return registered
            view = self.views.get(artifact_type_name, self.views.get(ANY_TYPE))
            return registered if view is None else _visualization(view)

        return get_visualization


def _visualization(view: View) -> object:
    from IPython.display import display
    from tfx import types
    from tfx.orchestration.experimental.interactive import visualizations

    class ArtifactView(visualizations.ArtifactVisualization):
        """Shows an artifact by one of the workbook's views."""

        ARTIFACT_TYPE = types.Artifact

        def display(self, artifact: Any) -> None:
            display(*view(artifact))

    return ArtifactView()


def _forget(name: str) -> None:
    module = sys.modules.get(name)
    if module is None or not isinstance(getattr(module, "__loader__", None), _Provider):
        return
    del sys.modules[name]
    parent, _, child = name.rpartition(".")
    if parent in sys.modules and getattr(sys.modules[parent], child, None) is module:
        delattr(sys.modules[parent], child)


_SWITCH = _Switch()


def enable() -> None:
    """Switches the genuine views on: the ecosystem's own calls show them from now on.

    Imports none of TFX, TFMA and TFDV; what is not imported yet is hooked when it is. Calling it
    again changes nothing.
    """
    if not _SWITCH.on:
        _SWITCH.enable()


def disable() -> None:
    """Restores everything that :func:`enable` replaced. Calling it again changes nothing."""
    if _SWITCH.on:
        _SWITCH.disable()


def enabled() -> bool:
    """Whether the genuine views are switched on."""
    return _SWITCH.on
