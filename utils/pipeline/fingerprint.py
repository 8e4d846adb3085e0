"""A short name for the code that a component runs, so that TFX's cache notices an edit.

TFX caches by inputs and by ``exec_properties``; the code behind a dotted path is neither. A fingerprint of
the source among the ``custom_config`` makes it one.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

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
    for name, path in sorted(files(module).items()):
        source = path.read_bytes()
        digest.update(f"{name} {len(source)} ".encode() + source)
    return digest.hexdigest()[:16]


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
