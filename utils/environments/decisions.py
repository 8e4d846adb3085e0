"""What set-up decides, as pure functions of the ``Machine``: nothing is touched here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Mapping, Sequence

from utils.environments import proxies
from utils.environments.machine import Machine

PYTHONS: dict[str, tuple[str, ...]] = {"1.16": ("3.10",), "1.21": ("3.13", "3.12", "3.11")}
"""The Python versions of each stack, the preferred one first."""

NEW_GLIBC = (2, 39)
"""TFX 1.21's packages are built for this version of the GNU C library and newer ones."""

OLD_GLIBC = (2, 17)
"""TFX 1.16's packages, and everything else, for this one."""

DISK_BYTES = 5_000_000_000
"""What an environment takes (3.8 GB) and what is unpacked on the way."""

USERLAND_BYTES = 7_000_000_000
"""The same with a Debian 13 userland around it."""


class SetupError(Exception):
    """Set-up cannot go on; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Choice:
    """Which stack a machine gets.

    Attributes:
        stack: ``"1.16"`` or ``"1.21"``.
        reason: Why, in a few words for the reader.
        userland: Whether it has to run inside a Debian 13 userland.
    """

    stack: str
    reason: str
    userland: bool = False


def choose(machine: Machine, wanted: str = "") -> Choice:
    """Pick the stack.

    Args:
        machine: The machine.
        wanted: The stack asked for by ``STACK=``; empty for the newest that the machine can run.

    Returns:
        The choice and its reason.

    Raises:
        SetupError: If the machine runs no TFX, or not the wanted one.
    """
    wanted = wanted.strip()
    if wanted and wanted not in PYTHONS:
        raise SetupError(
            f"STACK={wanted} is unknown: the workbook has the stacks {' and '.join(PYTHONS)}."
        )
    if machine.system == "Darwin":
        return _choose_mac(machine, wanted)
    if machine.system == "Linux":
        return _choose_linux(machine, wanted)
    if machine.system == "Windows":
        raise SetupError(
            "TFX does not run on Windows itself. Install the Linux subsystem (`wsl --install` in "
            "a terminal opened as administrator), open Ubuntu, clone the repository there and "
            "call make again."
        )
    raise SetupError(
        f"TFX does not run on {machine.system}: use Linux on x86-64, macOS, or the Colab and "
        "Binder links."
    )


def _choose_mac(machine: Machine, wanted: str) -> Choice:
    silicon = machine.architecture == "arm64"
    stack, kind = ("1.21", "Apple silicon") if silicon else ("1.16", "Intel processors")
    if wanted and wanted != stack:
        raise SetupError(
            f"TFX {wanted} was never published for macOS on {kind}: leave STACK out to get TFX "
            f"{stack}."
        )
    return Choice(stack, f"it is the newest for macOS on {kind}")


def _choose_linux(machine: Machine, wanted: str) -> Choice:
    if machine.architecture != "x86_64":
        name = "Arm" if machine.architecture == "arm64" else machine.architecture
        raise SetupError(
            f"TFX publishes no packages for Linux on {name} processors: use a machine with an "
            "x86-64 processor, a Mac, or the Colab and Binder links."
        )
    if machine.glibc is None:
        raise SetupError(
            "This Linux has no GNU C library (Alpine has another one), and TFX needs it: use "
            "Debian, Ubuntu, Fedora or the like."
        )
    version = ".".join(map(str, machine.glibc))
    if machine.glibc < OLD_GLIBC:
        raise SetupError(
            f"The GNU C library is {version} here, and TFX needs 2.17 or newer: use a newer Linux."
        )
    new = machine.glibc >= NEW_GLIBC
    if not wanted:
        if new:
            return Choice("1.21", f"it is the newest, and glibc {version} can run it")
        return Choice("1.16", f"glibc is {version}, and TFX 1.21 needs 2.39 or newer")
    if wanted == "1.21" and not new:
        if not (machine.root and machine.distribution == "debian"):
            raise SetupError(
                "TFX 1.21 needs glibc 2.39 or newer (Debian 13, Ubuntu 24.04), and it is "
                f"{version} here. As root on Debian, set-up makes a Debian 13 userland for it; "
                "else leave STACK out to get TFX 1.16."
            )
        return Choice(
            "1.21",
            f"STACK asks for it; as glibc is {version}, it runs in a Debian 13 userland",
            True,
        )
    return Choice(wanted, "STACK asks for it")


def missing_packages(machine: Machine, headers_for: str | None, browser: bool) -> list[str]:
    """Return the packages of Debian or Ubuntu that are missing.

    Args:
        machine: The machine.
        headers_for: Version such as ``"3.13"`` of a system Python without its C headers; None where
            they are there.
        browser: Whether Chromium is wanted, for the browser tests.

    Returns:
        Names for ``apt-get install``. Ubuntu's Chromium is not among them: it is only a pointer to
        a snap.
    """
    packages = [] if machine.compiler else ["g++"]
    if headers_for:
        packages.append(f"python{headers_for}-dev")
    if browser and not machine.browser and machine.distribution == "debian":
        packages.append("chromium")
    return packages


def check_compiler(machine: Machine) -> None:
    """Make sure of a C++ compiler, where set-up cannot install it.

    Raises:
        SetupError: If there is none and :attr:`Machine.apt` is false.
    """
    if machine.compiler or machine.apt:
        return
    if machine.system == "Darwin":
        cure = "run `xcode-select --install`"
    elif machine.distribution in ("debian", "ubuntu"):
        cure = "run `sudo apt install g++`"
    else:
        cure = "install it with the system's package manager (mostly named gcc-c++ or g++)"
    raise SetupError(
        f"No C++ compiler was found, and three packages are built from source: {cure}, then call "
        "make again."
    )


def check_disk(machine: Machine, needed: int, build: str) -> None:
    """Make sure of enough disk.

    Args:
        machine: The machine.
        needed: Bytes.
        build: Name of the folder, for the message.

    Raises:
        SetupError: If there is less.
    """
    if machine.free_bytes < needed:
        raise SetupError(
            f"Set-up needs {needed / 1e9:.1f} GB of disk in {build}, and {machine.free_bytes / 1e9:.1f} "
            "GB are free: make room, or set WORKBOOK_BUILD to a new folder on a larger disk."
        )


def no_python(whom: str, versions: Sequence[str], seen: list[str], root: bool) -> SetupError:
    """Return the error for a machine without a Python that will do.

    Args:
        whom: Who needs it, such as ``"TFX 1.21"``.
        versions: Those that will do, the preferred one first.
        seen: Why each interpreter that was found would not do.
        root: Whether the reader may install packages.

    Returns:
        The error, to be raised.
    """
    sudo = "" if root else "sudo "
    because = f" Looked at: {'; '.join(seen)}." if seen else ""
    return SetupError(
        f"{whom} needs Python {' or '.join(versions)}; none was found, and none could be "
        f"downloaded.{because} Install one (for example `pyenv install {versions[0]}`, or "
        f"`{sudo}apt install python{versions[0]}-dev` where the system has it), then try again."
    )


NETWORK_SIGNS = (
    "connection refused",
    "connection timed out",
    "could not connect",
    "dns error",
    "error sending request",
    "failed to establish a new connection",
    "failed to fetch",
    "failed to lookup address",
    "name or service not known",
    "network is unreachable",
    "operation timed out",
    "proxy authentication required",
    "tcp connect error",
    "temporary failure in name resolution",
    "timed out",
    "tunnel connection failed",
    "tunnel error",
    "unable to resolve",
)
"""Words by which uv, pip, apt and urllib say that they reached nobody."""


def explain_failure(doing: str, output: str, env: Mapping[str, str] | None = None) -> SetupError:
    """Return one message for a failed command of set-up.

    Args:
        doing: What failed, such as ``"installing the packages"``.
        output: What the command printed.
        env: Environment variables, which may name a proxy; None for this process's.

    Returns:
        The error, to be raised: the network's absence or a full disk by name, else the last lines
            of the output.
    """
    text = output.lower()
    if "no space left" in text or "os error 28" in text:
        return SetupError(f"The disk is full: {doing} failed. Make room, then call make again.")
    if any(sign in text for sign in NETWORK_SIGNS):
        proxy = proxies.named(os.environ if env is None else env)
        cure = f"and the proxy {proxy}" if proxy else "(behind a proxy set HTTPS_PROXY)"
        return SetupError(
            f"The network was not reached: {doing} failed. Set-up downloads about 1 GB once and "
            f"works offline afterwards. Check the connection {cure}, "
            "then call make again: it continues."
        )
    tail = "\n".join(line for line in output.strip().splitlines()[-12:])
    return SetupError(f"Set-up failed: {doing}. What the command said:\n{tail}")
