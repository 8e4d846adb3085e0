"""What the set-up cell needs on Colab: the locked packages in Colab's own Python, and one restart if it must be.

Colab's Python already has hundreds of packages, some in other versions than TFX needs. Only those that differ from
``requirements.txt`` are installed, with hashes and without resolving. What Colab's own page and kernel are made of
stays as it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from utils import paths
from utils.environments import decisions, machine, uv

if TYPE_CHECKING:
    from packaging.requirements import Requirement

KEPT = re.compile(
    r"ipykernel|ipython|ipywidgets|jupyter|jupyterlab|notebook|nbclassic|widgetsnbextension|tornado|pyzmq|traitlets|"
    r"prompt-toolkit|pip|setuptools|wheel|(jupyter|jupyterlab|notebook|ipython)-.+"
)
"""Packages that Colab's page and kernel are made of: other versions of them do not work in its front end."""

FOR_TESTS_ONLY = re.compile(r"playwright|pytest-.+|hypothesis|greenlet")
"""Packages that only `make test` needs: not installed on Colab and Binder. (Chapter 5 teaches pytest, and mypy, pytest
and ruff check the project that chapter 11 exports.)"""


def here() -> bool:
    """Return whether this kernel runs on Colab."""
    return "google.colab" in sys.modules


def prepare(requirements: Path | None = None) -> None:
    """Install what is missing, and restarts the runtime once where a package in use had to change.

    Says what it does. Where nothing is to do it says nothing and takes about a second.

    Args:
        requirements: The hashed file; None for the workbook's own.

    Raises:
        utils.environments.decisions.SetupError: If the runtime cannot run TFX, or the installation fails.
        Restarting: When the runtime is about to restart; IPython shows its one sentence.
    """
    locked = parse((requirements or paths.ROOT / "requirements.txt").read_text("utf-8"))
    check_runtime(machine.look(paths.build()), sys.version_info[:2])
    wanted = changes(locked, installed())
    if wanted:
        replaced = [name for name in wanted if installed().get(name)]
        print(
            f"Installing {len(wanted)} packages, {len(replaced)} of them in another version than Colab's: about 1 GB "
            "and 3 minutes, once for each runtime.",
            flush=True,
        )
        loaded = in_use(replaced, metadata.packages_distributions(), sys.modules)
        install([locked[name] for name in wanted])
        if loaded:
            restart(loaded)
    enable_widgets()


def check_runtime(here: machine.Machine, python: tuple[int, ...]) -> None:
    """Refuse a runtime that the locked packages do not fit.

    Args:
        here: The machine.
        python: Major and minor version of Python.

    Raises:
        utils.environments.decisions.SetupError: With what to choose instead.
    """
    stack = decisions.choose(here).stack
    fitting = decisions.PYTHONS[stack]
    version = ".".join(map(str, python))
    if version in fitting:
        return
    cure = "choose the latest version under Runtime, Change runtime type"
    if stack == "1.16":
        glibc = ".".join(map(str, here.glibc or ()))
        raise decisions.SetupError(
            f"This runtime's system is too old for its Python {version} (glibc {glibc}, and TFX needs 2.39): {cure}."
        )
    raise decisions.SetupError(
        f"This runtime has Python {version}, and TFX {stack} runs on {', '.join(reversed(fitting))}: {cure}, "
        "or wait for a workbook that is newer."
    )


def parse(text: str) -> dict[str, str]:
    """Return the entries of a hashed requirements file that hold for this Python and system.

    Args:
        text: The file's text.

    Returns:
        By package name the entry: version, marker and hashes, as they stand in the file.
    """
    return {
        canonical(one.name): entry
        for one, entry in requirements(text)
        if one.marker is None or one.marker.evaluate()
    }


def requirements(text: str) -> Iterator[tuple[Requirement, str]]:
    """All entries of a hashed requirements file, for whatever system.

    Args:
        text: The file's text.

    Yields:
        The requirement with its marker, and the entry as it stands in the file, with its hashes.
    """
    from packaging.requirements import Requirement

    for block in re.split(r"\n(?=[A-Za-z0-9])", "\n" + text):
        first, _, _ = block.partition("\\\n")
        if re.match(r"[A-Za-z0-9]", first):
            yield Requirement(first.strip()), block.strip()


