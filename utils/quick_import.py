"""A quicker ``from tfx import v1 as tfx``: what few notebooks use is loaded when it is first used.

``tfx.v1`` imports ``tfx.v1.extensions``, which imports Google Cloud's whole AI Platform client, and TFX's
``InteractiveContext`` imports ``nbformat``, for exporting a notebook. :func:`postpone` puts a stand-in in the place of
each. Whatever is asked of a stand-in loads the real module, so ``tfx.extensions.google_cloud_ai_platform`` and
``import tfx.v1.extensions.google_cloud_big_query`` work as ever.

TensorFlow's TFLite converter imports JAX for a converter of JAX's own models where JAX is installed, and Keras 3.15 to
mend an older JAX for its Orbax callback; both do without where it is not. They do without here: no chapter uses either,
and anybody else's ``import jax`` loads it.

``importlib.util.LazyLoader`` would not do: it loads a module for any name, and one look around in ``sys.modules``, such
as ``inspect.getmodule``, which the first ``tf.function`` takes, loads them all.

Call it before TFX is imported; this module itself imports nothing heavy.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

MODULES = ("tfx.v1.extensions", "nbformat")
"""The modules that wait."""

DONE_WITHOUT = {
    "jax": ("tensorflow.lite.python.util", "keras.src.callbacks.orbax_checkpoint"),
}
"""Packages, and the modules that go without them: while one of those is being imported, they count as missing."""


def postpone() -> tuple[str, ...]:
    """Let :data:`MODULES` wait until they are used. Calling it again changes nothing.

    Returns:
        Those that there was something to postpone of: the ones that are not loaded already.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    return tuple(name for name in MODULES if name not in sys.modules)


class _Waiting(types.ModuleType):
    """A module whose code runs when the first name is asked for that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        # Code that merely looks around in sys.modules asks every module for names such as __wrapped__; those that the
        # module's own code mentions, such as __version__, are asked of the module itself.
        if name.startswith("__") and name != "__all__" and name not in _source(self.__spec__):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.load()
        return getattr(self, name)

    def __dir__(self) -> list[str]:
        self.load()
        return dir(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return importlib.import_module, (self.__name__,)

    def load(self) -> None:
        """Run the module's real code."""
        waiting = self.__spec__
        assert waiting is not None and isinstance(waiting.loader, _Loader)
        loader, self.__class__ = waiting.loader, types.ModuleType  # type: ignore[assignment]
        waiting.loader = self.__loader__ = loader.real
        try:
            loader.real.exec_module(self)
        except BaseException:
            waiting.loader = self.__loader__ = loader
            self.__class__ = _Waiting
            raise


class _Loader(importlib.abc.Loader):
    """Makes a module wait, and answers for its real loader otherwise."""

    def __init__(self, real: importlib.abc.Loader) -> None:
        self.real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Waiting(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing yet; the documentation is read out of the code."""
        module.__doc__ = ast.get_docstring(ast.parse(_source(module.__spec__)), clean=False)


def _source(spec: importlib.machinery.ModuleSpec | None) -> str:
    """Return the code of a module that waits; empty while the module is being made."""
    loader: Any = spec.loader if spec is not None else None
    return (loader.get_source(spec.name) or "") if spec is not None and loader is not None else ""


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if any(map(_being_imported, DONE_WITHOUT.get(fullname, ()))):
            raise ModuleNotFoundError(f"{fullname} is left out here", name=fullname)
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if isinstance(parent, _Waiting):
            parent.load()
            if fullname in sys.modules:
                return _as_loaded(sys.modules[fullname])
        if fullname not in MODULES:
            return None
        if target is not None:  # it is being reloaded, for which it must not wait
            target.__class__ = types.ModuleType
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


def _being_imported(name: str) -> bool:
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return bool(getattr(spec, "_initializing", False))


class _Loaded(importlib.abc.Loader):
    """Hands over a module that is there already: its parent has loaded it meanwhile."""

    def __init__(self, module: types.ModuleType) -> None:
        self._module = module

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return self._module

    def exec_module(self, module: types.ModuleType) -> None:
        """Run nothing again."""


def _as_loaded(module: types.ModuleType) -> importlib.machinery.ModuleSpec:
    known = module.__spec__
    spec = importlib.machinery.ModuleSpec(module.__name__, _Loaded(module))
    if known is not None:
        spec.origin, spec.submodule_search_locations = (
            known.origin,
            known.submodule_search_locations,
        )
    return spec
