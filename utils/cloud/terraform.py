"""Terraform's files, read by python-hcl2: their blocks, what refers to what, and what variables make of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from utils import side_environments
from utils.cloud import expressions
from utils.cloud.errors import CloudError
from utils.errors import did_you_mean

ENVIRONMENT = "terraform"
"""The side environment with ``hcl2tojson``."""

_META = frozenset({"__is_block__", "__file__", "__comments__"})


@dataclass(frozen=True)
class Block:
    """One block of a file.

    Attributes:
        kind: ``"resource"``, ``"data"``, ``"variable"``, ``"local"``, ``"output"``, ``"provider"``, ``"terraform"`` …
        address: How others refer to it: ``google_storage_bucket.root``, ``var.region``.
        body: Its arguments and inner blocks; an inner block is a list of mappings.
        file: The name of its file.
    """

    kind: str
    address: str
    body: Mapping[str, Any]
    file: str

    @property
    def type(self) -> str:
        """A resource's type, for example ``"google_storage_bucket"``."""
        return self.address.split(".")[-2] if self.kind in ("resource", "data") else self.kind

    def inner(self, name: str) -> list[Mapping[str, Any]]:
        """Return the inner blocks of a name.

        Args:
            name: For example ``"taint"``.

        Returns:
            Their bodies, none where there is no such block.
        """
        found = self.body.get(name, [])
        return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


@dataclass(frozen=True)
class Configuration:
    """All blocks of a folder, with values for its variables.

    Attributes:
        blocks: The blocks, in the order of the files.
        values: What was given for variables; the others have their defaults.
    """

    blocks: tuple[Block, ...]
    values: Mapping[str, Any] = field(default_factory=dict)

    def of(self, kind: str) -> list[Block]:
        """Return the blocks of a kind, or the resources of a type.

        Args:
            kind: ``"variable"``, ``"resource"``, or a type such as ``"google_storage_bucket"``.
        """
        resources = kind.startswith("google_")
        return [
            one
            for one in self.blocks
            if (one.kind == "resource" and one.type == kind if resources else one.kind == kind)
        ]

    def find(self, address: str) -> Block:
        """Return the block of an address.

        Args:
            address: For example ``"google_storage_bucket.root"``.

        Raises:
            CloudError: If there is none.
        """
        for one in self.blocks:
            if one.address == address:
                return one
        known = [one.address for one in self.blocks]
        raise CloudError(f"There is no {address}.", did_you_mean(address, known))

    def given(self, **values: Any) -> Configuration:
        """Return the same blocks with other values, as ``terraform plan -var NAME=VALUE`` takes them.

        Args:
            **values: Values by the names of variables.

        Raises:
            CloudError: If there is no such variable.
        """
        known = {one.address.removeprefix("var.") for one in self.of("variable")}
        for name in values:
            if name not in known:
                raise CloudError(f"There is no variable {name!r}.", did_you_mean(name, known))
        return replace(self, values={**self.values, **values})

    def value(self, of: Any) -> Any:
        """Work out a value.

        Args:
            of: Anything from a body.

        Returns:
            The value, with :data:`utils.cloud.expressions.AFTER_APPLY` where only the cloud can know it.
        """
        return expressions.evaluate(of, lambda name: self._look_up(name, ()))

    def output(self, name: str) -> Any:
        """Return an output, as far as it can be known without the cloud.

        Args:
            name: Its name.

        Raises:
            CloudError: If there is none.
        """
        return self.value(self.find(f"output.{name}").body["value"])

    def exists(self, block: Block) -> bool:
        """Tell whether a resource is made at all: one with ``count = 0`` or an empty ``for_each`` is not.

        Args:
            block: The resource.
        """
        each = self.value(block.body.get("for_each"))
        return self.value(block.body.get("count", 1)) != 0 and each not in ([], {})

    def _look_up(self, name: str, asked: tuple[str, ...]) -> Any:
        if name in asked:
            raise expressions.Unknown(name)
        root, _, rest = name.partition(".")
        found = {one.address: one for one in self.blocks}
        if root == "var":
            if rest in self.values:
                return self.values[rest]
            block = found.get(name)
            if block is None or "default" not in block.body:
                raise expressions.Unknown(name)
            return self._inside(block.body["default"], (*asked, name))
        if root == "local":
            if name not in found:
                raise expressions.Unknown(name)
            return self._inside(found[name].body["value"], (*asked, name))
        address, _, attribute = name.rpartition(".")
        block = found.get(address)
        if block is None:
            raise expressions.Unknown(name)
        return self._attribute(block, attribute, (*asked, name))

    def _attribute(self, block: Block, attribute: str, asked: tuple[str, ...]) -> Any:
        """Return an argument of a resource, or what Google Cloud always makes of its arguments."""
        if block.type == "google_service_account" and attribute in ("email", "member"):
            account = self._inside(block.body.get("account_id", ""), asked)
            email = f"{account}@{self._look_up('var.project', asked)}.iam.gserviceaccount.com"
            return email if attribute == "email" else f"serviceAccount:{email}"
        if block.type == "google_storage_bucket" and attribute == "url":
            return f"gs://{self._inside(block.body.get('name', ''), asked)}"
        if attribute not in block.body or isinstance(block.body[attribute], list):
            raise expressions.Unknown(f"{block.address}.{attribute}")
        return self._inside(block.body[attribute], asked)

    def _inside(self, value: Any, asked: tuple[str, ...]) -> Any:
        return expressions.evaluate(value, lambda name: self._look_up(name, asked))

    def needs(self) -> dict[str, list[str]]:
        """Return for each resource the resources that it refers to, through locals too.

        Returns:
            Addresses by address.
        """
        addresses = {one.address for one in self.blocks if one.kind in ("resource", "data")}
        behind = {one.address: expressions.references(one.body) for one in self.blocks}
        found = {}
        for address in (one.address for one in self.blocks if one.address in addresses):
            seen: dict[str, None] = {}
            waiting = list(behind[address])
            while waiting:
                name = waiting.pop(0)
                if name not in seen:
                    seen[name] = None
                    waiting += behind.get(name, []) if name.startswith("local.") else []
            found[address] = [name for name in seen if name in addresses and name != address]
        return found


