"""Where uv, the installer, comes from: the PATH, this checkout, or a checked download."""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import os
import re
import shutil
import ssl
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path
from typing import Iterator, Sequence

from utils.environments.console import install_system_packages, quiet, say
from utils.environments.decisions import SetupError, explain_failure
from utils.environments.machine import Machine, home

VERSION = "0.12.16"
"""The version that is fetched where the PATH has none."""

OLDEST = (0, 12)
"""The oldest one on the PATH that is good enough."""

WHEELS: dict[tuple[str, str], str] = {
    ("Linux", "x86_64"): "c4570eeeef838ddc6957e1b28c5e88305bb492c83b000ed3b8ff3cf86a8ecf00",
    ("Darwin", "arm64"): "50ed2f31db45e620a10a9e9fc20d2a828a207db67b791e7b888395679e96bab4",
    ("Darwin", "x86_64"): "3b07f6867309ae1957b99d0ab9b008e3cea6497e2e9aec4a5c9642ddfc1fc3c3",
}
"""SHA-256 of uv's wheel for each system and architecture."""

ARCHIVES: dict[tuple[str, str], tuple[str, str]] = {
    ("Linux", "x86_64"): (
        "uv-x86_64-unknown-linux-gnu.tar.gz",
        "8e5c6e5523dffc2dcf615bd995554c84c9feb4e577808a3fb8698a639d3f8d9c",
    ),
    ("Darwin", "arm64"): (
        "uv-aarch64-apple-darwin.tar.gz",
        "b6e03fae61704b1aa622f12b792a69483e837b83068e44f4fd34f8a07a8f74a3",
    ),
    ("Darwin", "x86_64"): (
        "uv-x86_64-apple-darwin.tar.gz",
        "a42bcc9ce97eb8b364d7f162233a9c6b8c0ee25388e551d362809795127e0c31",
    ),
}
"""Name and SHA-256 of the archive on uv's release page for each system and architecture."""

RELEASES = "https://github.com/astral-sh/uv/releases/download"
"""uv's release page, for machines whose Python comes without pip."""

SYSTEM_WHEELS = Path("/usr/share/python-wheels")
"""Where Debian and Ubuntu keep the pip from which environments are made."""


def new_enough(version_output: str) -> bool:
    """Return whether what ``uv --version`` printed names a version that will do.

    Args:
        version_output: Such as ``"uv 0.12.16 (x86_64-unknown-linux-gnu)"``.

    Returns:
        True from :data:`OLDEST` on.
    """
    found = re.match(r"uv (\d+)\.(\d+)", version_output)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST


def ensure(machine: Machine, build: Path) -> Path:
    """Find uv, or fetches it into the build folder.

    Args:
        machine: The machine.
        build: The build folder.

    Returns:
        Path of a uv that works.

    Raises:
        SetupError: If there is none and none can be fetched.
    """
    own = build / f"uv-{VERSION}" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _works(candidate):
            return Path(candidate)
    say(
        f"uv, the installer, is not on the PATH: fetching version {VERSION} into the build folder …"
    )
    own.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=str(own.parent)) as scratch:
        binary = fetch(machine, Path(scratch))
        if not _works(str(binary)):
            raise SetupError(
                f"uv {VERSION} was fetched, but does not run on this system: install uv yourself, "
                "then call make again."
            )
        binary.replace(own)
    return own


def _works(uv: str) -> bool:
    try:
        done = quiet([uv, "--version"])
    except OSError:
        return False
    return done.returncode == 0 and new_enough(done.stdout)


def fetch(machine: Machine, scratch: Path) -> Path:
    """Fetch uv with the first pip that is there, or else from its release page.

    Args:
        machine: The machine.
        scratch: An empty folder.

    Returns:
        The binary, in ``scratch``.

    Raises:
        SetupError: If neither way works.
    """
    key = (machine.system, machine.architecture)
    if key not in WHEELS:
        raise SetupError(
            f"uv is not fetched for {' on '.join(key)}: install uv yourself, then call make again."
        )
    said: list[str] = []
    pip = next(pips(machine), None)
    if pip:
        done = download_wheel(pip, WHEELS[key], scratch)
        wheels = list(scratch.glob("uv-*.whl"))
        if wheels:
            return from_wheel(wheels[0], WHEELS[key], scratch)
        said.append(done)
    name, sha256 = ARCHIVES[key]
    archive = scratch / name
    try:
        download(f"{RELEASES}/{VERSION}/{name}", archive)
    except (OSError, http.client.HTTPException) as error:
        said.append(f"{RELEASES}: {error}")
        cure = (
            ""
            if pip
            else "This Python has no pip (on Debian and Ubuntu: `sudo apt install python3-pip`). "
        )
        problem = explain_failure("fetching uv", "\n".join(said))
        raise SetupError(f"{cure}{problem}") from None
    return from_archive(archive, sha256, scratch)


