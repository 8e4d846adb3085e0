"""The What-If Tool, genuine and live: ``WitWidget(WitConfigBuilder(...))`` as the book writes it.

While the displays are enabled, the package's own ``WitWidget`` makes a
:class:`~utils.displays.whatif_widget.LiveWitWidget`: the genuine Python side, and the genuine dashboard in a frame that
talks with the kernel. Beside it stands an output of its own with the same facts, for where no kernel runs.

Source: chapter 7, "Going Deeper with the What-If Tool".
"""

from __future__ import annotations

import importlib
from typing import Any

from utils.displays import witwidget_compat
from utils.displays.registry import Hooks, Patch

_JUPYTER = "witwidget.notebook.jupyter.wit"


def hooks() -> Hooks:
    """Return what the What-If Tool hooks into: its own class, and the modules that it cannot be imported without."""
    compat = witwidget_compat.hooks()
    names = [Patch(_JUPYTER, "WitWidget.__new__", _make_live)]
    names += [
        Patch(module, "WitWidget", _never_colab)
        for module in ("witwidget.notebook.visualization", "witwidget")
    ]
    return Hooks(patches=[*compat.patches, *names], modules=compat.modules)


def _make_live(original: Any) -> Any:
    """Let the genuine class make live widgets, whoever imported it and when."""

    def new(cls: type, *arguments: Any, **named: Any) -> Any:
        from utils.displays.whatif_widget import LiveWitWidget, wit

        chosen: Any = LiveWitWidget if cls is wit.WitWidget else cls
        return super(wit.WitWidget, chosen).__new__(chosen, *arguments, **named)

    return new


def _never_colab(original: Any) -> Any:
    """Take the class that talks through the kernel's widgets, which Colab has too, in every front end."""
    if ".colab." not in original.__module__:
        return original
    return importlib.import_module(_JUPYTER).WitWidget
