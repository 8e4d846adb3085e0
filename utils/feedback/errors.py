"""Errors whose messages name the cure."""

from __future__ import annotations

from utils.errors import WorkbookError


class FeedbackError(WorkbookError, ValueError):
    """Something that a log, a trigger or a loop cannot work with."""


class DatabaseAway(FeedbackError):
    """The database cannot be reached, or is locked; what was to be written is still with the caller."""


class SpoolFull(FeedbackError):
    """The spool has no room for a batch, of which nothing was taken."""
