"""Prometheus' programs: from the PATH, or from Debian's package, unpacked into the build folder."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from utils import folders, paths, progress
from utils.environments.console import quiet
from utils.monitoring.errors import MonitoringError

PROGRAMS = ("prometheus", "promtool")
"""The server, and the tool that checks its files: in Debian and Ubuntu one package named like the first, or two."""

_PLACE = Path("usr/bin")


def install() -> Path:
    """Find the programs, or unpack them from the package of this machine's distribution.

    Returns:
        The folder that both programs are in.

    Raises:
        MonitoringError: If they are not installed and cannot be had, as on macOS or without a network the first time.
    """
    found = shutil.which(PROGRAMS[0])
    if found and shutil.which(PROGRAMS[1]):
        return Path(found).resolve().parent
    return _unpacked()


def promtool(*arguments: str | Path) -> str:
    """Run ``promtool``.

    Args:
        *arguments: Its arguments, for example ``"check", "config", file``.

    Returns:
        What it says.

    Raises:
        MonitoringError: If it finds a fault, which is quoted, or it cannot be had.
    """
    line = [str(install() / PROGRAMS[1]), *map(str, arguments)]
    code, said = _call(line)
    if code:
        raise MonitoringError(
            f"promtool {' '.join(map(str, arguments[:2]))} found a fault:\n{said}",
            "Mend what it names, and run the cell again.",
        )
    return said


def _unpacked() -> Path:
    folder = paths.build() / "side" / f"{PROGRAMS[0]}-{_system()}"
    programs = folder / _PLACE
    if _complete(programs):
        return programs
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise MonitoringError(
            "Prometheus is not on this machine, and neither is apt, which could bring it.",
            "Install Prometheus (https://prometheus.io/download, or `brew install prometheus`), or read the cells that "
            "need it without running them.",
        )
    folders.make(folder.parent)
    with (
        progress.working("Unpacking Prometheus"),
        FileLock(str(folder.with_name(f".{folder.name}.lock"))),
    ):
        if not _complete(programs):
            _unpack(folder)
    return programs


def _unpack(folder: Path) -> None:
    """Let apt download the packages, which it checks, and unpack them without installing anything."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in PROGRAMS:
        if not (part / _PLACE / name).is_file():
            _fetch(name, part)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _fetch(name: str, folder: Path) -> None:
    """Download and unpack the package that is named like a program."""
    download = ["apt-get", "-q", "download", name]
    code, said = _call(download, folder)
    if code:
        _call(["apt-get", "-q", "update"])  # a fresh container has no lists; it needs root's rights
        code, said = _call(download, folder)
    package = next(folder.glob("*.deb"), None)
    if not code and package:
        code, said = _call(["dpkg", "-x", str(package), str(folder)])
        package.unlink()
    if code or not (folder / _PLACE / name).is_file():
        raise MonitoringError(
            f"Prometheus could not be unpacked from the package {name!r}. It said:\n{said[-800:]}",
            "Connect to a network and run this cell again (20 to 50 MB); afterwards it stays. The rest of the chapter "
            "works without it.",
        )


def _system() -> str:
    """Return which system a package is for: a build folder may serve several, for example a userland of Debian 13."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    return f"{release.get('VERSION_CODENAME') or release.get('ID', 'linux')}-{platform.machine()}"


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in PROGRAMS)


def _call(line: Sequence[str], cwd: Path | None = None) -> tuple[int, str]:
    done = quiet(line, cwd=cwd)
    return done.returncode, done.stdout.strip()
