"""Apache Beam in a notebook without a request to the web.

The first pipeline that runs in a notebook makes Beam load jQuery from a server into the page, for tables that only
Beam's own interactive runner shows. While the displays are enabled it does not.
"""

from __future__ import annotations

from typing import Any

from utils.displays.registry import Hooks, Patch


def hooks() -> Hooks:
    """What is hooked: Beam's environment of a notebook."""
    module = "apache_beam.runners.interactive.interactive_environment"
    return Hooks(patches=[Patch(module, "InteractiveEnvironment", offline)])


def offline(original: Any) -> Any:
    """Makes an environment that asks the web for nothing.

    Args:
        original: Beam's class ``InteractiveEnvironment``.

    Returns:
        A subclass of it.
    """

    class OfflineEnvironment(original):  # type: ignore[misc]
        """Beam's environment of a notebook without jQuery from a server."""

        def load_jquery_with_datatable(self) -> None:
            """Does nothing: what it would load comes from the web."""

    return OfflineEnvironment
