"""Delivery: one output with a genuine web interface, its data, and static tables of the facts.

A :class:`Frame` becomes one ``text/html`` output. It holds, first, static tables that show wherever
no script runs (an untrusted notebook, a code host); and second a script that unpacks a
:class:`Library` (the interface's own code) and the data into an ``iframe``. The frame has an origin
of its own and no rights: it may run scripts, but fetch nothing, open no window, submit no form, and
reach neither the page nor the kernel but by messages that the page checks. It stands in a frame of
the same kind, whose policy also forbids it to navigate itself elsewhere. Links in an interface that
lead to the web therefore lead nowhere.

The library is large, so the outputs of one document share it: one output carries it, the others
find it in the page. :class:`Carriers` decides which one carries it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import math
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

from utils.displays.fallback import Table
from utils.errors import printable

PACKED_ABOVE = 2_000
"""Characters of JSON above which data travels compressed."""


@cache
def static(name: str) -> str:
    """Read one of the static files beside this module.

    Args:
        name: The file's name, for example ``"loader.js"``.

    Returns:
        The file's text.
    """
    return (resources.files("utils.displays") / "static" / name).read_text(encoding="utf-8")


def sealed(code: str) -> str:
    """Put the code that seals a page in frames into a script.

    Args:
        code: JavaScript with ``__SEALED__`` in the code's place.

    Returns:
        The script with ``seal(frame, title, head, body)`` and ``inside(frame)``.
    """
    return code.replace("__SEALED__", static("sealed.js"))


def to_json(data: object) -> str:
    r"""Write data as JSON that is safe inside a script element.

    ``<`` becomes ``\u003c``. NaN and the infinities become the texts ``"NaN"``, ``"Infinity"`` and
    ``"-Infinity"``, as protobuf writes them. Bytes are read as UTF-8, NumPy's numbers and arrays
    become plain ones.

    Args:
        data: Anything made of mappings, sequences, texts, numbers and None.

    Returns:
        Pure-ASCII JSON.
    """
    return json.dumps(_plain(data), separators=(",", ":")).replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


_SAFE_85 = str.maketrans("<>&", ",./")


def squeeze(text: str) -> str:
    """Compress a text for an output, in six percent less room than base 64 takes.

    Args:
        text: Any text.

    Returns:
        ASCII in the alphabet of Python's base 85, with ``,./`` in the place of ``<>&``.
    """
    packed = base64.b85encode(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    return packed.decode("ascii").translate(_SAFE_85)


def script(code: str) -> str:
    """Wrap JavaScript in a script element that its own text cannot end.

    Args:
        code: JavaScript.

    Returns:
        A ``<script>`` element.
    """
    safe = code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return f"<script>{safe}</script>"


@dataclass(frozen=True)
class Library:
    """The part of an interface that outputs share: everything but the data.

    Attributes:
        name: A short name, for example ``"tfma"``.
        head: HTML for the frame's head: script and style elements, polyfills, templates.
    """

    name: str
    head: str

    @cached_property
    def fingerprint(self) -> str:
        """Names this very library: its name and the start of its text's SHA-256."""
        return f"{self.name}-{hashlib.sha256(self.head.encode('utf-8')).hexdigest()[:16]}"

    @cached_property
    def packed(self) -> str:
        """The library, compressed for an output."""
        return squeeze(self.head)


def own_frames() -> bool:
    """Return whether the front end gives each output a frame of its own, so that nothing can be shared.

    Returns:
        True in Colab and in Visual Studio Code.
    """
    return "google.colab" in sys.modules or "VSCODE_PID" in os.environ


def for_pages() -> bool:
    """Return whether the notebook is executed to be looked at as a page, where no kernel will answer a widget.

    Returns:
        True in a kernel of ``make run``, which sets ``WORKBOOK_PAGES``.
    """
    return bool(os.environ.get("WORKBOOK_PAGES"))


def current_cell() -> tuple[str, int]:
    """Return which notebook cell is running, and in which execution.

    Returns:
        The cell's id where the front end tells it, else the cell's text, else ``""``; and IPython's
        execution count.
    """
    if "IPython" not in sys.modules:
        return "", 0
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return "", 0
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    name = (parent.get("metadata") or {}).get("cellId")
    text = (parent.get("content") or {}).get("code", "")
    return str(name or text), shell.execution_count


