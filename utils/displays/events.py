"""Brings events of a view in the browser to Python functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from utils.displays.frame import Frame, static

EventHandlers = Mapping[str, Callable[[Any], None]]
"""Python functions by the type of event they handle; each takes the event's detail."""


class LiveFrame(Frame):
    """A frame whose events reach Python, as long as a kernel runs.

    The view itself stays a plain output that needs no kernel. The events travel through a small
    widget beside it, made only when there are handlers; JavaScript in an output has no other way to
    the kernel in JupyterLab.
    """

    def __init__(self, *, event_handlers: EventHandlers | None = None, **described: Any) -> None:
        """Describe the view.

        Args:
            event_handlers: Python functions by event type, or None.
            **described: What :class:`Frame` takes.
        """
        super().__init__(**described)
        self._handlers = event_handlers
        self._bridge: Any = None

    def handle(self, name: str, detail: object) -> None:
        """Hand an event to its function; events without one are ignored.

        Args:
            name: The event's type.
            detail: What the event tells, as JSON has it.
        """
        handler = (self._handlers or {}).get(name)
        if handler is not None:
            handler(detail)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        if self._handlers:
            self._bridge = _bridge(self)
            display(self._bridge)


def _bridge(view: LiveFrame) -> object:
    import anywidget
    import traitlets

    class Bridge(anywidget.AnyWidget):
        """Listens for one view's events in the page."""

        _esm = static("bridge.js")
        key = traitlets.Unicode().tag(sync=True)

    bridge = Bridge(key=view.key)
    bridge.on_msg(lambda _, content, buffers: view.handle(content["name"], content["detail"]))
    return bridge
