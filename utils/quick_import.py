"""A quicker ``from tfx import v1 as tfx``: what few notebooks use is loaded when it is first used.

``tfx.v1`` imports ``tfx.v1.extensions``, which imports Google Cloud's whole AI Platform client, and TFX's
``InteractiveContext`` imports ``nbformat``, for exporting a notebook. :func:`postpone` puts a stand-in in the place of
each. Whatever is asked of a stand-in loads the real module, so ``tfx.extensions.google_cloud_ai_platform`` and
``import tfx.v1.extensions.google_cloud_big_query`` work as ever.

Call it before TFX is imported; this module itself imports nothing heavy.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

MODULES = ("tfx.v1.extensions", "nbformat")
"""The modules that wait."""


def postpone() -> tuple[str, ...]:
    """Lets :data:`MODULES` wait until they are used. Calling it again changes nothing.

    Returns:
        Those that there was something to postpone of: the ones that are not loaded already.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return tuple(name for name in MODULES if name not in sys.modules)


class _Waiting(types.ModuleType):
    """A module whose code runs when the first name is asked for that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        # Code that merely looks around in sys.modules, as inspect does, asks for names like __wrapped__.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.load()
        return getattr(self, name)

    def load(self) -> None:
        """Runs the module's real code."""
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        spec = self.__spec__
        assert spec is not None and spec.loader is not None
        loader: Any = spec.loader
        try:
            loader.run(self)
        except BaseException:
            self.__class__ = _Waiting
            raise


class _Loader(importlib.abc.Loader):
    def __init__(self, real: importlib.abc.Loader) -> None:
        self._real = real

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Waiting(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs nothing yet."""

    def run(self, module: types.ModuleType) -> None:
        """Runs the module's real code."""
        self._real.exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if isinstance(parent, _Waiting):
            parent.load()
            if fullname in sys.modules:
                return _as_loaded(sys.modules[fullname])
        if fullname not in MODULES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loaded(importlib.abc.Loader):
    """Hands over a module that is there already: its parent has loaded it meanwhile."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        """Runs nothing again."""


def _as_loaded(module: types.ModuleType) -> importlib.machinery.ModuleSpec:
    known = module.__spec__
    spec = importlib.machinery.ModuleSpec(module.__name__, _Loaded(module))
    if known is not None:
        spec.origin, spec.submodule_search_locations = (
            known.origin,
            known.submodule_search_locations,
        )
    return spec