def read(*files: Path, values: Mapping[str, Any] | None = None) -> Configuration:
    """Read Terraform's files by python-hcl2.

    Args:
        *files: Files, or folders with ``*.tf`` files.
        values: Values for variables.

    Returns:
        The configuration.

    Raises:
        CloudError: If a file cannot be parsed, with python-hcl2's own words; if there is no file; or if python-hcl2
            cannot be installed, as without a network the first time.
    """
    found = [
        one
        for file in files
        for one in (sorted(Path(file).glob("*.tf")) if Path(file).is_dir() else [Path(file)])
    ]
    missing = [file for file in found if not file.is_file()]
    if missing or not found:
        raise CloudError(f"There is no file to read: {(missing or files)[0]}.", "Write it first.")
    blocks: list[Block] = []
    for file, text in zip(found, _as_json(found), strict=True):
        blocks += _blocks(json.loads(text), file.name)
    made = Configuration(tuple(blocks))
    return made.given(**values) if values else made


def _as_json(files: Sequence[Path]) -> list[str]:
    """Run ``hcl2tojson`` on files, and return one line of JSON for each."""
    options = ["--ndjson", "--strip-string-quotes"]
    side_environments.install(ENVIRONMENT, "python-hcl2", "3 MB", CloudError)
    command = ["hcl2tojson", *options, *map(str, map(Path.absolute, files))]
    try:
        done = side_environments.run(ENVIRONMENT, command, cwd=files[0].parent)
    except RuntimeError as error:
        raise _unparsable(str(error)) from None
    return done.stdout.splitlines()


def _unparsable(said: str) -> CloudError:
    """Turn what ``hcl2tojson`` says of a broken file into one sentence."""
    _, _, words = said.partition(" It said: ")
    if found := re.search(r'\{"error": .*\}', words):
        told = json.loads(found[0])
        file, message = Path(told["file"]).name, told["message"]
    else:
        place = re.match(r"(.+)\nError: ", words)
        file = Path(place[1].splitlines()[-1]).name if place else "a file"
        message = words.partition("Error: ")[2] or words
    first = message.strip().splitlines()[0].rstrip(":")
    expected = sorted(re.findall(r"(?m)^\s*\* (\w+)", message))
    rest = f" Expected one of {', '.join(expected)}." if expected else ""
    return CloudError(
        f"python-hcl2 cannot parse {file}: {first}{rest}", "Mend the line, and read the file again."
    )


def _blocks(content: Mapping[str, Any], file: str) -> Iterator[Block]:
    for kind, many in content.items():
        if kind in _META:
            continue
        if not isinstance(many, list):
            yield Block("argument", kind, {"value": many}, file)
            continue
        for one in many:
            yield from _of_kind(kind, one, file)


def _of_kind(kind: str, body: Mapping[str, Any], file: str) -> Iterator[Block]:
    if kind == "locals":
        for name, value in body.items():
            if name not in _META:
                yield Block("local", f"local.{name}", {"value": value}, file)
    elif kind in ("resource", "data"):
        for type_, named in _plain(body).items():
            for name, inner in _plain(named).items():
                prefix = "data." if kind == "data" else ""
                yield Block(kind, f"{prefix}{type_}.{name}", _plain(inner), file)
    elif kind in ("variable", "output", "provider", "module"):
        prefix = "var" if kind == "variable" else kind
        for name, inner in _plain(body).items():
            yield Block(kind, f"{prefix}.{name}", _plain(inner), file)
    else:
        yield Block(kind, kind, _plain(body), file)


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what python-hcl2 adds for itself, at every depth."""
    return {name: _clean(one) for name, one in body.items() if name not in _META}


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    return [_clean(one) for one in value] if isinstance(value, list) else value


def unformatted(folder: Path) -> str | None:
    """Ask ``terraform fmt`` whether files are in its format; it needs no network and no provider.

    Args:
        folder: The folder.

    Returns:
        What it would change, as a diff that is empty where nothing is to change; None where Terraform is not installed.
    """
    program = shutil.which("terraform")
    if program is None:
        return None
    done = subprocess.run(
        [program, "fmt", "-check", "-diff", "-no-color", "-recursive"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    return "" if done.returncode == 0 else (done.stdout or done.stderr).strip()
