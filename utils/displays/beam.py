"""Apache Beam in a notebook without a request to the web.

The first pipeline that runs in a notebook makes Beam load jQuery from a server into the page, for tables that only
Beam's own interactive runner shows. While the displays are enabled it does not.
"""

from __future__ import annotations

from typing import Any

from utils.displays.registry import Hooks, Patch


def hooks() -> Hooks:
    """Return what is hooked: the method of Beam's environment of a notebook that loads jQuery."""
    module = "apache_beam.runners.interactive.interactive_environment"
    attribute = "InteractiveEnvironment.load_jquery_with_datatable"
    return Hooks(patches=[Patch(module, attribute, lambda original: load_jquery_with_datatable)])


def load_jquery_with_datatable(self: Any) -> None:
    """Do nothing: what Beam would load comes from the web."""
