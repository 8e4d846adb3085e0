"""What a cluster is made of: Java, Flink's libraries from PyPI, and Beam's job server from Maven Central."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from utils import folders, paths, progress, side_environments
from utils.environments import environment, machine
from utils.environments.console import install_system_packages, quiet
from utils.environments.decisions import SetupError
from utils.flink import loopback
from utils.flink.errors import FlinkError

ENVIRONMENT = "flink"
"""The side environment with Flink's libraries."""

JAVAS = (17, 11, 21)
"""The versions of Java that Flink 1.19 runs on, the best first; 21 is new to it."""

PACKAGE = "maven"
"""Debian's package, which brings its default Java as well: 17 in Debian 12, and 21 in Debian 13."""

POM = Path(__file__).with_name("pom.xml")
"""What Maven is asked for."""

SUMS = Path(__file__).with_name("jars.sha256")
"""The jars that Maven brings, each with its SHA-256 sum."""

COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
"""Maven's goal that brings jars."""

CURE = (
    "Install both by `sudo apt install maven` on Debian and Ubuntu, or `brew install openjdk@17 maven` on macOS; "
    "until then the chapter shows results that were recorded."
)


@lru_cache(maxsize=1)
def java() -> Path:
    """Find a Java that Flink runs on.

    Returns:
        The program ``java``.

    Raises:
        FlinkError: If there is none.
    """
    found = {version: path for path in reversed(_javas()) if (version := _version(path))}
    for wanted in JAVAS:
        if wanted in found:
            return found[wanted]
    have = f" (there is Java {', '.join(map(str, sorted(found)))})" if found else ""
    wanted_ones = ", ".join(map(str, sorted(JAVAS)))
    raise FlinkError(f"Flink needs Java {wanted_ones}, which is not on this machine{have}.", CURE)


def bring() -> None:
    """Install Java and Maven where one is missing, and this process may install: as root on Debian or Ubuntu.

    Raises:
        FlinkError: If apt cannot, as without a network.
    """
    with contextlib.suppress(FlinkError):
        if java() and shutil.which("mvn"):
            return
    if not machine.look(paths.build()).apt:
        return
    try:
        with (
            progress.working("Installing Java and Maven"),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            install_system_packages([PACKAGE])
    except SetupError as error:
        raise FlinkError(
            f"Java and Maven could not be installed: {error}",
            "Connect to a network and run this cell again; afterwards they stay.",
        ) from error


def flink() -> Path:
    """Install Flink's libraries into their side environment, unless they are there.

    Returns:
        The folder with ``lib`` and ``bin``.

    Raises:
        FlinkError: If they cannot be installed, as without a network the first time.
    """
    folder = side_environments.install(ENVIRONMENT, "Apache Flink", "230 MB", FlinkError)
    return next(folder.glob("lib/python*/site-packages/pyflink"))


def job_server() -> Path:
    """Let Maven bring the jars of Beam's job server, unless they are there, and check each.

    Returns:
        The folder with the jars.

    Raises:
        FlinkError: If there is no Maven, or they cannot be had, or one is not what it was.
    """
    made_of = POM.read_bytes() + SUMS.read_bytes() + Path(loopback.__file__).read_bytes()
    digest = hashlib.sha256(made_of).hexdigest()[:12]
    folder = paths.build() / "side" / f"beam-job-server-{digest}"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise FlinkError("Beam's job server is fetched by Maven, which is not here.", CURE)
    folders.make(folder.parent)
    with (
        progress.working("Fetching Beam's job server"),
        FileLock(str(folder.with_name(f".{folder.name}.lock"))),
        tempfile.TemporaryDirectory(dir=folder.parent, prefix=".jars-") as scratch,
    ):
        if not folder.is_dir():
            part = Path(scratch) / "jars"
            fetch(maven, part)
            check(part)
            loopback.mend(part)
            part.rename(folder)
    return folder


def fetch(maven: str, folder: Path) -> None:
    """Let Maven bring the jars.

    Args:
        maven: The program.
        folder: Where they go.

    Raises:
        FlinkError: If it fails, as without a network, or with a checksum that Maven Central has otherwise.
    """
    line = [maven, "--batch-mode", "--quiet", "--strict-checksums", "-f", str(POM), COPY,
            "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]  # fmt: skip
    done = quiet(line, {**os.environ, "JAVA_HOME": str(java().resolve().parents[1])})
    if done.returncode:
        said = "\n".join(line for line in done.stdout.splitlines() if "ERROR" in line)
        raise FlinkError(
            f"Maven could not fetch Beam's job server. It said:\n{(said or done.stdout)[-800:]}",
            "Connect to a network and run this cell again (152 MB); afterwards it stays.",
        )


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 sum of each jar in a folder."""
    return {jar.name: environment.digest(jar) for jar in folder.glob("*.jar")}


def committed() -> dict[str, str]:
    """Return the sums as they were when the versions were chosen."""
    pairs = (line.split() for line in SUMS.read_text("utf-8").splitlines() if line)
    return {name: digest for digest, name in pairs}


def check(folder: Path) -> None:
    """Compare the jars in a folder with those that were chosen.

    Args:
        folder: The jars.

    Raises:
        FlinkError: If one is missing, or too many, or has other contents.
    """
    found, wanted = sums(folder), committed()
    if found != wanted:
        wrong = sorted(
            name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)
        )
        raise FlinkError(
            f"{len(wrong)} of the jars that Maven brought are not those that were chosen: {', '.join(wrong[:3])}.",
            "Delete them from Maven's folder, ~/.m2, and run this cell again; do not use them.",
        )


def write_sums(folder: Path) -> None:
    """Write the list of sums anew, after a change of versions in ``pom.xml``."""
    lines = [f"{digest}  {name}\n" for name, digest in sorted(sums(folder).items())]
    SUMS.write_text("".join(lines), "utf-8")


def _javas() -> list[Path]:
    """Return the Javas of this machine, the one that was asked for first."""
    places: Iterable[str | Path | None] = (
        os.environ.get("JAVA_HOME") and Path(os.environ["JAVA_HOME"]) / "bin/java",
        shutil.which("java"),
        *sorted(Path("/usr/lib/jvm").glob("*/bin/java")),
        *sorted(Path("/opt/homebrew/opt").glob("openjdk@*/bin/java")),
    )
    return [Path(place) for place in places if place and os.access(place, os.X_OK)]


def _version(path: Path) -> int | None:
    done = quiet([str(path), "-version"])
    found = re.search(r'version "(\d+)', done.stdout)
    return int(found[1]) if found and not done.returncode else None


def main() -> None:
    """Fetch the jars that ``pom.xml`` names, and write their sums."""
    maven = shutil.which("mvn")
    if maven is None:
        sys.exit(f"Maven is not here. {CURE}")
    with tempfile.TemporaryDirectory() as scratch:
        fetch(maven, Path(scratch))
        write_sums(Path(scratch))


if __name__ == "__main__":
    main()
