"""Kustomize, which makes the manifests of one environment out of a base and an overlay: the copy within kubectl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from utils.containers.errors import ContainerError

PROGRAM = "kubectl"
_SECONDS = 60


def render(folder: Path) -> str:
    """Render a folder with a ``kustomization.yaml``; no cluster is asked.

    Args:
        folder: The folder.

    Returns:
        The manifests, as YAML.

    Raises:
        ContainerError: If kubectl is not there, or refuses the folder; its words are quoted.
    """
    if shutil.which(PROGRAM) is None:
        raise ContainerError(
            "kubectl is not on this machine, so nothing is rendered.",
            "Install it (https://kubernetes.io/docs/tasks/tools) and run the cell again; the rest works without it.",
        )
    done = subprocess.run(
        [PROGRAM, "kustomize", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
    )
    if done.returncode:
        raise ContainerError(
            f"kubectl kustomize refuses {folder.name}: {done.stderr.strip()[-800:]}",
            "Mend what it names.",
        )
    return done.stdout