@dataclass
class Carriers:
    """Decides which output carries a library, so that each page has one and none is lost for good.

    The first output carries the library. A cell that runs again once more carries it when it has
    shown a view since the library was last carried: it may have been run again because the carrier
    was deleted or cleared. So running a cell again always repairs its view, and running all cells
    again carries the library once, not in every cell.
    """

    shown: dict[str, dict[str, int]] = field(default_factory=dict)

    def carries(self, fingerprint: str, cell: str, execution: int) -> bool:
        """Return whether the output that is made now must carry the library; remembers the answer.

        Args:
            fingerprint: The library's fingerprint.
            cell: The running cell.
            execution: The number of this execution.

        Returns:
            True when the output must carry the library.
        """
        seen = self.shown.get(fingerprint)
        again = seen is not None and seen.get(cell, execution) != execution
        if seen is None or again:
            self.shown[fingerprint] = {cell: execution}
            return True
        seen[cell] = execution
        return False

    def forget(self) -> None:
        """Make the next output of every library carry it."""
        self.shown.clear()


CARRIERS = Carriers()
"""The carriers of this kernel's notebook."""


class Frame:
    """An interactive view in a frame, with a static table of the same facts.

    Return it from a cell, or hand it to ``display``. Where only HTML is wanted, call :meth:`html`.

    Inside the frame the library's head comes first, then ``body``, then ``start`` runs with two
    names in scope: ``data`` (the decoded data) and ``frame``, with ``frame.emit(name, detail)`` to
    send an event to the page and ``frame.fit()`` to measure the height anew (it is also measured
    whenever the content changes its size).
    """

    def __init__(
        self,
        *,
        library: Library,
        body: str,
        start: str,
        data: object,
        tables: Sequence[Table],
        title: str,
        height: int = 400,
        min_height: int = 0,
    ) -> None:
        """Describe the view; nothing is packed before it is shown.

        Args:
            library: The shared part.
            body: HTML of the frame's body, for example ``"<facets-overview></facets-overview>"``.
                Trusted: it must hold no data.
            start: JavaScript that hands ``data`` to the elements of the body. Trusted as well.
            data: What is shown; see :func:`to_json`.
            tables: The same facts for where no script runs. Their text is also the ``text/plain``
                of the output.
            title: What the view is, for assistive technology and as the tables' summary.
            height: Height in pixels before the content was measured.
            min_height: The least height in pixels, for interfaces whose menus hang over their
                content.
        """
        self.library = library
        self.body = body
        self.start = start
        self.data = data
        self.tables = tuple(tables)
        self.title = title
        self.height = height
        self.min_height = min_height
        self.key = secrets.token_hex(8)

    def text(self) -> str:
        """Return the facts as plain text."""
        return "\n\n".join([printable(self.title), *(table.text() for table in self.tables)])

    def fallback(self) -> str:
        """Return the facts as static HTML, without any script."""
        return "".join(table.html() for table in self.tables)

    def html(self, *, embed: bool | None = None) -> str:
        """Return the whole output.

        Args:
            embed: Whether to carry the library; None lets :data:`CARRIERS` decide.

        Returns:
            HTML for a ``text/html`` output.
        """
        if embed is None:
            cell, execution = current_cell()
            carries = CARRIERS.carries(self.library.fingerprint, cell, execution)
            embed = carries or own_frames()
        title = html.escape(self.title)
        return (
            f'<div class="workbook-frame tex2jax_ignore mathjax_ignore" '
            f'data-workbook-key="{self.key}">'
            f"<style>{static('frame.css')}</style>"
            f'<p class="workbook-note" role="status" hidden></p>'
            f"<details open><summary>{title} (as a table)</summary>"
            f'<div class="workbook-tables" tabindex="0" role="region" aria-label="{title}">'
            f"{self.fallback()}</div></details>"
            f"{self._scripts(embed)}</div>"
        )

    def _scripts(self, embed: bool) -> str:
        library = self.library
        data = to_json(self.data)
        packed = len(data) > PACKED_ABOVE
        settings = to_json(
            {
                "library": library.fingerprint,
                "title": self.title,
                "height": self.height,
                "minHeight": self.min_height,
                "body": self.body,
                "start": self.start,
                "packed": packed,
            }
        )
        carried = (
            f'<script type="text/plain" data-workbook-library="{library.fingerprint}">'
            f"{library.packed}</script>"
            if embed
            else ""
        )
        return (
            f"{carried}"
            f'<script type="text/plain" data-workbook-part="data">'
            f"{squeeze(data) if packed else data}</script>"
            f'<script type="text/plain" data-workbook-part="settings">{settings}</script>'
            f"{script(sealed(static('loader.js')))}"
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}