def pips(machine: Machine) -> Iterator[list[str]]:
    """Find commands that are a pip: this Python's, a bundled one, one from the distribution.

    Args:
        machine: The machine; as root on Debian or Ubuntu the last resort is to install the bundled
            one.

    Yields:
        Commands, the best first.
    """
    if quiet([sys.executable, "-m", "pip", "--version"]).returncode == 0:
        yield [sys.executable, "-m", "pip"]
    ensurepip = importlib.util.find_spec("ensurepip")
    folders = [Path(ensurepip.origin).parent / "_bundled"] if ensurepip and ensurepip.origin else []
    folders.append(SYSTEM_WHEELS)
    yield from bundled_pips(folders)
    if machine.apt:
        install_system_packages(["python3-pip-whl"])
        yield from bundled_pips(folders)


def bundled_pips(folders: Sequence[Path]) -> Iterator[list[str]]:
    """Find commands that run pip straight from a wheel.

    Args:
        folders: Where wheels may be.

    Yields:
        One command for each wheel of pip.
    """
    for folder in folders:
        for wheel in sorted(folder.glob("pip-*.whl"), reverse=True):
            yield [sys.executable, str(wheel / "pip")]


def download_wheel(pip: Sequence[str], sha256: str, scratch: Path) -> str:
    """Let pip, which knows the reader's index and proxy, download uv's wheel by its hash.

    Args:
        pip: The command.
        sha256: The hash.
        scratch: Where the wheel goes.

    Returns:
        What pip said.
    """
    wanted = scratch / "uv.txt"
    wanted.write_text(f"uv=={VERSION} --hash=sha256:{sha256}\n", "utf-8")
    options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir"]
    files = ["--dest", str(scratch), "--requirement", str(wanted)]
    return quiet([*pip, "download", *options, *files]).stdout


def download(address: str, to: Path) -> None:
    """Download a file, with the system's certificates.

    Args:
        address: Its address.
        to: Where it goes.

    Raises:
        OSError: If it cannot be had.
        http.client.HTTPException: If the answer breaks off.
    """
    context = ssl.create_default_context()
    with urllib.request.urlopen(address, timeout=60, context=context) as answer, to.open(
        "wb"
    ) as file:
        shutil.copyfileobj(answer, file)


def check(file: Path, sha256: str) -> None:
    """Make sure that a downloaded file is the one it should be.

    Raises:
        SetupError: If its SHA-256 is another.
    """
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != sha256:
        raise SetupError(
            f"The download of {file.name} is not what it should be (SHA-256 {found[:16]}… instead "
            f"of {sha256[:16]}…): "
            "nothing was installed. Try again from another network, or install uv yourself."
        )


def from_wheel(wheel: Path, sha256: str, to: Path) -> Path:
    """Take the binary out of uv's wheel.

    Args:
        wheel: The wheel.
        sha256: Its hash.
        to: The folder that gets the binary.

    Returns:
        The binary, executable.

    Raises:
        SetupError: If the hash is another.
    """
    check(wheel, sha256)
    with zipfile.ZipFile(str(wheel)) as file:
        name = next(name for name in file.namelist() if name.endswith(".data/scripts/uv"))
        return _write_binary(file.read(name), to)


def from_archive(archive: Path, sha256: str, to: Path) -> Path:
    """Take the binary out of an archive of uv's release page; as :func:`from_wheel`."""
    check(archive, sha256)
    with tarfile.open(str(archive)) as file:
        member = next(
            member
            for member in file.getmembers()
            if Path(member.name).name == "uv" and member.isfile()
        )
        content = file.extractfile(member)
        return _write_binary(content.read() if content else b"", to)


def _write_binary(content: bytes, to: Path) -> Path:
    binary = to / "uv"
    binary.write_bytes(content)
    binary.chmod(0o755)
    return binary


def variables(build: Path, base: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables that uv runs with.

    Args:
        build: The build folder, which downloaded interpreters go to.
        base: Variables to start from; None for this process's.

    Returns:
        A copy: the system's certificates, byte code compiled whatever ``PYTHONDONTWRITEBYTECODE`` says, pip's
        package index where only pip has been told one, and a cache in the build folder where the usual one cannot be
        written.
    """
    env = dict(os.environ if base is None else base)
    for name in (
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
    ):
        env.pop(name, None)
    env["UV_SYSTEM_CERTS"] = "1"
    env["UV_PYTHON_INSTALL_DIR"] = str(build / "python")
    env.setdefault("UV_COMPILE_BYTECODE_TIMEOUT", "600")
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    cache = Path(env.get("XDG_CACHE_HOME") or home() / ".cache") / "uv"
    if "UV_CACHE_DIR" not in env and not _writable(cache):
        env["UV_CACHE_DIR"] = str(build / "uv-cache")
    return env


def _writable(folder: Path) -> bool:
    """Return whether files can be written into a folder, or into the nearest one above it that is there."""
    try:
        place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
        with tempfile.TemporaryFile(dir=str(place)):
            return True
    except OSError:
        return False
