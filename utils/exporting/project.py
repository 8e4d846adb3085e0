"""Writing a project, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from utils.exporting import rendering
from utils.exporting.errors import ExportError
from utils.pipeline.config import PipelineConfig


@dataclass(frozen=True, repr=False)
class Project:
    """A project that was written.

    Attributes:
        folder: Where it is.
        name: What the pipeline is called.
        files: Its files, below the folder, in alphabetical order.
    """

    folder: Path
    name: str
    files: tuple[Path, ...]

    def __repr__(self) -> str:
        """Return the folder as a tree."""
        return "\n".join([f"{self.folder.name}/", *_tree([file.parts for file in self.files])])


def write(
    folder: str | Path, config: PipelineConfig | None = None, name: str | None = None
) -> Project:
    """Write the pipeline as a project of its own, into an empty folder.

    Args:
        folder: The folder, which is made if it does not exist.
        config: The pipeline's values; None for the defaults.
        name: What the pipeline is called; None for the folder's name.

    Returns:
        The project.

    Raises:
        ExportError: If the folder is not empty or cannot be made, if there is no data, or if a model cannot be trained
            on what the configuration reads. Nothing is written then.
    """
    config = config or PipelineConfig()
    place = Path(folder).expanduser().resolve()
    _check_empty(place)
    _check_trainable(config)
    data = data_files(config)
    called = re.sub(r"[^a-z0-9]+", "-", (name or place.name).lower()).strip("-") or "pipeline"
    scratch = place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        scratch.mkdir(parents=True)
        for relative, text in rendering.files(config, called):
            file = scratch / relative
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        _format(scratch)
        for source in data:
            file = scratch / "data" / source.relative_to(config.input_base)
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, file)
        # An empty folder gives way to the new one, and one that was filled meanwhile does not.
        scratch.replace(place)
    except OSError as error:
        raise ExportError(
            f"{place} cannot be written: {error.strerror or error}.",
            "Name a folder that you may write to, where there is room.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    found = sorted(file.relative_to(place) for file in place.rglob("*") if file.is_file())
    return Project(place, called, tuple(found))


def data_files(config: PipelineConfig) -> list[Path]:
    """Return the CSV files that the pipeline reads.

    Args:
        config: ``input_base``, ``pattern`` and ``span`` are used; TFX itself finds the latest span.

    Returns:
        The files in alphabetical order.

    Raises:
        ExportError: If there are none.
    """
    from tfx import v1 as tfx
    from tfx.components.example_gen import utils as example_gen

    from utils.pipeline import components

    split = tfx.proto.Input.Split(name="rows", pattern=config.input_pattern)
    only = components.only_span(config.span)
    try:
        example_gen.calculate_splits_fingerprint_span_and_version(config.input_base, [split], only)
    except ValueError:
        split.pattern = ""
    found = sorted(Path(config.input_base).glob(split.pattern)) if split.pattern else []
    if not found:
        raise ExportError(
            f"No file matches {config.input_base}/{config.input_pattern} for span {config.span}, so there is no data "
            "to export.",
            "Make the complaints by spans.ensure_all(), or look at input_base, pattern and span.",
        )
    return found


def _check_empty(folder: Path) -> None:
    if folder.is_file():
        raise ExportError(f"{folder} is a file.", "Name a folder that does not exist yet.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ExportError(
            f"{folder} is not empty, and what is in it would be mixed with the project.",
            "Name a folder that does not exist yet, or empty this one yourself.",
        )


def _check_trainable(config: PipelineConfig) -> None:
    if config.label_as_text or not config.labelled_only:
        raise ExportError(
            "This configuration reads rows for looking at them, with labels that no model can be trained on.",
            "Export one with labelled_only=True and label_as_text=False, the defaults.",
        )


def _format(folder: Path) -> None:
    """Break lines that the values made too long."""
    line = [sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", "."]
    subprocess.run(line, cwd=folder, check=True, env={**os.environ, "PYTHONPATH": ""})


def _tree(paths: Sequence[tuple[str, ...]], indent: str = "") -> Iterator[str]:
    names = sorted({path[0] for path in paths})
    below = {name: [path[1:] for path in paths if path[0] == name and path[1:]] for name in names}
    names.sort(key=lambda name: not below[name])
    for name in names:
        last = name == names[-1]
        yield f"{indent}{'└── ' if last else '├── '}{name}{'/' if below[name] else ''}"
        yield from _tree(below[name], indent + ("    " if last else "│   "))
