"""How findings of rules, and drift over spans, are shown."""

from utils.validation.views.drift import drift
from utils.validation.views.findings import findings

__all__ = ["drift", "findings"]
