"""A Debian 13 userland in the build folder, where TFX 1.21 runs although glibc is too old.

It is made by debootstrap from the mirror that apt is configured with, and entered by ``chroot`` in
a mount namespace of its own, so that no mount is ever seen, or left behind, outside. Root is needed
for both.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Mapping, NoReturn, Sequence

from utils import paths
from utils.environments.console import install_system_packages, quiet, run_or_fail, say
from utils.environments.decisions import USERLAND_BYTES, SetupError, check_disk
from utils.environments.environment import locked
from utils.environments.machine import Machine
from utils.environments.uv import ensure as ensure_uv

SUITE = "trixie"
"""Debian 13's name."""

PACKAGES = (
    "ca-certificates",
    "chromium",
    "fonts-dejavu-core",
    "g++",
    "git",
    "kubernetes-client",
    "make",
    "python3",
    "python3-dev",
)
"""What the workbook's set-up and tests need inside."""

STAMP = "etc/workbook-userland.json"
"""The file inside that says what the userland was made with; written last."""

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Where the certificates are, inside."""

OWN_CERTIFICATES = "/usr/local/share/ca-certificates"
"""Where the machine's owner adds certificates, outside and inside; Java takes them from there when it is installed."""

CACHE = "/var/cache/uv"
"""Where uv's cache is, inside."""

