"""Running a reader's program in the environment of a tool that cannot live beside TFX."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from utils import side_environments
from utils.files import atomic_text
from utils.privacy.errors import PrivacyError
from utils.privacy.federated import Client

_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_USE_LEGACY_KERAS": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_MEMORY_MONITOR": "1",
    "FLWR_TELEMETRY_ENABLED": "0",
}
"""Tools that report home are told not to; and a notebook may have chosen another Keras than these have."""

TOOLS = {
    "flower": ("Flower", "450 MB"),
    "tensorflow_privacy": ("TensorFlow Privacy", "2 GB, most of it another TensorFlow,"),
}
"""What each environment holds, and how much of the disk it takes."""


def run(environment: str, program: Path, arguments: Sequence[Any] = ()) -> Any:
    """Run a Python program in a side environment, in the program's own folder.

    Args:
        environment: The environment's name, ``"flower"`` or ``"tensorflow_privacy"``.
        program: The file. The last line that it prints is JSON.
        arguments: What stands behind its name on the command line.

    Returns:
        What it printed last.

    Raises:
        PrivacyError: Where the environment cannot be installed, or the program fails or prints something else.
    """
    tool, size = TOOLS[environment]
    side_environments.install(environment, tool, size, PrivacyError)
    line = ["python", program.name, *map(str, arguments)]
    try:
        said = side_environments.run(environment, line, cwd=program.parent, env=_QUIET).stdout
    except RuntimeError as error:
        last = str(error).strip().splitlines()[-1]
        raise PrivacyError(
            f"{program.name} failed: {last}",
            "Correct it in the cells that write it, and run them again from the first.",
        ) from None
    try:
        return json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise PrivacyError(
            f"{program.name} printed no JSON.", "Let it end with print(json.dumps(...))."
        ) from None


def write_clients(folder: Path, clients: Sequence[Client], **plan: Any) -> Path:
    """Write each client's rows into a file of its own, and what all are to do.

    Args:
        folder: Where to; ``client_0.npz`` and so on.
        clients: Who holds rows, sparse ones too.
        **plan: What the program reads, for example ``rounds``.

    Returns:
        ``plan.json``, which also has the number of ``clients`` and of ``features``.
    """
    for number, client in enumerate(clients):
        rows = client.rows.toarray() if hasattr(client.rows, "toarray") else client.rows
        np.savez(folder / f"client_{number}.npz", rows=rows, labels=client.labels)
    known = {"clients": len(clients), "features": clients[0].rows.shape[1]}
    with atomic_text(folder / "plan.json") as file:
        json.dump(known | plan, file)
    return folder / "plan.json"
