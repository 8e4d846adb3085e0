"""Loading the pipeline of an exported project into this process, without a trace."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from utils.exporting.errors import ExportError

PACKAGES = ("models", "pipeline")
"""The packages of a project."""


def pipeline(folder: str | Path) -> Any:
    """Build the pipeline of a project, as its files are now.

    Args:
        folder: The project.

    Returns:
        The ``tfx.dsl.Pipeline``.

    Raises:
        ExportError: If there is no project, or its modules cannot be loaded; the message quotes the reason.
    """
    folder = Path(folder)
    if not (folder / "pipeline" / "pipeline.py").is_file():
        raise ExportError(
            f"There is no project in {folder}.", "Write one by exporting.write(folder, config)."
        )
    with _first_on_the_path(folder):
        try:
            return importlib.import_module("pipeline.pipeline").create_pipeline()
        except Exception as error:
            raise ExportError(
                f"The pipeline of {folder.name} cannot be built ({type(error).__name__}: {error}).",
                "Mend pipeline/pipeline.py, or the module that is named.",
            ) from error


@contextmanager
def _first_on_the_path(folder: Path) -> Iterator[None]:
    """Let a folder's modules be found before all others, and forget them afterwards."""
    before = _loaded()
    for name in before:
        del sys.modules[name]
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = compiled
        for name in _loaded():
            del sys.modules[name]
        sys.modules.update(before)


def _loaded() -> dict[str, Any]:
    return {name: one for name, one in sys.modules.items() if name.split(".")[0] in PACKAGES}
