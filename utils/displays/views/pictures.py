"""Pictures side by side, each with its caption."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable

from utils.displays.fallback import Table, clip
from utils.displays.views.base import View

PNG = b"\x89PNG\r\n\x1a\n"
"""How every PNG file begins."""

MOST = 200_000
"""Bytes that a shown picture may have, so that a notebook stays small."""


def pictures(items: Iterable[tuple[bytes, str]], width: int = 96) -> View:
    """Show PNG files in a row that wraps.

    Args:
        items: The files' bytes with a caption each.
        width: How wide each is drawn, in pixels.

    Returns:
        The view; its ``data`` has one row per picture with its caption and number of bytes.

    Raises:
        ValueError: If there is none, one is not a PNG file, or one is too large to be shown.
    """
    rows: list[tuple[str, int]] = []
    figures: list[str] = []
    for png, caption in items:
        if not isinstance(png, bytes) or not png.startswith(PNG):
            raise ValueError(
                f"{caption!r} is not a PNG file: pass the file's bytes, as `Path(...).read_bytes()` gives them."
            )
        if len(png) > MOST:
            raise ValueError(
                f"{caption!r} has {len(png):,} bytes, more than {MOST:,}: make it smaller to show it."
            )
        rows.append((caption, len(png)))
        figures.append(_figure(png, caption, width))
    if not rows:
        raise ValueError("pictures() was given no picture: pass at least one.")
    table = Table(["picture", "bytes"], rows, "")
    grid = f'<div style="display:flex;flex-wrap:wrap;gap:.6em">{"".join(figures)}</div>'
    return View("Pictures", [table], grid)


def _figure(png: bytes, caption: str, width: int) -> str:
    said = html.escape(clip(caption))
    data = base64.b64encode(png).decode()
    return (
        '<figure style="margin:0;text-align:center;font-size:smaller">'
        f'<img alt="{said}" width="{int(width)}" style="image-rendering:pixelated" src="data:image/png;base64,{data}">'
        f"<figcaption>{said}</figcaption></figure>"
    )
