"""The What-If Tool, genuine and live: ``WitWidget(WitConfigBuilder(...))`` as the book writes it.

While the displays are enabled, the package's own ``WitWidget`` makes a
:class:`~utils.displays.whatif_widget.LiveWitWidget`: the genuine Python side, and the genuine dashboard in a frame that
talks with the kernel. Beside it stands an output of its own with the same facts, for where no kernel runs.
:func:`standalone` makes the genuine dashboard with its predictions but without a kernel, for an exported page.

Source: chapter 7, "Going Deeper with the What-If Tool".
"""

from __future__ import annotations

import gzip
import importlib
from functools import cache
from typing import Any

from utils.displays import assets, witwidget_compat
from utils.displays.facets import without_fonts
from utils.displays.frame import Frame, Library, static
from utils.displays.registry import Hooks, Patch

_ELEMENT = "<wit-dashboard local"
"""Where the page of the wheel shows its one dashboard; everything before it defines the elements."""

BODY = '<wit-dashboard local id="wit"></wit-dashboard>'
"""The dashboard, without data."""

_ALONE = (
    ("this._requestManager.request(Qo.getRouter().pluginsListing())", "new Promise(()=>{})"),
    (" dialog-confirm autofocus ", " dialog-confirm "),
    ("transformSVG(){const", "transformSVG(){if(!isFinite(this.scale))return;const"),
)
"""What the page asks of a TensorBoard around it, of the browser's focus, of a plot still empty; and what it gets."""

_JUPYTER = "witwidget.notebook.jupyter.wit"


@cache
def library() -> Library:
    """The What-If Tool's own page without the dashboard's place in it.

    Returns:
        The library for a frame.

    Raises:
        AssetError: The installed wheel is missing or is not the expected one.
    """
    page = without_fonts(assets.read(assets.WHAT_IF))
    for asked, instead in _ALONE:
        if asked not in page:
            raise assets.AssetError(
                f"The What-If Tool's page does not hold {asked!r}: install witwidget 1.8.1."
            )
        page = page.replace(asked, instead)
    page = page[: page.rindex(_ELEMENT)]
    return Library(name="whatif", head=f"{page}<style>{static('whatif_frame.css')}</style>")


@cache
def message() -> bytes:
    """The library as it travels to the front end: gzip, in binary, never saved in a notebook."""
    return gzip.compress(library().head.encode("utf-8"), 9, mtime=0)


def standalone(widget: Any) -> Frame:
    """The genuine dashboard with its data points and predictions, working without a kernel.

    Everything works that needs no new prediction: the plot, the features, thresholds, counterfactuals, performance. The
    output carries the whole tool (about 1 MB), so it is not made by itself.

    Args:
        widget: A ``WitWidget`` made while the displays are enabled.

    Returns:
        The view, with tables of the same facts for where no script runs.

    Raises:
        TypeError: The widget was made while the displays were off.
    """
    if not hasattr(widget, "snapshot"):
        raise TypeError(
            "standalone() needs a WitWidget that was made while the displays are enabled: "
            "call displays.enable() and make it again."
        )
    return Frame(
        library=library(),
        body=BODY,
        start=f"{static('whatif_dashboard.js')}\n{static('whatif_standalone.js')}",
        data=widget.snapshot(),
        tables=widget.tables(),
        title="What-If Tool, saved with its predictions",
        height=widget.panel["height"],
    )


def hooks() -> Hooks:
    """What the What-If Tool hooks into: its own class, and the modules that it cannot be imported without."""
    compat = witwidget_compat.hooks()
    names = [Patch(_JUPYTER, "WitWidget", _make_live)]
    names += [
        Patch(module, "WitWidget", _never_colab)
        for module in ("witwidget.notebook.visualization", "witwidget")
    ]
    return Hooks(patches=[*compat.patches, *names], modules=compat.modules)


def _make_live(original: Any) -> Any:
    """Lets the genuine class make live widgets while the displays are enabled, whoever imported it and when."""
    if "__new__" in vars(original):
        return original

    def new(cls: type, *arguments: Any, **named: Any) -> Any:
        from utils.displays import hooks as switch

        chosen: Any = cls
        if cls is original and switch.enabled():
            chosen = importlib.import_module("utils.displays.whatif_widget").LiveWitWidget
        return super(original, chosen).__new__(chosen, *arguments, **named)

    original.__new__ = new
    return original


def _never_colab(original: Any) -> Any:
    """Takes the class that talks through the kernel's widgets, which Colab has too, in every front end."""
    if ".colab." not in original.__module__:
        return original
    return importlib.import_module(_JUPYTER).WitWidget
