"""The calls of Colab's output module that TensorFlow Model Analysis, the What-If Tool and the workbook make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CALLBACKS: dict[str, Callable[..., Any]] = {}
"""What was registered, by name."""

WIDGETS = [False]
"""Whether custom widgets were enabled."""


def register_callback(name: str, callback: Callable[..., Any]) -> None:
    """Keeps a callback, as Colab does for its page."""
    CALLBACKS[name] = callback


def enable_custom_widget_manager() -> None:
    """Notes that custom widgets are enabled."""
    WIDGETS[0] = True


def eval_js(code: str, ignore_result: bool = False) -> None:
    """Does nothing: there is no page."""
