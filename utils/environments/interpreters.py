"""Finding a Python of a version: on the PATH, in pyenv, among uv's own, or downloaded by uv."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Mapping, Sequence

from utils.environments.console import quiet, say
from utils.environments.decisions import no_python
from utils.environments.machine import Machine, home
from utils.environments.uv import variables

PROBE = """
import json, os, platform, sys, sysconfig
missing = []
for name in ("bz2", "ctypes", "lzma", "sqlite3", "ssl", "zlib"):
    try:
        __import__(name)
    except ImportError:
        missing.append(name)
print(json.dumps({
    "path": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "version": "%d.%d" % sys.version_info[:2],
    "full": platform.python_version(),
    "implementation": sys.implementation.name,
    "machine": platform.machine(),
    "headers": os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")),
    "missing": missing,
}))
"""
"""What an interpreter is asked: who it is, and which modules it was built without."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that was found.

    Attributes:
        path: Its real path, links resolved.
        version: Such as ``"3.10"``.
        full: Such as ``"3.10.13"``.
        headers: Whether its C headers are there.
        missing: Modules of the standard library that it was built without.
        implementation: ``"cpython"`` or another.
        machine: The processor architecture it was built for.
    """

    path: str
    version: str
    full: str
    headers: bool = True
    missing: tuple[str, ...] = ()
    implementation: str = "cpython"
    machine: str = "x86_64"


def candidates(versions: Sequence[str], env: Mapping[str, str], home: Path) -> Iterator[str]:
    """Paths at which a Python may be, the preferred version first.

    Args:
        versions: Such as ``("3.13", "3.12")``, the preferred one first.
        env: Environment variables (PATH, PYENV_ROOT, UV_PYTHON_INSTALL_DIR, XDG_DATA_HOME are
            looked at).
        home: The reader's home folder.

    Yields:
        Paths of files that exist, some of which may not work (pyenv's shims do not, for versions
        that are not active).
    """
    pyenv = Path(env.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(env.get("XDG_DATA_HOME") or home / ".local/share")
    managed = [Path(env[name]) for name in ("UV_PYTHON_INSTALL_DIR",) if env.get(name)] + [
        data / "uv/python"
    ]
    for version in versions:
        for folder in env.get("PATH", "").split(os.pathsep):
            yield from _existing(Path(folder) / f"python{version}" if folder else None)
        for folder in env.get("PATH", "").split(os.pathsep):
            yield from _existing(Path(folder) / "python3" if folder else None)
        if _allowed(pyenv.is_dir):
            for place in sorted(pyenv.glob(f"{version}.*"), key=_release, reverse=True):
                yield from _existing(place / "bin" / f"python{version}")
        for folder_of_uv in managed:
            if _allowed(folder_of_uv.is_dir):
                for place in sorted(
                    folder_of_uv.glob(f"cpython-{version}.*"), key=_release, reverse=True
                ):
                    yield from _existing(place / "bin" / f"python{version}")


def _allowed(ask: Callable[[], bool]) -> bool:
    """Return what a question about a path is answered; no where the way is shut, or its disk is gone."""
    try:
        return ask()
    except OSError:
        return False


def _existing(path: Path | None) -> Iterator[str]:
    if path is not None and _allowed(path.is_file):
        yield str(path)


def _release(place: Path) -> tuple[int, ...]:
    digits = place.name.replace("cpython-", "").split("-")[0].split(".")
    return tuple(int(part) for part in digits if part.isdigit())


def probe(path: str) -> Interpreter | None:
    """Ask an interpreter who it is.

    Args:
        path: Its path.

    Returns:
        What it said; None if it does not run.
    """
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(
            [path, "-I", "-c", PROBE], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf-8", timeout=60,
        )  # fmt: skip
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return Interpreter(**{**said, "missing": tuple(said["missing"])})


def unfit(interpreter: Interpreter, architecture: str) -> str | None:
    """Why an interpreter will not do.

    Args:
        interpreter: The interpreter.
        architecture: The machine's, as in :attr:`Machine.architecture`.

    Returns:
        The reason; None if it will do, or if it is merely of another version, which is not worth
        telling.
    """
    name = f"{interpreter.path} ({interpreter.full})"
    if interpreter.implementation != "cpython":
        return f"{name} is {interpreter.implementation}, not CPython"
    if {"aarch64": "arm64"}.get(interpreter.machine, interpreter.machine) != architecture:
        return f"{name} is built for {interpreter.machine} processors"
    if interpreter.missing:
        return f"{name} was built without {', '.join(interpreter.missing)}"
    return None


def pick(
    versions: Sequence[str],
    architecture: str,
    paths: Sequence[str],
    ask: Callable[[str], Interpreter | None] = probe,
) -> tuple[Interpreter | None, list[str]]:
    """Pick the first interpreter that will do, one with C headers before one without.

    Args:
        versions: Those that will do.
        architecture: The machine's.
        paths: Where to look, the best first.
        ask: How an interpreter is asked.

    Returns:
        The interpreter, or None; and why others would not do.
    """
    seen: dict[str, Interpreter] = {}
    reasons: list[str] = []
    for path in paths:
        interpreter = ask(path)
        if interpreter is None or interpreter.path in seen or interpreter.version not in versions:
            continue
        seen[interpreter.path] = interpreter
        reason = unfit(interpreter, architecture)
        if reason:
            reasons.append(reason)
        elif interpreter.headers:
            return interpreter, reasons
    for interpreter in seen.values():
        if not unfit(interpreter, architecture):
            return interpreter, [
                *reasons,
                f"{interpreter.path} ({interpreter.full}) has no C headers",
            ]
    return None, reasons


def find(
    machine: Machine, versions: Sequence[str], whom: str, uv: Path, build: Path
) -> Interpreter:
    """Find a Python, or lets uv download one into the build folder.

    Args:
        machine: The machine.
        versions: Those that will do, the preferred one first.
        whom: Who needs it, such as ``"TFX 1.21"``, for a message.
        uv: The installer.
        build: The build folder.

    Returns:
        The interpreter. It lacks its C headers only where the system's packages can supply them.

    Raises:
        SetupError: If none is found and none can be downloaded.
    """
    env = variables(build)
    found, reasons = pick(versions, machine.architecture, list(candidates(versions, env, home())))
    if found and (found.headers or machine.apt):
        return found
    why = (
        f"{found.path} has no C headers"
        if found
        else f"no Python {' or '.join(versions)} is on this machine"
    )
    say(f"{why}: downloading Python {versions[0]} into the build folder …")
    done = quiet([str(uv), "python", "install", "--no-bin", versions[0]], env)
    downloaded, _ = pick(versions, machine.architecture, list(candidates(versions, env, home())))
    if done.returncode == 0 and downloaded and downloaded.headers:
        return downloaded
    say(
        "The download failed: "
        + (done.stdout.strip().splitlines() or ["no reason given"])[-1].strip()
    )
    raise no_python(whom, versions, reasons, machine.root)
