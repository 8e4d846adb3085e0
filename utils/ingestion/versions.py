"""Versions of data beside versions of code: a git repository whose data are kept by DVC.

DVC runs in an environment of its own, see :mod:`utils.side_environments`; here it is only called. The repository, its
remote and DVC's settings all lie in one folder, so nothing else on the machine is touched.

Source: book, chapter 3, "Data versioning"; https://dvc.org/doc/start
"""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import side_environments
from utils.environments.environment import read_stamp
from utils.files import fresh_folder, size
from utils.ingestion.errors import IngestionError


@dataclass(frozen=True)
class Install:
    """What it took to have DVC.

    Attributes:
        seconds: How long it took.
        was_there: Whether it had been installed before.
        megabytes: What its environment takes on disk.
    """

    seconds: float
    was_there: bool
    megabytes: int

    def __repr__(self) -> str:
        """Return one sentence."""
        how = "was there already" if self.was_there else f"was installed in {self.seconds:.1f} s"
        return f"DVC {how}; its environment takes {self.megabytes} MB."


def install() -> Install:
    """Install DVC into its own environment, unless it is there; the first time this needs a network.

    Returns:
        What it took.

    Raises:
        IngestionError: If it cannot be installed.
    """
    started = time.monotonic()
    was_there = read_stamp(side_environments.place("dvc")) is not None
    folder = side_environments.install("dvc", "DVC", "110 MB", IngestionError)
    return Install(time.monotonic() - started, was_there, size(folder) // 1_000_000)


class DataRepository:
    """A scratch git repository for data, with a remote for DVC beside it.

    Args:
        folder: Where both are made; what an earlier repository left in it is thrown away.

    Raises:
        utils.files.FileError: If there is something in the folder that the workbook did not make.
    """

    def __init__(self, folder: Path) -> None:
        """Make an empty git repository; DVC comes later, by ``dvc("init")``."""
        fresh_folder(folder)
        self.folder = folder / "repository"
        self.remote = folder / "remote"
        self._settings = folder / "settings"
        for path in (self.folder, self.remote, self._settings):
            path.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        """Call git in the repository, without the user's own settings.

        Args:
            *arguments: For example ``"commit", "-m", "First version"``.

        Returns:
            What it said.

        Raises:
            IngestionError: If it fails; the message has its words.
        """
        return self._call(["git", *arguments])

    def dvc(self, *arguments: str) -> str:
        """Call DVC in the repository.

        Args:
            *arguments: For example ``"add", "complaints.csv"``.

        Returns:
            What it said.

        Raises:
            IngestionError: If it fails; the message has its words.
        """
        try:
            done = side_environments.run(
                "dvc", ["dvc", *arguments], cwd=self.folder, env=self._variables()
            )
        except RuntimeError as error:
            raise IngestionError(
                f"{error}", 'Correct the command; `dvc("status")` tells what state the data are in.'
            ) from error
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit all that git sees.

        Args:
            message: The commit's message.

        Returns:
            The commit's short name.
        """
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "--short", "HEAD")

    def _call(self, command: Sequence[str]) -> str:
        import os

        variables = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**variables, **self._variables()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip())[-800:]
            raise IngestionError(
                f"`{' '.join(command)}` failed: {said}.",
                "Correct the command and run the cell again.",
            )
        return done.stdout.strip()

    def _variables(self) -> dict[str, str]:
        """Keep git and DVC inside the folder: no settings, caches or reports of the user's."""
        nobody = {"NAME": "Workbook reader", "EMAIL": "reader@example.invalid"}
        who = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in nobody.items()
        }
        return {
            **who,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self.folder.parent),
            "DVC_NO_ANALYTICS": "1",
            "DVC_GLOBAL_CONFIG_DIR": str(self._settings),
            "DVC_SYSTEM_CONFIG_DIR": str(self._settings),
            "DVC_SITE_CACHE_DIR": str(self._settings),
        }


def md5(path: Path) -> str:
    """Return the MD5 digest of a file, by which DVC names it.

    Args:
        path: The file.

    Returns:
        32 hexadecimal digits.
    """
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
