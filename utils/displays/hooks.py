"""Switches the genuine views on and off: the ecosystem's own calls then show them, unchanged.

Three things are hooked. Functions that make or show a view are replaced in their modules, at once
or right after the module is imported, so that switching on imports nothing. Artifact types get
visualizations in TFX's own registry, which ``context.show`` reads. Modules that the book imports
and the wheels lack are provided.

What is to be replaced must exist: where an installed package has no such module or attribute, one
error names the package, its version and what is missing, at once or when the module is imported.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from utils import third_party
from utils.displays.registry import ANY_TYPE, Hooks, Patch, ShowArtifact

VISUALIZATIONS = "tfx.orchestration.experimental.interactive.visualizations"
STANDARD = "tfx.orchestration.experimental.interactive.standard_visualizations"

_ABSENT: Any = object()
"""Stands for an attribute that is not there."""


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
        """Do nothing: the factory has filled the module."""


@dataclass(eq=False)
class _Switch(importlib.abc.MetaPathFinder):
    """What is hooked now, and what was there before."""

    patches: dict[str, list[Patch]] = field(default_factory=dict)
    views: dict[str, ShowArtifact] = field(default_factory=dict)
    modules: dict[str, Callable[[], ModuleType]] = field(default_factory=dict)
    originals: list[tuple[Any, str, Any]] = field(default_factory=list)
    replaced: dict[int, tuple[Any, Any]] = field(default_factory=dict)

    def enable(self) -> None:
        for hooks in provided():
            self._collect(hooks)
        sys.meta_path.insert(0, self)
        try:
            for name in self.patches:
                if name in sys.modules:
                    self._imported(sys.modules[name])
                else:
                    _require_module(name)
        except BaseException:
            self.disable()
            raise

    def disable(self) -> None:
        sys.meta_path.remove(self)
        for owner, name, original in reversed(self.originals):
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        for name in sorted(self.modules, key=len, reverse=True):
            _forget(name)
        for remembered in (self.originals, self.replaced, self.patches, self.views, self.modules):
            remembered.clear()

    @property
    def on(self) -> bool:
        return self in sys.meta_path

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self.modules and fullname not in self.patches:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None and fullname in self.modules:
            provider = _Provider(self.modules[fullname])
            return importlib.machinery.ModuleSpec(fullname, provider, is_package=True)
        if spec is not None and spec.loader is not None and fullname in self.patches:
            spec.loader = _Loader(spec.loader, self._imported)
        return spec

    def _collect(self, hooks: Hooks) -> None:
        for patch in hooks.patches:
            self.patches.setdefault(patch.module, []).append(patch)
        self.views.update(hooks.artifact_views)
        self.modules.update(hooks.modules)

    def _imported(self, module: ModuleType) -> None:
        if not self.on:
            return
        for patch in self.patches.get(module.__name__, ()):
            self._replace(module, patch)

    def _replace(self, module: ModuleType, patch: Patch) -> None:
        owner, name = _owner(module, patch)
        present = getattr(owner, name, _ABSENT)
        if present is _ABSENT and not patch.absent:
            raise third_party.missing(f"{patch.module}.{patch.attribute}")
        # A module that is imported now may already have taken our replacement from another one.
        genuine, _ = self.replaced.get(id(present), (present, None))
        ours = patch.replace(None if genuine is _ABSENT else genuine)
        if ours is present:
            return
        if inspect.isfunction(genuine):
            ours = self._while_on(ours, genuine)
        own = vars(owner).get(name, _ABSENT)
        self.originals.append((owner, name, genuine if own is present else own))
        self.replaced[id(ours)] = (genuine, ours)
        setattr(owner, name, ours)

    def _while_on(self, ours: Callable[..., Any], genuine: Callable[..., Any]) -> Any:
        """Our function for whoever keeps it: the genuine one again when the displays are off."""

        @functools.wraps(ours)
        def chosen(*arguments: Any, **named: Any) -> Any:
            return (ours if self.on else genuine)(*arguments, **named)

        return chosen

    def lookup(self, original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
        def get_visualization(registry: object, artifact_type_name: str) -> object:
            registered = original(registry, artifact_type_name)
            if registered is not None and type(registered).__module__ != STANDARD:
                return registered
            view = self.views.get(artifact_type_name, self.views.get(ANY_TYPE))
            return registered if view is None else _visualization(view)

        return get_visualization


def _visualization(view: ShowArtifact) -> object:
    from IPython.display import display
    from tfx import types
    from tfx.orchestration.experimental.interactive import visualizations

    class ArtifactView(visualizations.ArtifactVisualization):
        """Shows an artifact by one of the workbook's views."""

        ARTIFACT_TYPE = types.Artifact

        def display(self, artifact: Any) -> None:
            display(*view(artifact))

    return ArtifactView()


def _owner(module: ModuleType, patch: Patch) -> tuple[Any, str]:
    """Return the object that has the attribute, and the attribute's own name."""
    owner: Any = module
    *parents, name = patch.attribute.split(".")
    for parent in parents:
        if not hasattr(owner, parent):
            raise third_party.missing(f"{patch.module}.{patch.attribute}")
        owner = getattr(owner, parent)
    return owner, name


def _require_module(name: str) -> None:
    """Look for a module's file, importing nothing; a package that is not installed may be absent."""
    package, *parts = name.split(".")
    spec = importlib.machinery.PathFinder.find_spec(package)
    if spec is None:
        return
    files = [Path(place, *parts) for place in spec.submodule_search_locations or ()]
    if not any(file.is_dir() or file.with_suffix(".py").is_file() for file in files):
        raise third_party.missing(name)


def _forget(name: str) -> None:
    module = sys.modules.get(name)
    if module is None or not isinstance(getattr(module, "__loader__", None), _Provider):
        return
    del sys.modules[name]
    parent, _, child = name.rpartition(".")
    if parent in sys.modules and getattr(sys.modules[parent], child, None) is module:
        delattr(sys.modules[parent], child)


_SWITCH = _Switch()


def provided() -> list[Hooks]:
    """Collect everything that :func:`enable` hooks into.

    Returns:
        The hooks of TFX's registry, then those of each display module; a later one wins over an earlier one.
    """
    from utils.displays import (
        artifacts,
        beam,
        facets,
        fairness,
        tensorboard,
        tfma_views,
        whatif_hooks,
    )
    from utils.displays.views import validation

    attribute = "ArtifactVisualizationRegistry.get_visualization"
    registry = Hooks(patches=[Patch(VISUALIZATIONS, attribute, _SWITCH.lookup)])
    modules = (beam, artifacts, tfma_views, fairness, facets, whatif_hooks, tensorboard, validation)
    return [registry, *(module.hooks() for module in modules)]


def enable() -> None:
    """Switch the genuine views on: the ecosystem's own calls show them from now on.

    Imports none of TFX, TFMA and TFDV; what is not imported yet is hooked when it is. Calling it
    again changes nothing.

    Raises:
        utils.third_party.NameMissingError: An installed package lacks what is to be replaced;
            nothing is hooked then.
    """
    if not _SWITCH.on:
        _SWITCH.enable()


def disable() -> None:
    """Restore everything that :func:`enable` replaced. Calling it again changes nothing."""
    if _SWITCH.on:
        _SWITCH.disable()


def enabled() -> bool:
    """Return whether the genuine views are switched on."""
    return _SWITCH.on
