"""What becomes different in a pipeline's definition when it leaves for the cloud: two compiled pipelines compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from utils.displays.fallback import Table
from utils.displays.views.base import View

_BEAM = "beamPipelineArgs"


def difference(here: Any, there: Any, title: str = "What is different") -> View:
    """Compile two pipelines by TFX's own compiler, and compare all that it has written down.

    Args:
        here: A ``tfx.dsl.Pipeline``.
        there: Another one.
        title: What is shown.

    Returns:
        The view; its ``data`` has one row for each field that differs: ``field``, ``here`` and ``there``.
    """
    first, second = _compiled(here), _compiled(there)
    rows = [
        (name, first.get(name, "-"), second.get(name, "-"))
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]
    same = len(set(first) | set(second)) - len(rows)
    note = f"{len(rows)} fields differ, and {same} are the same."
    return View(title, [Table(("field", "here", "there"), rows)], note=note)


def _compiled(pipeline: Any) -> dict[str, str]:
    from google.protobuf import json_format
    from tfx.dsl.compiler import compiler
    from tfx.proto.orchestration import executable_spec_pb2  # noqa: F401 (messages inside are made of it)

    made = compiler.Compiler().compile(pipeline)
    return dict(_leaves(json_format.MessageToDict(made)))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in sorted(value.items()):
            if name == "beamPipelineArgsPlaceholders":
                continue  # the same once more
            if name == _BEAM:
                yield " / ".join((*path, name)), " ".join(map(str, one))
            else:
                yield from _leaves(one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            named = str(number)
            if isinstance(one, dict) and "pipelineNode" in one:
                named = one["pipelineNode"]["nodeInfo"]["id"]
            yield from _leaves(one, (*path, named))
    else:
        yield " / ".join(path), str(value)
