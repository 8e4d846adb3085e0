"""What Flink's REST interface says of a cluster's workers and jobs.

Source: https://nightlies.apache.org/flink/flink-docs-release-1.19/docs/ops/rest_api/
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def get(url: str, path: str) -> Any:
    """Ask the REST interface.

    Args:
        url: The cluster's address.
        path: What is asked, such as ``"/jobs/overview"``.

    Returns:
        The answer, as JSON has it.

    Raises:
        OSError: If nobody answers, or with an error.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}{path}", timeout=30) as answer:
        return json.load(answer)


def task_managers(url: str) -> dict[str, dict[str, Any]]:
    """Return what the JobManager knows of its TaskManagers, by their names."""
    return {one["id"]: one for one in get(url, "/taskmanagers")["taskmanagers"]}
