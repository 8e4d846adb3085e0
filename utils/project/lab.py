"""``make lab``: JupyterLab on the notebooks, for this machine only."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from utils import paths
from utils.project import git


def command(root: Path, as_root: bool, extra: list[str]) -> list[str]:
    """JupyterLab's command line.

    Args:
        root: The repository's folder, which the file browser shows.
        as_root: Whether this is root, whom Jupyter refuses unless told otherwise.
        extra: Further arguments of the reader's.

    Returns:
        The command.
    """
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.preferred_dir={root / 'notebooks'}",
        "--LanguageServerManager.autodetect=False",
        "--FileContentsManager.post_save_hook=utils.project.lab.after_save",
        *(["--allow-root"] if as_root else []),
        *extra,
    ]


def after_save(os_path: str, **_: object) -> None:
    """Keep ``git status`` clean when a notebook is saved with new outputs.

    Args:
        os_path: The saved file.
        **_: What else the server hands to its hook: ``model`` and ``contents_manager``.
    """
    if os_path.endswith(".ipynb"):
        git.refresh(paths.ROOT, [os_path])


def main(argv: list[str]) -> None:
    """Replace this process by JupyterLab.

    Args:
        argv: Further arguments for it, such as ``--no-browser``.
    """
    paths.NOTEBOOKS.mkdir(exist_ok=True)
    line = command(paths.ROOT, os.geteuid() == 0, argv)
    os.execvp(line[0], line)


if __name__ == "__main__":
    main(sys.argv[1:])
