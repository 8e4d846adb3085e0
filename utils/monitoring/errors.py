"""What the monitoring modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class MonitoringError(WorkbookError, RuntimeError):
    """A Prometheus that cannot be had or started, or a file or query that it refuses."""