PASSED_ON = (
    *("CI", "TERM", "COLUMNS", "NO_COLOR", "PYTHONUNBUFFERED", "WORKBOOK_BUILD", "WORKBOOK_STORE"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"),
    *("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX"),
)
"""Environment variables that the inside gets; no others."""

ENTER = """
set -e
root=$1; shift
bind() { mkdir -p "$root$2"; mount --bind "$1" "$root$2"; }
while [ "$1" != -- ]; do
  bind "$1" "$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$root$2"
  shift 3
done
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
exec chroot "$root" "$@"
"""
"""What runs in the new mount namespace: threes of outside, inside, ``rw`` or ``ro``; then ``--`` and the command."""


def recipe() -> str:
    """Return a digest of what a userland is made of, which its stamp has to carry."""
    return hashlib.sha256(json.dumps([SUITE, PACKAGES]).encode()).hexdigest()


def pick_mirror(targets: str) -> str | None:
    """Return the Debian mirror that apt uses.

    Args:
        targets: Lines ``address|release|component|origin|label`` from ``apt-get indextargets``.

    Returns:
        The address of the main archive; None if apt has none.
    """
    for line in targets.splitlines():
        address, release, component, origin, label = (line.split("|") + [""] * 5)[:5]
        if (component, origin, label) == ("main", "Debian", "Debian") and "-" not in release:
            return address.rstrip("/")
    return None


def mirror() -> str:
    """Return the Debian mirror that this machine's apt uses.

    Raises:
        SetupError: If there is none.
    """
    ask = [
        "apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|$(LABEL)",
    ]
    found = pick_mirror(quiet(ask).stdout)
    if found is None:
        quiet(["apt-get", "-q", "update"])
        found = pick_mirror(quiet(ask).stdout)
    if found is None:
        raise SetupError(
            "apt knows no mirror of Debian's main archive here, so no Debian 13 userland can be "
            "made: check `apt-get update`, or leave STACK out to get TFX 1.16."
        )
    return found


def entry(
    folder: Path,
    binds: Sequence[tuple[str, str]],
    env: Mapping[str, str],
    command: Sequence[str],
    read_only: Sequence[str] = (),
) -> list[str]:
    """Return the command line that runs something inside.

    Args:
        folder: The userland.
        binds: Folders outside and their paths inside.
        env: All the environment variables of the inside.
        command: What to run.
        read_only: Folders outside that have the same path inside, and cannot be written there.

    Returns:
        A command for outside. The mounts end with it.
    """
    mounts = [part for outside, inside in binds for part in (outside, inside, "rw")]
    mounts += [part for path in read_only for part in (path, path, "ro")]
    variables = [f"{name}={value}" for name, value in sorted(env.items())]
    namespace = ["unshare", "--mount", "--propagation", "private"]
    inside = ["/usr/bin/env", "-i", *variables, *command]
    return [*namespace, "sh", "-c", ENTER, "sh", str(folder), *mounts, "--", *inside]


def inner_variables(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables of the inside.

    Args:
        env: Those of the outside.

    Returns:
        The few that are passed on, and those that fit the userland.
    """
    passed = {name: env[name] for name in PASSED_ON if env.get(name)}
    return {
        **passed,
        "HOME": "/root",
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": CERTIFICATES,
        "REQUESTS_CA_BUNDLE": CERTIFICATES,
        "UV_CACHE_DIR": CACHE,
        "UV_LINK_MODE": "copy",
        "WORKBOOK_USERLAND": "1",
    }


def pythons(env: Mapping[str, str], home: Path) -> list[str]:
    """Return the folders of this machine's other Pythons, for tools that have no release for the userland's own.

    Args:
        env: Environment variables; ``PYENV_ROOT`` is looked at.
        home: The home folder outside. Inside it is root's, where pyenv is looked for again.

    Returns:
        Folders that are there: pyenv's versions, where pyenv is in root's home.
    """
    folder = Path(env.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    return [str(folder)] if folder.is_dir() and folder.parent == Path("/root/.pyenv") else []


def is_ready(folder: Path) -> bool:
    """Return whether a userland is complete and made by the present recipe."""
    try:
        return bool(json.loads((folder / STAMP).read_text("utf-8"))["recipe"] == recipe())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def ensure(machine: Machine, build: Path, folder: Path | None = None) -> Path:
    """Make the userland, or repairs one that is incomplete.

    Args:
        machine: The machine: root on Debian.
        build: The build folder.
        folder: Where it goes; ``debian13`` in the build folder by default.

    Returns:
        Its folder.

    Raises:
        SetupError: If it cannot be made.
    """
    folder = folder or build / "debian13"
    if quiet(["unshare", "--mount", "true"]).returncode:
        raise SetupError(
            "This system lets even root make no mount namespace (as in most containers), so TFX "
            "1.21 cannot run in a userland here: leave STACK out to get TFX 1.16."
        )
    waiting = "Somebody else is making the userland: waiting …"
    with locked(folder.parent / f".{folder.name}.lock", waiting):
        if not is_ready(folder):
            _make(machine, build, folder)
        _refresh(machine, build, folder)
    return folder


def _make(machine: Machine, build: Path, folder: Path) -> None:
    # Only what tells apart a base system that debootstrap finished from one that it did not.
    usable = (folder / "usr/bin/apt-get").exists() and not (folder / "debootstrap").exists()
    if usable:
        say("The Debian 13 userland is incomplete: installing what is missing.")
    else:
        check_disk(machine, USERLAND_BYTES, str(build))
        remove(folder)
        install_system_packages(
            [] if shutil.which("debootstrap", path=_path()) else ["debootstrap"]
        )
        run_or_fail(
            [
                "debootstrap",
                "--variant=minbase",
                "--include=ca-certificates",
                SUITE,
                str(folder),
                mirror(),
            ],
            f"making a Debian 13 userland in {folder} (about a minute)",
            {**os.environ, "PATH": _path()},
        )
    _refresh(machine, build, folder)
    policy = folder / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", "utf-8")
    policy.chmod(0o755)
    env = {**inner_variables(os.environ), "DEBIAN_FRONTEND": "noninteractive"}
    script = (
        "dpkg --configure -a && apt-get -q update && "
        f"apt-get -q install -y --no-install-recommends {' '.join(PACKAGES)} && apt-get clean"
    )
    run_or_fail(
        entry(folder, [], env, ["sh", "-c", script]),
        f"installing {', '.join(PACKAGES)} in the userland",
    )
    stamp = folder / STAMP
    part = stamp.with_suffix(".part")
    part.write_text(json.dumps({"recipe": recipe()}) + "\n", "utf-8")
    part.replace(stamp)


def _refresh(machine: Machine, build: Path, folder: Path) -> None:
    """Copy in what may have changed outside: names, name servers, certificates, uv."""
    certificates = os.environ.get("SSL_CERT_FILE") or CERTIFICATES
    uv = ensure_uv(machine, build)
    own = folder / OWN_CERTIFICATES[1:]
    own.mkdir(parents=True, exist_ok=True)
    added = [_copy(one, own / one.name) for one in sorted(Path(OWN_CERTIFICATES).glob("**/*.crt"))]
    if any(added) and (folder / "usr/sbin/update-ca-certificates").is_file():
        quiet(entry(folder, [], inner_variables(os.environ), ["update-ca-certificates"]))
    for source, target in (
        ("/etc/hosts", "etc/hosts"),
        ("/etc/resolv.conf", "etc/resolv.conf"),
        (certificates, CERTIFICATES[1:]),
    ):
        if Path(source).is_file():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            _copy(Path(source), folder / target)
    _copy(uv, folder / "usr/local/bin/uv")


def _copy(source: Path, target: Path) -> bool:
    """Copy a file unless it is the one that is there; return whether it was copied."""
    if target.is_file() and not target.is_symlink():
        old, new = target.stat(), source.stat()
        if (old.st_size, old.st_mtime) == (new.st_size, new.st_mtime):
            return False
    part = target.with_name(target.name + ".part")
    shutil.copy2(str(source), str(part))
    part.replace(target)
    return True


def _path() -> str:
    return os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"


def mounts_below(folder: Path, mountinfo: str) -> list[str]:
    """Return what is mounted in a folder.

    Args:
        folder: The folder.
        mountinfo: The text of ``/proc/self/mountinfo``.

    Returns:
        Mount points at or below it.
    """
    points = (line.split()[4] for line in mountinfo.splitlines() if len(line.split()) > 4)
    return [point for point in points if point == str(folder) or point.startswith(f"{folder}/")]


def remove(folder: Path) -> None:
    """Delete a userland.

    Raises:
        SetupError: If something is mounted in it, which deleting would destroy.
    """
    if not folder.exists():
        return
    mounted = mounts_below(folder.resolve(), Path("/proc/self/mountinfo").read_text("utf-8"))
    if mounted:
        raise SetupError(
            f"{folder} cannot be deleted while {mounted[0]} is mounted in it: unmount that first."
        )
    shutil.rmtree(str(folder))


def enter(machine: Machine, build: Path, command: Sequence[str]) -> NoReturn:
    """Replace this process by a command in the userland, in the repository's folder.

    Args:
        machine: The machine: root on Debian.
        build: The build folder.
        command: What to run.

    Raises:
        SetupError: If the userland cannot be made.
    """
    folder = ensure(machine, build)
    cache = Path(
        os.environ.get("UV_CACHE_DIR")
        or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    )
    cache.mkdir(parents=True, exist_ok=True)
    binds = [(str(paths.ROOT), str(paths.ROOT)), (str(cache), CACHE)]
    if paths.ROOT not in build.parents:
        build.mkdir(parents=True, exist_ok=True)
        binds.append((str(build), str(build)))
    inside = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", str(paths.ROOT), *command]
    read_only = pythons(os.environ, Path.home())
    line = entry(folder, binds, inner_variables(os.environ), inside, read_only)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execvp(line[0], line)
