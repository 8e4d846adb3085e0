"""Credentials in a compiled pipeline, where they must never stand: everybody who may see a run may read it.

A compiled pipeline is shown by the web page, stored by the service for as long as there are runs, kept in repositories,
and sent by mail. What is looked for here is what can be told from its form; it is a net, and no proof.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from utils.files import atomic_text
from utils.orchestration.kubeflow import ir

SHOWN = 2
"""Characters of a credential that a finding repeats."""

_FORMS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    (
        "an address with a password",
        re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"']*:([^\s/@\"']+)@"),
    ),
    ("an access key of Amazon", re.compile(r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b")),
    ("an API key of Google", re.compile(r"\b(AIza[A-Za-z0-9_-]{35})")),
    ("a token of GitHub", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36,})")),
    (
        "a value whose name says what it is",
        re.compile(
            r"(?i)\b(?:\w*_)?(?:password|passwd|secret|token|api_?key|access_?key|credentials?)"
            r"\\*[\"']?\s*[:=]\s*\\*[\"']?"
            r"(?!projects/|\$|\{|\\)([^\s\"',}]{4,})"
        ),
    ),
)
"""How credentials look; the group, where there is one, is the credential itself.

A quotation mark may have backslashes before it, as in JSON inside JSON.
"""

_REFERENCE = re.compile(r"(?i)(?:null|none|true|false)\W*|(?:projects|gs:/)/.*|(?:/[\w.-]+){2,}\\*")
"""What stands in a credential's place and is none: no value, or where the value is kept."""


@dataclass(frozen=True)
class Finding:
    """A value that looks like a credential.

    Attributes:
        task: The task that would be given it; empty for a value of the whole pipeline.
        place: Where in the task it stands, for example ``"custom_config"`` or ``"args"``.
        kind: What it looks like.
        shown: Its first characters, and stars.
    """

    task: str
    place: str
    kind: str
    shown: str


def find(compiled: ir.Compiled) -> list[Finding]:
    """Look for credentials in a compiled pipeline.

    Args:
        compiled: The pipeline.

    Returns:
        What was found, in the order of the tasks; empty where nothing looks like one.
    """
    found = []
    for task, place, text in texts(compiled):
        for kind, form in _FORMS:
            for match in form.finditer(text):
                secret = match.group(match.lastindex or 0)
                if not _REFERENCE.fullmatch(secret):
                    found.append(Finding(task, place, kind, secret[:SHOWN] + "*" * 6))
    return list(dict.fromkeys(found))


def texts(compiled: ir.Compiled) -> Iterator[tuple[str, str, str]]:
    """Go through the values in a compiled pipeline.

    Args:
        compiled: The pipeline.

    Yields:
        The task, or an empty text for the whole pipeline; the place; and the value as text.
    """
    for name, task in compiled.tasks.items():
        for parameter, value in ir.constants(task).items():
            # With its name, for `password` may be the name of the parameter.
            yield name, parameter, f"{parameter}={value}"
        container = compiled.executor(name).container
        for place in ("command", "args"):
            for value in getattr(container, place):
                yield name, place, value
        for variable in container.env:
            yield name, f"env {variable.name}", f"{variable.name}={variable.value}"
    for parameter, one in sorted(compiled.spec.root.input_definitions.parameters.items()):
        if one.HasField("default_value"):
            yield "", parameter, f"{parameter}={json_format.MessageToDict(one.default_value)}"
    runtime = compiled.job.get("runtimeConfig", {})
    for values in (runtime.get("parameterValues", {}), runtime.get("parameters", {})):
        for parameter, value in values.items():
            plain = next(iter(value.values()), "") if isinstance(value, Mapping) else value
            yield "", parameter, f"{parameter}={plain}"


def plant(file: str | Path, target: str | Path, seed: int) -> tuple[str, str]:
    """Write a copy of a compiled pipeline in which a database's password stands, as a colleague might have put it.

    Args:
        file: A job that ``KubeflowV2DagRunner`` has written as JSON.
        target: The copy.
        seed: Decides the place: one of the parameters that hold JSON.

    Returns:
        The task and the parameter that hold it now.

    Raises:
        IRError: If the file holds no compiled pipeline, or none with such a parameter.
    """
    compiled = ir.read(file)
    places = [
        (name, parameter)
        for name, task in compiled.tasks.items()
        for parameter, value in ir.constants(task).items()
        if isinstance(value, str) and value.lstrip().startswith("{")
    ]
    if not places:
        raise ir.IRError("No parameter of this pipeline holds JSON, so nothing can be planted.")
    drawn = random.Random(seed)
    name, parameter = drawn.choice(places)
    password = "".join(drawn.choices("abcdefghjkmnpqrstuvwxyz23456789", k=12))
    found = json.loads(Path(file).read_text(encoding="utf-8"))
    value = found["pipelineSpec"]["root"]["dag"]["tasks"][name]["inputs"]["parameters"][parameter]
    _change(value["runtimeValue"], password)
    with atomic_text(Path(target)) as opened:
        json.dump(found, opened, sort_keys=True)
    return name, parameter


def _change(value: dict[str, Any], password: str) -> None:
    address = f"postgresql://reader:{password}@db.example.org/complaints"
    old = value["constant"] if "constant" in value else value["constantValue"]["stringValue"]
    new = json.dumps({**json.loads(old), "source": address})
    if "constant" in value:
        value["constant"] = new
    else:
        value["constantValue"]["stringValue"] = new
