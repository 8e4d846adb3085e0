"""Checks of the files that describe a deployment: Kubernetes' own schemas, YAML's style, Dockerfiles.

The tools live in a side environment: in the main one they would make every import of TFX slower.
"""

from __future__ import annotations

from pathlib import Path

from utils import side_environments
from utils.errors import WorkbookError

ENVIRONMENT = "kubernetes"
"""The side environment with ``kubernetes-validate``, ``yamllint`` and ``hadolint``."""


class ManifestError(WorkbookError, RuntimeError):
    """A file that a tool refuses, or a tool that cannot be had."""


def check(program: str, *arguments: str, folder: Path) -> str:
    """Run one of the tools.

    Args:
        program: ``"kubernetes-validate"``, ``"yamllint"`` or ``"hadolint"``.
        *arguments: Its arguments, for example ``"--strict", "deployment.yaml"``.
        folder: The folder that it runs in, where the files are.

    Returns:
        What it printed.

    Raises:
        ManifestError: If it finds a fault, which is quoted; or if it cannot be installed, as without a network the
            first time.
    """
    side_environments.install(ENVIRONMENT, program, "170 MB", ManifestError)
    try:
        done = side_environments.run(ENVIRONMENT, [program, *arguments], cwd=folder)
    except RuntimeError as error:
        said = str(error).partition(" It said: ")[2]
        raise ManifestError(
            f"{program} found a fault: {said}", "Mend what it names, and check again."
        ) from None
    return done.stdout.strip()
