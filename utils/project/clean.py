"""``make clean``: deletes what was made in the build folder."""

from __future__ import annotations

import argparse
import shutil
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Sequence

from utils import paths
from utils.environments.decisions import SetupError
from utils.environments.machine import home
from utils.project import userland

SIGNS = ("env-1.*", "store-1.*", "executed", ".setup.lock")
"""The names, as patterns, of what tells a build folder from any other."""

KEPT = (
    *("env-1.*", "side", "uv-[0-9]*", "uv-cache", "python", "downloads", ".setup.lock"),
    *("debian13", ".debian13.lock"),
)
"""The names, as patterns, of what is costly to make again."""

SCRATCH = "[a-z0-9_]" * 8
"""The pattern of what :mod:`tempfile` ends a name with."""

MADE = (
    *KEPT,
    *SIGNS,
    *("complaints", "transforms", "services", "tfhub", "jupyter", "ipython", "keras", "matplotlib"),
    *("site", "notebook-seconds.json", "evaluations", "fuzzing", "fuzzing-*.log", "mutation"),
    "benchmarks",
    *(
        f"{name}-{SCRATCH}"
        for name in (
            "run",
            "new-site",
            "test-store",
            "test-notebooks",
            "test-heavy",
            "bench",
            "colab",
        )
    ),
)
"""The names, as patterns, of all that the workbook puts into a build folder that a reader has named."""


def is_one(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a name fits one of several patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def to_delete(build: Path, everything: bool) -> tuple[list[Path], int]:
    """Return what is to be deleted.

    Args:
        build: The build folder. The default one holds nothing but what was made; in one that the reader has named
            there may be something else.
        everything: Whether environments and downloads go too.

    Returns:
        Files and folders, and the number of others, which are not the workbook's.
    """
    there = sorted(build.iterdir()) if build.is_dir() else []
    default = build.resolve() == paths.ROOT / "build"
    ours = [path for path in there if default or is_one(path.name, MADE)]
    gone = [path for path in ours if everything or not is_one(path.name, KEPT)]
    return gone, len(there) - len(ours)


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
    if any(place in (one, *one.parents) for one in (paths.ROOT, home().resolve())):
        what = "holds the repository or your home folder"
    elif names and not any(is_one(name, SIGNS) for name in names):
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
    path = paths.build()
    try:
        refusal = reason_to_refuse(path)
        if refusal:
            print(refusal, file=sys.stderr)
            return 1
        if everything:
            path = path / "debian13"
            userland.remove(path)
        gone, others = to_delete(paths.build(), everything)
        for path in gone:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(str(path))
            else:
                path.unlink()
            print(f"deleted {path}")
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        cure = "Close what uses it, or delete it as its owner."
        print(f"{path} cannot be deleted: {error.strerror or error}. {cure}", file=sys.stderr)
        return 1
    if others:
        stay = (
            "entry is not the workbook's and stays"
            if others == 1
            else "entries are not the workbook's and stay"
        )
        print(f"{paths.build()}: {others} other {stay}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
