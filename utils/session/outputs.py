"""What a component of the reader's own has left in its outputs, looked at before TFX publishes it.

TFX publishes whatever an executor leaves: an output that is only the input under another name, a folder that nobody
wrote into, or one that is gone. Everything that comes after takes such an artifact for whole. TFX's own components,
and the workbook's, are trusted; any other executor is watched while the workbook's context runs it.
"""

from __future__ import annotations

import contextlib
import functools
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from utils.errors import WorkbookError

_TRUSTED = ("tfx.", "utils.")
"""How the modules begin whose executors are not watched."""

Artifacts = Mapping[str, Sequence[Any]]


class OutputError(WorkbookError):
    """An executor has left an output that must not be published."""


@contextlib.contextmanager
def watched(component: Any) -> Iterator[None]:
    """Have a component's outputs checked after its executor and before its publisher, while the block lasts.

    The method ``Do`` of its executor calls :func:`check` at its end. The class stays the same one, for TFX looks for it
    by its name, and Beam may send it to its workers.

    Args:
        component: The component that the block runs.
    """
    if not is_watched(component):
        yield
        return
    original = _executor(component)

    execute = original.Do

    @functools.wraps(execute)
    def watching(self: Any, input_dict: Any, output_dict: Any, exec_properties: Any) -> Any:
        taken = {name: list(artifacts) for name, artifacts in input_dict.items()}
        known = _properties(output_dict)
        done = execute(self, input_dict, output_dict, exec_properties)
        check(taken, output_dict, known)
        return done

    own = vars(original).get("Do")
    original.Do = watching
    try:
        yield
    finally:
        if own is None:
            del original.Do
        else:
            original.Do = own


def is_watched(component: Any) -> bool:
    """Tell whether a component's executor is neither TFX's nor the workbook's, but the reader's own.

    Args:
        component: The component.
    """
    executor = _executor(component)
    return executor is not None and not executor.__module__.startswith(_TRUSTED)


def line(component: Any, error: BaseException) -> str:
    """Say in which line of a reader's own executor an error began.

    Args:
        component: The component that failed.
        error: The error where it began.

    Returns:
        For example ``" (line 12 of leak_audit.py)"``; empty for an executor that is not watched, or where the error
        began in no line of its file.
    """
    if not is_watched(component):
        return ""
    executor = _executor(component)
    code = getattr(getattr(executor, "_FUNCTION", None) or executor.Do, "__code__", None)
    file = getattr(code, "co_filename", "")
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file
    ]
    if not lines:
        return ""
    cell = executor.__module__ == "__main__"
    return f" (line {lines[-1]} of {'the cell that defines it' if cell else Path(file).name})"


def check(inputs: Artifacts, outputs: Artifacts, known: Mapping[str, int]) -> None:
    """Refuse outputs that are an input passed on, are gone, or hold nothing.

    Args:
        inputs: The input artifacts by name.
        outputs: The output artifacts by name, as the executor has left them.
        known: How many properties each output had before.

    Raises:
        OutputError: If there is one.
    """
    places = {artifact.uri: name for name, found in inputs.items() for artifact in found}
    now = _properties(outputs)
    for name, artifacts in outputs.items():
        for artifact in artifacts:
            if artifact.uri in places:
                raise OutputError(
                    f"the output {name!r} is the input {places[artifact.uri]!r} passed on: it has the same folder, so "
                    "that ML Metadata would take one artifact for the work of two components.",
                    f"Write into the output's own folder, `{name}.uri`. Where there is nothing to change, leave the "
                    "output out, and let the next component take what this one took.",
                )
            place = Path(artifact.uri)
            if not place.exists():
                raise OutputError(
                    f"the output {name!r} is not there: the component has not written it, or has removed it.",
                    f"Write it to the place that TFX has made for it, `{name}.uri`.",
                )
            empty = place.is_dir() and not any(place.iterdir())
            if empty and now[name] == known.get(name, 0):
                raise OutputError(
                    f"the output {name!r} is empty: the component has neither written a file nor set a property.",
                    f"Write its files into the folder `{name}.uri`, or set one of its properties.",
                )


def _executor(component: Any) -> Any:
    return getattr(getattr(component, "executor_spec", None), "executor_class", None)


def _properties(outputs: Artifacts) -> dict[str, int]:
    """Count the properties of the artifacts of each output."""
    return {
        name: sum(
            len(one.mlmd_artifact.properties) + len(one.mlmd_artifact.custom_properties)
            for one in artifacts
        )
        for name, artifacts in outputs.items()
    }
