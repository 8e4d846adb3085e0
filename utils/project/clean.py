"""``make clean``: deletes what was made in the build folder."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from utils import paths
from utils.environments.machine import home

SIGNS = ("env-", "store-", "executed", ".setup.lock")
"""How the names begin of what tells a build folder from any other."""

KEPT = ("env-", "side", "uv-", "python", "debian13", ".debian13.lock", ".setup.lock", "downloads")
"""How the names of what is costly to make again begin."""


def to_delete(build: Path, everything: bool) -> list[Path]:
    """Return what is to be deleted.

    Args:
        build: The build folder.
        everything: Whether environments and downloads go too.

    Returns:
        Files and folders.
    """
    if not build.is_dir():
        return []
    return [
        path for path in sorted(build.iterdir()) if everything or not path.name.startswith(KEPT)
    ]


def reason_to_refuse(build: Path) -> str:
    """Say why nothing may be deleted in a folder.

    Args:
        build: What ``WORKBOOK_BUILD`` names, or the default.

    Returns:
        A sentence; empty if the folder may be cleaned.
    """
    place = build.resolve()
    if place == paths.ROOT / "build":
        return ""
    names = [path.name for path in place.iterdir()] if place.is_dir() else []
    if paths.ROOT.is_relative_to(place) or home().resolve().is_relative_to(place):
        what = "holds the repository or your home folder"
    elif names and not any(name.startswith(SIGNS) for name in names):
        what = "holds nothing that the workbook makes"
    else:
        return ""
    return f"{build} {what}, so nothing in it is deleted: set WORKBOOK_BUILD to the build folder."


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``all`` to delete the environments and the downloads too.

    Returns:
        0; 1 with a message if something cannot be deleted.
    """
    parser = argparse.ArgumentParser(prog="make clean", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["made", "all"], default="made")
    everything = parser.parse_args(argv).what == "all"
    refusal = reason_to_refuse(paths.build())
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    userland = paths.build() / "debian13"
    if everything and userland.exists():
        from utils.environments.decisions import SetupError
        from utils.project.userland import remove

        try:
            remove(userland)
        except SetupError as error:
            print(error, file=sys.stderr)
            return 1
    for path in to_delete(paths.build(), everything):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        else:
            path.unlink()
        print(f"deleted {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
