"""A short name for the code that a component runs, so that TFX's cache notices an edit.

TFX caches by inputs and by ``exec_properties``; the code behind a dotted path is neither. :func:`stamp` makes it one,
when a component is about to run: the call that built the component is the same with or without it.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from . import custom_config

ROOT = Path(__file__).resolve().parents[2]
"""The folder that dotted names start from."""


def fingerprint(module: str) -> str:
    """Return the fingerprint of a module and of all modules of this repository that it imports.

    Args:
        module: Its dotted name, for example ``"utils.pipeline.modules.trainer"``.

    Returns:
        Sixteen hexadecimal digits that change when one of the files does.
    """
    digest = hashlib.sha256()
    for name, source in sorted(sources(module).items()):
        digest.update(f"{name} {len(source)} ".encode() + source)
    return digest.hexdigest()[:16]


def stamp(component: Any) -> None:
    """Put the fingerprint of its code into a component's ``custom_config``, under the name ``code``.

    That concerns a component whose function (``run_fn``, ``preprocessing_fn``, ``tuner_fn``) or executor is code of
    this repository; any other stays as it is. A second stamp replaces the first.

    Args:
        component: The component, about to run.
    """
    modules = sorted(name for name in _own_code(component) if _file(name))
    properties = getattr(component, "exec_properties", {})
    if not modules or "custom_config" not in properties:
        return
    code = "-".join(fingerprint(name) for name in modules)
    given = properties["custom_config"]
    if component.spec.PARAMETERS["custom_config"].type is str:
        options = {**(json.loads(given or "null") or {}), "code": code}
        properties["custom_config"] = json.dumps(options, sort_keys=True)
    else:
        message = custom_config.pack({**custom_config.unpack(given), "code": code})
        properties["custom_config"] = json_format.MessageToJson(
            message, sort_keys=True, preserving_proto_field_name=True
        )


def files(module: str) -> dict[str, Path]:
    """Find the files of a module and of all modules of this repository that it imports, directly or through others.

    Args:
        module: Its dotted name.

    Returns:
        File by dotted name.
    """
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is not None and name not in found:
            found[name] = path
            waiting += _imported(name, path)
    return found


def sources(module: str) -> dict[str, bytes]:
    """Read the files of a module and of all modules of this repository that it imports.

    Args:
        module: Its dotted name.

    Returns:
        What each file holds, by dotted name.
    """
    return {name: path.read_bytes() for name, path in files(module).items()}


def reload_edited(module: str, loaded: Mapping[str, bytes]) -> bool:
    """Load anew what was edited of a module and of all that it imports, and what imports that, the innermost first.

    Args:
        module: Its dotted name.
        loaded: The :func:`sources` that it was loaded from.

    Returns:
        Whether the module itself was loaded anew.
    """
    now = sources(module)
    if now == loaded:
        return False
    importlib.invalidate_caches()
    renewed: dict[str, bool] = {}

    def renew(name: str) -> bool:
        path = _file(name)
        if path is not None and name not in renewed:
            # Where modules import each other, the first to be asked for is the last.
            renewed[name] = False
            below = [renew(part) for part in _imported(name, path)]
            renewed[name] = any(below) or now[name] != loaded.get(name)
            if renewed[name] and name in sys.modules:
                importlib.reload(sys.modules[name])
        return renewed.get(name, False)

    return renew(module)


def _own_code(component: Any) -> Iterator[str]:
    """Yield the modules of the code that a component was given instead of TFX's own."""
    properties = getattr(component, "exec_properties", {})
    for name in ("run_fn", "preprocessing_fn", "tuner_fn"):
        if properties.get(name):
            yield properties[name].rpartition(".")[0]
    executor = getattr(getattr(component, "executor_spec", None), "executor_class", None)
    if executor is not None:
        yield executor.__module__


def _file(name: str) -> Path | None:
    path = ROOT.joinpath(*name.split("."))
    places = (path.with_name(f"{path.name}.py"), path / "__init__.py")
    return next((place for place in places if place.is_file()), None)


def _imported(name: str, path: Path) -> Iterator[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield whole if _file(whole) else base
