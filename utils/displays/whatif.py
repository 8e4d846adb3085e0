"""The What-If Tool's dashboard, genuine: as a library for frames, and with its predictions but without a kernel.

:mod:`utils.displays.whatif_widget` joins it to a kernel.

Source: chapter 7, "Going Deeper with the What-If Tool".
"""

from __future__ import annotations

import gzip
from functools import cache
from typing import Any

from utils.displays import assets
from utils.displays.facets import without_fonts
from utils.displays.frame import Frame, Library, static

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


@cache
def library() -> Library:
    """Return the What-If Tool's own page without the dashboard's place in it.

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
    """Return the library as it travels to the front end: gzip, in binary, never saved in a notebook."""
    return gzip.compress(library().head.encode("utf-8"), 9, mtime=0)


def standalone(widget: Any) -> Frame:
    """Return the genuine dashboard with its data points and predictions, working without a kernel.

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
