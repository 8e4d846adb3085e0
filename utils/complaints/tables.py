"""The generator's tables of shares, logits, spans and companies, and its phrases, read once."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any, Final

SPANS: Final = ("S1", "S2", "S3", "S4", "S5")
"""The names of the spans in the order of time."""


@lru_cache(maxsize=1)
def tables() -> dict[str, Any]:
    """Return all tables of the generator; treat the result as read-only."""
    text = resources.files(__package__).joinpath("tables.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """Return all sentences of the narratives; treat the result as read-only."""
    text = resources.files(__package__).joinpath("phrases.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
