"""Workflow files of GitHub, checked on this machine: their form by a schema, their safety by zizmor.

Neither of the two linters runs a workflow, and neither knows what it is for. Both live in a side environment, and work
without a network once they are installed.

Source: https://check-jsonschema.readthedocs.io; https://docs.zizmor.sh/audits/
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils import paths, side_environments
from utils.releasing.errors import ReleasingError

ENVIRONMENT = "lint"
"""The side environment with ``check-jsonschema`` and ``zizmor``."""

SCHEMAS = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
"""What a workflow may contain, and that each of its jobs must have a time limit."""

_USES = re.compile(r"\s*(?:-\s+)?uses:\s*[\"']?([^\s\"'#./][^\s\"'#]*)")
"""A step that uses an action of another repository."""

_EXACT = re.compile(r"v?\d+\.\d+\.\d+|[0-9a-f]{40}")

SECONDS = 120
"""How long a linter may take."""


@dataclass(frozen=True)
class Finding:
    """One fault of a workflow file.

    Attributes:
        tool: ``"schema"``, ``"zizmor"``, or ``"pin"`` for an action of no exact version.
        where: The place in the file: a path such as ``"$.jobs.test"``, or a line.
        what: A name of the fault, for zizmor the one under which it is documented.
        said: What the tool says of it.
    """

    tool: str
    where: str
    what: str
    said: str


def check(text: str) -> tuple[Finding, ...]:
    """Check the text of a workflow file by both linters.

    An action may be named by its exact version, as in this repository, or by the hash of a commit. Zizmor's own rule is
    stricter, and asks for the hash.

    Args:
        text: The file's text.

    Returns:
        What they find, the schema's first; empty for nothing. A file whose form is wrong is not shown to zizmor, which
        would not read it.

    Raises:
        ReleasingError: If the linters cannot be installed, as without a network the first time, or do not answer.
    """
    side_environments.install(ENVIRONMENT, "The workflow linter", "45 MB", ReleasingError)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, ".github", "workflows", "workflow.yml")
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        found = list(dict.fromkeys(one for schema in SCHEMAS for one in _by_schema(file, schema)))
        return tuple(found or [*_by_zizmor(file), *_by_version(text)])


def _by_schema(file: Path, schema: str) -> Iterator[Finding]:
    said = _run(
        "check-jsonschema", "--output-format", "json", "--builtin-schema", schema, str(file)
    )
    for error in said.get("parse_errors", []):
        message = str(error.get("message", error)) if isinstance(error, dict) else str(error)
        yield Finding("schema", "the file", "no YAML", message.replace(str(file), "the file"))
    for error in said.get("errors", []):
        match = error.get("best_deep_match") or error
        yield Finding("schema", match["path"], schema.partition(".")[2], match["message"])


def _by_zizmor(file: Path) -> Iterator[Finding]:
    rules = paths.ROOT / ".github" / "zizmor.yml"
    line = ("--offline", "--quiet", "--format", "json", "--config", str(rules), str(file))
    for finding in _run("zizmor", *line):
        place = next(
            (one for one in finding["locations"] if one["symbolic"].get("kind") == "Primary"),
            finding["locations"][0],
        )
        row = place["concrete"]["location"]["start_point"]["row"] + 1
        said = f"{finding['desc']}: {place['symbolic']['annotation']}"
        yield Finding("zizmor", f"line {row}", finding["ident"], said)


def _by_version(text: str) -> Iterator[Finding]:
    for row, line in enumerate(text.splitlines(), start=1):
        used = _USES.match(line)
        if used and not _EXACT.fullmatch(used[1].rpartition("@")[2]):
            said = f"{used[1]} may be another program tomorrow: name an exact version"
            yield Finding("pin", f"line {row}", "moving-version", said)


def _run(*command: str) -> Any:
    """Run a linter and read its JSON; its exit code says no more than that."""
    line, variables = side_environments.invocation(ENVIRONMENT, command)
    try:
        done = subprocess.run(
            line,
            cwd=paths.ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        said = error if isinstance(error, subprocess.TimeoutExpired) else done.stderr.strip()
        raise ReleasingError(
            f"{command[0]} gave no answer: {str(said)[-500:] or 'nothing was printed'}.",
            "Look whether the text is a workflow file of GitHub, and run this cell again.",
        ) from error
