"""What a finished site must not have: pages that are too heavy, and pages that ask another machine for something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HEAVIEST = 8_000_000
"""Bytes of a page with everything of the site that it loads."""

_SOURCES = {
    "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "iframe": ("src",),
    "embed": ("src",), "object": ("data",), "video": ("src", "poster"), "audio": ("src",),
    "input": ("src",), "track": ("src",),
}  # fmt: skip
_LOADED_LINKS = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "manifest",
}
_CSS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


class _Loads(HTMLParser):
    """Collects the addresses that a browser loads with a page."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of an element.

        Args:
            tag: Its name.
            attrs: Its attributes.
        """
        values = {name: value or "" for name, value in attrs}
        self._style = tag == "style"
        if tag == "link" and _LOADED_LINKS & set(values.get("rel", "").lower().split()):
            self.found.append(values.get("href", ""))
        for name in _SOURCES.get(tag, ()):
            listed = values.get(name, "")
            whole = name != "srcset" or listed.startswith("data:")
            parts = (
                [listed]
                if whole
                else [part.split()[0] for part in listed.split(",") if part.strip()]
            )
            self.found += [part for part in parts if part]
        self.found += styled(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Take note of a style sheet in the page.

        Args:
            data: The text of an element.
        """
        if self._style:
            self.found += styled(data)

    def handle_endtag(self, tag: str) -> None:
        """Take note that an element ends.

        Args:
            tag: Its name.
        """
        self._style = False


def styled(css: str) -> list[str]:
    """Return the addresses that a style sheet loads.

    Args:
        css: Its text.
    """
    return [found[1] or found[2] for found in _CSS.finditer(css)]


def loads(page: str) -> list[str]:
    """Return the addresses that a browser loads with a page; scripts may still ask for others.

    Args:
        page: HTML.
    """
    parser = _Loads()
    parser.feed(page)
    return parser.found


def foreign(address: str) -> bool:
    """Return whether an address is another machine's.

    Args:
        address: As it stands in a page.
    """
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ws", "wss", "ftp")


@dataclass(frozen=True)
class Weight:
    """How heavy a page is.

    Attributes:
        page: Its name.
        html: Bytes of the page itself.
        whole: Bytes with the style sheets, scripts and pictures that it loads.
    """

    page: str
    html: int
    whole: int


def weigh(page: Path) -> Weight:
    """Weigh a page.

    Args:
        page: The page's file, in the finished site.
    """
    text = page.read_text("utf-8")
    near = {unquote(urlsplit(address).path) for address in loads(text) if not foreign(address)}
    files = {(page.parent / path).resolve() for path in near if path}
    alone = page.stat().st_size
    return Weight(
        page.name, alone, alone + sum(file.stat().st_size for file in files if file.is_file())
    )


def problems(site: Path) -> Iterator[str]:
    """Yield what is wrong with a site.

    Args:
        site: The folder of the finished site.

    Yields:
        One sentence each.
    """
    for page in sorted(site.rglob("*.html")):
        outside = sorted(
            {address for address in loads(page.read_text("utf-8")) if foreign(address)}
        )
        if outside:
            yield f"{page.relative_to(site)} loads from another machine: {', '.join(outside[:3])}"
        weight = weigh(page)
        if weight.whole > HEAVIEST:
            yield (
                f"{page.relative_to(site)} weighs {weight.whole / 1e6:.1f} MB, more than {HEAVIEST / 1e6:.0f}: "
                "show fewer or smaller views in its notebook"
            )
    for sheet in sorted(site.rglob("*.css")):
        outside = sorted(
            {address for address in styled(sheet.read_text("utf-8")) if foreign(address)}
        )
        if outside:
            yield f"{sheet.relative_to(site)} loads from another machine: {', '.join(outside[:3])}"
