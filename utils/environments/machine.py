"""What set-up needs to know about the machine, gathered once into a value."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

COMPILERS = ("c++", "g++", "clang++")
"""Names of C++ compilers, any of which can build the packages that come as source."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""Names under which Chromium, or a browser made from it, stands on the PATH."""

MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
"""Where macOS keeps them."""


@dataclass(frozen=True)
class Machine:
    """The machine as far as set-up's decisions depend on it.

    Attributes:
        system: The kernel's name: ``"Linux"``, ``"Darwin"`` or ``"Windows"``.
        architecture: ``"x86_64"`` or ``"arm64"`` (which is what Linux calls ``aarch64``), or
            another name as it is.
        glibc: Version of the GNU C library, None where there is none.
        root: Whether packages of the system may be installed.
        distribution: ``ID`` of ``/etc/os-release``, such as ``"debian"``; empty elsewhere.
        release: ``VERSION_ID`` of ``/etc/os-release``, such as ``"12"``.
        compiler: Whether a C++ compiler is there.
        free_bytes: Free bytes where the environment is going to be.
        browser: Path of Chromium or Chrome, None where there is none.
    """

    system: str = "Linux"
    architecture: str = "x86_64"
    glibc: tuple[int, int] | None = (2, 39)
    root: bool = False
    distribution: str = ""
    release: str = ""
    compiler: bool = True
    free_bytes: int = 100_000_000_000
    browser: str | None = None

    @property
    def apt(self) -> bool:
        """Whether set-up can install missing packages of the system by itself."""
        return self.root and self.distribution in ("debian", "ubuntu")


def os_release(text: str) -> dict[str, str]:
    """Return the fields of an ``/etc/os-release``.

    Args:
        text: The file's text.

    Returns:
        Values by name, without their quotes.
    """
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def architecture(system: str, machine: str, arm_mac: bool) -> str:
    """Return one name for each processor architecture.

    Args:
        system: The kernel's name.
        machine: What the running Python was built for.
        arm_mac: Whether this is a Mac with Apple silicon, where an Intel Python may run in
            translation.

    Returns:
        ``"x86_64"``, ``"arm64"``, or the machine's own name.
    """
    if system == "Darwin" and arm_mac:
        return "arm64"
    names = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
    return names.get(machine.lower(), machine)


def home() -> Path:
    """Return the reader's home folder; one that is not there where the system knows of none."""
    try:
        return Path.home()
    except (RuntimeError, KeyError):  # a user without a name, as in some containers
        return Path(os.sep, "no-home")


def free_bytes(folder: Path) -> int:
    """Free bytes where ``folder`` is, or where it would be made."""
    place = folder
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(str(place)).free


def browser() -> str | None:
    """Path of Chromium or Chrome: ``$WORKBOOK_CHROMIUM``, or the first found, or None."""
    named = os.environ.get("WORKBOOK_CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in BROWSERS)
    on_mac = (path for path in MAC_BROWSERS if Path(path).exists())
    return next((path for path in (*found, *on_mac) if path), None)


def look(build: Path) -> Machine:
    """Look at this machine.

    Args:
        build: The folder that the environment is going to be in; it need not exist.

    Returns:
        What was found.
    """
    system = platform.system()
    mac = system == "Darwin"
    release_file = Path("/etc/os-release")
    release = os_release(release_file.read_text("utf-8")) if release_file.is_file() else {}
    return Machine(
        system=system,
        architecture=architecture(system, platform.machine(), mac and _arm_mac()),
        glibc=_glibc() if system == "Linux" else None,
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        distribution=release.get("ID", ""),
        release=release.get("VERSION_ID", ""),
        compiler=_developer_tools() if mac else any(map(shutil.which, COMPILERS)),
        free_bytes=free_bytes(build),
        browser=browser(),
    )


def _glibc() -> tuple[int, int] | None:
    try:
        name, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        major, minor = version.split(".")[:2]
    except (ValueError, OSError):
        return None
    return (int(major), int(minor)) if name == "glibc" else None


def _arm_mac() -> bool:
    answer = subprocess.run(
        ["sysctl", "-in", "hw.optional.arm64"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return answer.stdout.strip() == b"1"


def _developer_tools() -> bool:
    # macOS has a /usr/bin/c++ even where there is nothing behind it.
    return (
        subprocess.run(
            ["xcode-select", "-p"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    )