def for_readers(text: str) -> str:
    """Leave out of a hashed requirements file what only tests need, for Binder's image.

    Args:
        text: The file's text.

    Returns:
        The same file without those entries.
    """
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    names = [re.match(r"[A-Za-z0-9._-]*", block)[0] for block in blocks]  # type: ignore[index]
    kept = zip(names, blocks, strict=True)
    return "\n".join(block for name, block in kept if not FOR_TESTS_ONLY.fullmatch(canonical(name)))


def installed() -> dict[str, str]:
    """Return installed packages' versions by name; of two copies on ``sys.path`` the first counts, as in an import.

    Setuptools appends copies of its own that are older than what is installed.
    """
    found: dict[str, str] = {}
    for one in metadata.distributions():
        found.setdefault(canonical(one.metadata["Name"]), one.version)
    return found


def changes(locked: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return the packages to install.

    Args:
        locked: Entries by name, as from :func:`parse`.
        there: Installed versions by name.

    Returns:
        Names of those that are missing or of another version, without those that are Colab's own to choose and
        those that only tests need.
    """
    return [
        name
        for name, entry in locked.items()
        if not KEPT.fullmatch(name)
        and not FOR_TESTS_ONLY.fullmatch(name)
        and f"=={there.get(name)}"
        != re.split(r"[\s;\\]", entry[entry.index("==") :], maxsplit=1)[0]
    ]


def in_use(
    names: Collection[str], distributions: Mapping[str, Iterable[str]], modules: Collection[str]
) -> list[str]:
    """Return which packages this kernel has loaded already.

    Args:
        names: Packages.
        distributions: By top-level module the packages that it comes from.
        modules: Names of the loaded modules.

    Returns:
        Those of the packages with a loaded module.
    """
    loaded = {module.partition(".")[0] for module in modules}
    found = {
        canonical(owner)
        for module in loaded
        for owner in distributions.get(module, ())
        if module != "google" or canonical(owner) == "protobuf"
    }
    return sorted(found & set(names))


def install(entries: Iterable[str]) -> None:
    """Install packages into this very Python, with hashes, nothing resolved.

    Args:
        entries: Entries of a hashed requirements file.

    Raises:
        utils.environments.decisions.SetupError: If it fails, with the reason.
    """
    here = machine.look(paths.build())
    binary = uv.ensure(here, paths.build())
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(entries) + "\n")
        file.flush()
        command = [
            str(binary),
            "pip",
            "install",
            "--python",
            sys.executable,
            "--break-system-packages",
        ]
        command += ["--no-deps", "--require-hashes", "--requirement", file.name]
        said = ""
        with subprocess.Popen(
            command,
            env=uv.variables(paths.build()),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout
            for line in process.stdout:
                said += line
                if re.match(r"\s*(Downloading|Building|Prepared|Installed) ", line):
                    print(line.rstrip(), flush=True)
    if process.returncode:
        raise decisions.explain_failure("installing the packages", said)


class Restarting(Exception):
    """The runtime restarts; the text says what to do then."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [str(self)]


def restart(loaded: Collection[str]) -> None:
    """Restart the runtime, which Colab does by itself when the kernel ends.

    Args:
        loaded: The packages in use that have changed.

    Raises:
        Restarting: Always, so that the cell ends here.
    """
    from IPython import get_ipython

    shell = get_ipython()
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.do_shutdown(restart=True)
    raise Restarting(
        f"The runtime restarts once, because {', '.join(loaded)} had been loaded in another version. "
        "When it is back, run all cells again (Runtime, Run all)."
    )


def enable_widgets() -> None:
    """Let Colab load widgets that are not its own, such as the live What-If Tool."""
    from google.colab import output

    output.enable_custom_widget_manager()


def canonical(name: str) -> str:
    """Return a package's name as ``requirements.txt`` writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
