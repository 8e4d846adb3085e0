"""What the orchestration modules raise."""

from __future__ import annotations

from utils.errors import WorkbookError


class OrchestrationError(WorkbookError, RuntimeError):
    """An orchestrator that cannot be started, or that does not do what it was asked for."""
