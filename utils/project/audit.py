"""``make audit``: known vulnerabilities of every package that is pinned, and the licences of those that are installed.

pip-audit asks the database of the Python Package Index, which needs a network; pip-licenses reads what is installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import paths, side_environments
from utils.environments.console import say
from utils.environments.decisions import SetupError

ENVIRONMENT = "audit"

COPYLEFT = re.compile(r"\b(A?GPL|Affero|GNU General Public)")
"""Licences that would matter to somebody who passes the environment on; the Lesser GPL is not among them."""


@dataclass(frozen=True)
class Known:
    """A known vulnerability of a package that is pinned.

    Attributes:
        package: Its name and version.
        identifier: The vulnerability's identifier in the database.
        mended: The versions that mend it; empty where there is none yet.
    """

    package: str
    identifier: str
    mended: tuple[str, ...]


def requirements() -> list[Path]:
    """Return all files with pinned packages: the main environment's and those of the side environments."""
    names = side_environments.names()
    return [paths.ROOT / "requirements.txt", *map(side_environments.requirements, names)]


def read_report(text: str) -> tuple[list[Known], list[str]]:
    """Read what pip-audit reports as JSON.

    Args:
        text: Its output.

    Returns:
        What is known, and the packages that it could not ask about.
    """
    known, skipped = [], []
    for one in json.loads(text)["dependencies"]:
        if "skip_reason" in one:
            skipped.append(one["name"])
            continue
        for found in one["vulns"]:
            package = f"{one['name']} {one['version']}"
            known.append(Known(package, found["id"], tuple(found["fix_versions"])))
    return known, skipped


def vulnerabilities(file: Path) -> tuple[list[Known], list[str]]:
    """Ask about the packages of one file.

    Args:
        file: A requirements file with hashes.

    Returns:
        As :func:`read_report`.

    Raises:
        SetupError: If the database cannot be reached.
    """
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"]
    line, variables = side_environments.invocation(
        ENVIRONMENT, ["pip-audit", *options, "--requirement", str(file)]
    )
    done = subprocess.run(
        line, env=variables, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    try:
        known, skipped = read_report(done.stdout)
    except ValueError:
        known, skipped = [], ["all"]
    asked = len(re.findall(r"^[\w.\[\]-]+==", file.read_text("utf-8"), re.M))
    if skipped == ["all"] or len(skipped) > asked / 2:
        raise SetupError(
            "The database of known vulnerabilities cannot be reached, so nothing can be said about "
            f"{file.name}: call make audit again with a network that leads to the Python Package Index's own API."
        )
    return known, skipped


def licences() -> Counter[str]:
    """Count the licences of the installed environment's packages.

    Returns:
        The number of packages by licence.

    Raises:
        SetupError: If the list cannot be made.
    """
    command = ["pip-licenses", "--python", sys.executable, "--from=mixed", "--format=json"]
    try:
        done = side_environments.run(ENVIRONMENT, command, paths.ROOT)
    except RuntimeError as error:
        raise SetupError(f"The licences cannot be listed: {error}") from error
    return Counter(one["License"] for one in json.loads(done.stdout))


def report(known: Sequence[Known]) -> str:
    """Return a line for each vulnerability, or one that says that there is none."""
    if not known:
        return "no known vulnerability"
    return "\n".join(
        f"  {one.package}: {one.identifier}, "
        + (f"mended in {', '.join(one.mended)}" if one.mended else "not mended in any version")
        for one in known
    )


def main() -> int:
    """Run the command line.

    Returns:
        0; 1 if a vulnerability is known, 2 if the database cannot be reached.
    """
    code = 0
    try:
        found = licences()
        say("Licences of what is installed:")
        for name, count in found.most_common():
            mark = "  (copyleft)" if COPYLEFT.search(name) else ""
            print(f"  {count:>4}  {name.splitlines()[0]}{mark}")
        for file in requirements():
            known, skipped = vulnerabilities(file)
            print(f"{file.relative_to(paths.ROOT)}: {report(known)}")
            if skipped:
                print(f"  not in the database: {', '.join(skipped)}")
            code = code or int(bool(known))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
