"""What TFX's components are told, so that Beam's work in them runs somewhere else, and how Beam understands it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path


def portable(endpoint: str, boot: str | Path, parallelism: int) -> list[str]:
    """Return the arguments for a job server that is there already, whose workers are programs.

    Args:
        endpoint: The job server's address, ``host:port``.
        boot: The program that starts a Python worker, on each machine that has a TaskManager.
        parallelism: Into how many parts each operator is split.
    """
    return [
        "--runner=PortableRunner",
        f"--job_endpoint={endpoint}",
        f"--parallelism={parallelism}",
        "--environment_type=PROCESS",
        f"--environment_config={json.dumps({'command': str(boot)})}",
        "--sdk_container_image=none",
    ]
