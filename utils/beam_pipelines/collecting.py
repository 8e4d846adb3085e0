"""Getting a PCollection back into the notebook.

A PCollection has no values that Python could print: it is a plan, and may lie on other machines. A pipeline hands over
results by writing them somewhere. Each worker writes files of its own here, which is what Beam's ``WriteToText`` does
as well, with steps that not every runner has.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import apache_beam as beam

from utils import paths
from utils.beam_pipelines.errors import BeamPipelineError
from utils.files import fresh_folder


class Results:
    """What a pipeline wrote, in a folder that the notebook and all workers can reach.

    Args:
        name: The folder's name; results of the same name are replaced.
        base: Where the folder lies; by default beside the store, in a folder of this process that goes with it.

    Attributes:
        folder: The folder.
    """

    def __init__(self, name: str, base: Path | None = None) -> None:
        self.folder = (base or _own_folder(paths.store())) / name

    def write(self) -> beam.PTransform:
        """Return a pipeline's last step, which writes its elements; each must be something that JSON can hold.

        Returns:
            The transform, ``… | results.write()``. Making it empties the folder.

        Raises:
            utils.files.FileError: If there is something in the folder that the workbook did not make.
        """
        fresh_folder(self.folder)
        return beam.ParDo(_Write(str(self.folder)))

    def read(self) -> list[Any]:
        """Return the elements that were written, in no particular order; tuples come back as lists.

        Raises:
            BeamPipelineError: Nothing was written: the pipeline has not run, or its result is empty.
        """
        files = sorted(self.folder.glob("*.jsonl")) if self.folder.exists() else []
        if not files:
            raise BeamPipelineError(
                f"No results in {self.folder.name!r}: a pipeline runs when its `with` block ends, so read after it, "
                "and end the pipeline with `| results.write()`."
            )
        return [
            json.loads(line)
            for file in files
            for line in file.read_text(encoding="utf-8").splitlines()
        ]


@functools.cache
def _own_folder(store: Path) -> Path:
    """Return this process's folder beside a store, so that two notebooks never read each other's results."""
    folder = store / "beam" / str(os.getpid())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class _Write(beam.DoFn):
    """Writes the elements of a bundle into one file."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lines: list[str] = []

    def start_bundle(self) -> None:
        """Begin a file."""
        self._lines = []

    def process(self, element: Any) -> None:
        """Take one element."""
        try:
            self._lines.append(json.dumps(element))
        except TypeError as error:
            raise BeamPipelineError(
                f"{type(element).__name__} cannot be written as JSON ({error}): put a beam.Map before "
                "`results.write()` that makes texts, numbers or tuples of it."
            ) from error

    def finish_bundle(self) -> None:
        """Write the file, whole or not at all."""
        if self._lines:
            file = Path(self._folder, f"{uuid.uuid4().hex}.jsonl")
            fresh = file.with_suffix(".new")
            fresh.write_text("".join(f"{line}\n" for line in self._lines), encoding="utf-8")
            fresh.replace(file)
