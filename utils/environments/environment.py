"""The environment itself: made under a lock, stamped last, used as long as the stamp fits."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Iterator

from utils.environments.console import install_system_packages, quiet, run_in_sight, say, seconds
from utils.environments.decisions import (
    DISK_BYTES,
    PYTHONS,
    SetupError,
    check_compiler,
    check_disk,
    explain_failure,
    missing_packages,
)
from utils.environments.interpreters import Interpreter, find
from utils.environments.machine import Machine
from utils.environments.proxies import past_this_machine
from utils.environments.uv import ensure, variables

STAMP = ".workbook-stamp.json"
"""Name of the file that says what an environment was made from; written last."""

DEFAULTS = {
    # No pop-up about news on JupyterLab's first start.
    "share/jupyter/lab/settings/overrides.json": {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        }
    },
    # No warning, whenever a kernel starts, that messages within this machine are not encrypted.
    "etc/ipython/ipython_kernel_config.json": {"IPKernelApp": {"log_level": 40}},
}
"""Settings of Jupyter's programs in the environment: files and what is in them."""


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from; it is used as long as all of this is still so.

    Attributes:
        lock: SHA-256 of the requirements file.
        place: Path of the environment, which its scripts have inside them.
        python: Real path of its interpreter.
        platform: System and architecture.
    """

    lock: str
    place: str
    python: str
    platform: str


def digest(file: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp of an environment; None if it has none, as after an interrupted set-up."""
    try:
        return Stamp(**json.loads((folder / STAMP).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Write the stamp, at once or not at all."""
    part = folder / (STAMP + ".part")
    part.write_text(json.dumps(asdict(stamp), indent=1) + "\n", "utf-8")
    part.replace(folder / STAMP)


def verdict(
    stamp: Stamp | None, wanted_lock: str, platform: str, place: str, python: str, exists: bool
) -> str:
    """Return what has to be done to an environment.

    Args:
        stamp: Its stamp.
        wanted_lock: SHA-256 of the requirements file as it is now.
        platform: System and architecture now.
        place: Its path now.
        python: Real path of its interpreter now; empty if that is gone.
        exists: Whether its folder is there.

    Returns:
        ``"ready"``, ``"update"`` (packages have changed), ``"create"``, or why it has to be made
        anew.
    """
    if not exists:
        return "create"
    if stamp is None:
        return "an earlier set-up was interrupted"
    if stamp.place != place:
        return "the checkout was moved"
    if not python or stamp.python != python:
        return "its Python has changed or is gone"
    if stamp.platform != platform:
        return "it was made on another system"
    return "ready" if stamp.lock == wanted_lock else "update"


def status(folder: Path, requirements: Path, platform: str) -> str:
    """Return the :func:`verdict` on an environment as it lies on disk.

    Args:
        folder: The environment.
        requirements: Its requirements file.
        platform: System and architecture.
    """
    python = folder / "bin" / "python"
    real = os.path.realpath(str(python)) if python.exists() else ""
    return verdict(
        read_stamp(folder), digest(requirements), platform, str(folder), real, folder.exists()
    )


@contextlib.contextmanager
def locked(file: Path, waiting: str) -> Iterator[None]:
    """Hold a lock, so that two set-ups at once take turns.

    Args:
        file: The lock's file.
        waiting: What to say when somebody else holds it.

    Raises:
        SetupError: If the file cannot be written, or its disk knows no locks.
    """
    import fcntl

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = file.open("w")
    except OSError as error:
        raise SetupError(
            f"{file} cannot be written: {error.strerror}. Make its folder writable for you, or name another build "
            "folder (WORKBOOK_BUILD=FOLDER)."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            raise SetupError(
                f"{file} cannot be locked: {error.strerror}. Name a build folder on another disk "
                "(WORKBOOK_BUILD=FOLDER)."
            ) from error
        yield


def install(uv: Path, python: Path, requirements: Path, env: dict[str, str]) -> None:
    """Make an environment hold exactly the packages of a hashed file, byte code compiled.

    Args:
        uv: The installer.
        python: The environment's Python.
        requirements: The file.
        env: Environment variables for uv.

    Raises:
        SetupError: If it fails. Without a network what an earlier set-up has downloaded is tried
            first.
    """
    options = ["--require-hashes", "--compile-bytecode", "--python", str(python)]
    command = [str(uv), "pip", "sync", *options, str(requirements)]
    code, said = run_in_sight(command, env, shown_until=b"Bytecode compiled")
    if code == 0:
        return
    say("That failed: trying with what an earlier set-up has downloaded …")
    if quiet([*command, "--offline"], env).returncode:
        raise explain_failure("installing the packages", said)


def create(uv: Path, python: str, folder: Path, env: dict[str, str]) -> None:
    """Make an empty environment, removing what an interrupted set-up left at its place.

    Args:
        uv: The installer.
        python: The interpreter to make it from.
        folder: Its place.
        env: Environment variables for uv.

    Raises:
        SetupError: If uv cannot.
    """
    if folder.exists():
        with contextlib.suppress(FileNotFoundError):
            (folder / STAMP).unlink()
        shutil.rmtree(str(folder))
    done = quiet([str(uv), "venv", "--quiet", "--no-project", "--python", python, str(folder)], env)
    if done.returncode:
        raise explain_failure("making the environment", done.stdout)


def set_up(machine: Machine, stack: str, folder: Path, requirements: Path, build: Path) -> None:
    """Make or updates the environment of a stack.

    Args:
        machine: The machine.
        stack: The stack.
        folder: The environment.
        requirements: The hashed requirements file.
        build: The build folder.

    Raises:
        SetupError: If something is missing that set-up cannot supply.
    """
    platform = f"{machine.system}-{machine.architecture}"
    start = time.monotonic()
    with locked(
        build / ".setup.lock", "Another set-up is running in this checkout: waiting for it …"
    ):
        state = status(folder, requirements, platform)
        if state == "ready":
            return
        if state != "update":
            check_compiler(machine)
            check_disk(machine, DISK_BYTES, str(build))
        uv = ensure(machine, build)
        env = variables(build)
        if state == "update":
            say("The list of packages has changed: bringing the environment up to date.")
            (folder / STAMP).unlink()
        else:
            if state != "create":
                say(f"The environment is made anew: {state}.")
            python = find(machine, PYTHONS[stack], f"TFX {stack}", uv, build)
            say(f"Python {python.full} ({python.path}).")
            install_system_packages(system_packages(machine, python), env)
            create(uv, python.path, folder, env)
        say(
            "Installing the packages (the first time: about 1 GB of downloads, 4 GB on disk), "
            "then compiling byte code …"
        )
        install(uv, folder / "bin" / "python", requirements, env)
        real = os.path.realpath(str(folder / "bin" / "python"))
        write_stamp(folder, Stamp(digest(requirements), str(folder), real, platform))
    say(f"Set-up finished in {seconds(time.monotonic() - start)}.")


def system_packages(machine: Machine, python: Interpreter) -> list[str]:
    """Return the missing packages of the system for building against ``python``."""
    return missing_packages(machine, None if python.headers else python.version, browser=False)


def write_defaults(folder: Path) -> None:
    """Write the settings of Jupyter's programs into an environment.

    Args:
        folder: The environment.
    """
    for name, settings in DEFAULTS.items():
        file, text = folder / name, json.dumps(settings, indent=1) + "\n"
        if not file.is_file() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")


def child_variables(folder: Path, build: Path, base: dict[str, str]) -> dict[str, str]:
    """Return the environment variables that notebooks, tests and JupyterLab run with.

    Args:
        folder: The environment.
        build: The build folder, which gets what would else go into the reader's home.
        base: Variables to start from.

    Returns:
        A copy of ``base`` in which the environment comes first, nothing asks the network for
        credentials, logs are quiet, no letter is too much for a terminal, Jupyter, IPython, Keras and
        Matplotlib keep their files in the build folder, and this machine is reached past a proxy.
    """
    env = dict(base)
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "CONDA_PREFIX"):
        env.pop(name, None)
    jupyter = build / "jupyter"
    env.update(
        PATH=os.pathsep.join([str(folder / "bin"), base.get("PATH", os.defpath)]),
        VIRTUAL_ENV=str(folder),
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_CONFIG_DIR=str(jupyter / "config"),
        JUPYTER_DATA_DIR=str(jupyter / "data"),
        JUPYTER_RUNTIME_DIR=str(jupyter / "runtime"),
        JUPYTERLAB_SETTINGS_DIR=str(jupyter / "settings"),
        JUPYTERLAB_WORKSPACES_DIR=str(jupyter / "workspaces"),
        IPYTHONDIR=str(build / "ipython"),
        KERAS_HOME=str(build / "keras"),
        MPLCONFIGDIR=str(build / "matplotlib"),
        PYTHONNOUSERSITE="1",
    )
    quiet_and_offline = {
        "NO_GCE_CHECK": "true",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "GRPC_VERBOSITY": "ERROR",
        "TENSORBOARD_PROXY_URL": "/proxy/%PORT%/",
        # A terminal that is not UTF-8 gets "?" for what it cannot show; what files hold is not touched.
        "PYTHONIOENCODING": ":replace",
    }
    return {**quiet_and_offline, **env, **past_this_machine(env)}
