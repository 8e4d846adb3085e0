"""``make lock``: pins every package with its hashes, for all systems and both stacks."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from utils import paths
from utils.environments import machine, uv
from utils.environments.console import say
from utils.environments.decisions import SetupError, explain_failure

OLDEST_PYTHON = "3.10"
"""The oldest Python that the files are for."""


def header(made_from: str, name: str) -> str:
    """Return the first lines of a requirements file: how it is made and how it is installed.

    Args:
        made_from: The file that lists what is wanted.
        name: The requirements file.

    Returns:
        Comment lines.
    """
    return (
        "# Every package with its hashes, for all systems and Python versions. Made from "
        f"{made_from} by `make lock`.\n"
        "# `make run` installs it. By hand, in an empty environment (without --no-deps the "
        f"resolver refuses the list):\n#     uv pip install --no-deps --require-hashes -r {name}\n"
        f"#     python -m pip install --no-deps --require-hashes -r {name}\n"
    )


def body(text: str) -> str:
    """Return the requirements themselves, without comment lines.

    Args:
        text: The text of a requirements file.

    Returns:
        Its other lines.
    """
    return "".join(
        line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#")
    )


def lock(installer: Path, source: Path, target: Path, upgrade: bool) -> bool:
    """Make one requirements file.

    Args:
        installer: uv.
        source: The file that lists what is wanted.
        target: The file to make; versions that it pins stay unless ``upgrade``.
        upgrade: Whether to take the newest versions.

    Returns:
        Whether the file has changed.

    Raises:
        SetupError: If the packages cannot be resolved, or the network not be reached.
    """
    before = target.read_text("utf-8") if target.exists() else ""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / target.name
        made.write_text(before, "utf-8")
        options = [
            "--quiet",
            "--universal",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "--no-emit-index-url",
        ]
        options += ["--python-version", OLDEST_PYTHON, "--output-file", str(made)]
        options += ["--upgrade"] if upgrade else []
        command = [str(installer), "pip", "compile", *options, str(source)]
        done = subprocess.run(
            command, cwd=str(paths.ROOT), env=uv.variables(paths.build()), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        if done.returncode:
            raise explain_failure(f"locking {source.name}", done.stdout)
        after = header(_name(source), _name(target)) + body(made.read_text("utf-8"))
    if after == before:
        return False
    part = target.with_name(target.name + ".part")
    part.write_text(after, "utf-8")
    part.replace(target)
    return True


def sources() -> list[Path]:
    """Return the files that list what the side environments need."""
    return sorted((paths.ROOT / "utils" / "side_environments").glob("*.in"))


def _name(file: Path) -> str:
    return str(file.relative_to(paths.ROOT))


def main(argv: list[str]) -> int:
    """Make all requirements files.

    Args:
        argv: ``--upgrade`` to take the newest versions.

    Returns:
        0, or 1 with a message if one cannot be made.
    """
    parser = argparse.ArgumentParser(prog="make lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args(argv).upgrade
    pairs = [(paths.ROOT / "pyproject.toml", paths.ROOT / "requirements.txt")]
    pairs += [(source, source.with_suffix(".txt")) for source in sources()]
    try:
        installer = uv.ensure(machine.look(paths.build()), paths.build())
        for source, target in pairs:
            say(f"Locking {_name(source)} …")
            changed = lock(installer, source, target, upgrade)
            say(f"{_name(target)}: {'written' if changed else 'unchanged'}.")
    except (SetupError, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
