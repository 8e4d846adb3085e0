"""Static tables: what an output shows where no script runs, and what it says as plain text.

A :class:`Table` is written once and shown twice, as HTML and as text, so that both hold the same
facts. Every value is escaped, clipped to a length that a page can bear, and isolated in its
direction of writing.
"""

from __future__ import annotations

import html
import itertools
import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from utils.errors import printable

MAX_ROWS = 200
"""Rows that a static table shows at most before it says how many more there are."""

MAX_CELLS = 2_000
"""Cells that a static table shows at most, as long as that leaves ten rows."""

MAX_CHARACTERS = 160
"""Characters of one cell that a static table shows."""

_OPTION = re.compile(r"(?<!\S)--[^\s<>]{1,80}(?!\S)")
"""An option of a command, as it stands in a cell, escaped."""


def clip(text: str, characters: int = MAX_CHARACTERS) -> str:
    """Shorten a text for a cell and make its control characters harmless.

    Args:
        text: Any text, hostile or huge.
        characters: The most characters to keep.

    Returns:
        The text on one line, at most ``characters`` long, an ellipsis in the place of what was left
        out.
    """
    shortened = text if len(text) <= characters else text[: characters - 1] + "…"
    return printable(shortened).replace("\n", " ")


def number(value: float) -> str:
    """Write a number as the genuine views do: whole numbers in full, others with five decimals.

    Args:
        value: Any number, also NaN and infinity.

    Returns:
        For example ``"1234"``, ``"0.50000"`` or ``"1.2e-07"``; words for a whole number that Python refuses to write.
    """
    if isinstance(value, int):
        try:
            return f"{value:d}"
        except ValueError:  # more digits than sys.get_int_max_str_digits()
            return "(a number of many digits)"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.5f}" if abs(value) >= 1e-4 else f"{value:.1e}"


def so_many(shown: int, of: int) -> str:
    """Say how many of all that there are a table shows.

    Args:
        shown: How many it shows.
        of: How many there are.

    Returns:
        For example ``"the only one"``, ``"all 3"`` or ``"the first 5 of 1,200"``.
    """
    if shown < of:
        return f"the first {shown:,} of {of:,}"
    return "the only one" if of == 1 else f"all {of:,}"


def cell(value: object, characters: int = MAX_CHARACTERS) -> str:
    """Write any value as the text of one cell.

    Args:
        value: A number, a text, bytes, None or anything with a ``str``.
        characters: The most characters to keep.

    Returns:
        The clipped text, not yet escaped.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return clip(number(value), characters)
    if isinstance(value, bytes):
        return clip(value[: characters + 1].decode("utf-8", "replace"), characters)
    return clip(str(value), characters)


@dataclass(frozen=True)
class Table:
    """A table of facts.

    Attributes:
        columns: The heads of the columns; the first column holds the rows' names.
        rows: The rows, as many values in each as there are columns.
        caption: What the table shows, in a few words.
        characters: The most characters of one cell; as text, long ones take several lines.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""
    characters: int = MAX_CHARACTERS

    def html(self) -> str:
        """Return the table as HTML without any script or style of its own.

        Returns:
            A ``<table>`` with a caption, column heads and row heads.
        """
        head = "".join(f'<th scope="col">{_escaped(name)}</th>' for name in self.columns)
        body = "".join(f"<tr>{self._row(row)}</tr>" for row in self._shown())
        left = self._left_out()
        note = f'<tr><td colspan="{len(self.columns)}">{left}</td></tr>' if left else ""
        caption = f"<caption>{_escaped(self.caption)}</caption>" if self.caption else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}{note}</tbody></table>"

    def text(self) -> str:
        """Return the table as plain text, the columns in line.

        Returns:
            Lines with the same cells as :meth:`html`.
        """
        lines = [[cell(name) for name in self.columns]]
        for row in self._shown():
            parts = [_lines(self._cell(value)) for value in row]
            lines += [list(line) for line in itertools.zip_longest(*parts, fillvalue="")]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        written = [
            "  ".join(
                value.ljust(width) for value, width in zip(line, widths, strict=True)
            ).rstrip()
            for line in lines
        ]
        title = [cell(self.caption)] if self.caption else []
        left = self._left_out()
        return "\n".join([*title, *written, *([left] if left else [])])

    def _row(self, row: Sequence[object]) -> str:
        first, *others = row
        return f'<th scope="row" dir="auto">{html.escape(self._cell(first))}</th>' + "".join(
            f"<td>{html.escape(self._cell(value))}</td>"
            if value is None or isinstance(value, (int, float))
            else f'<td dir="auto">{_whole_options(html.escape(self._cell(value)))}</td>'
            for value in others
        )

    def _cell(self, value: object) -> str:
        return cell(value, self.characters)

    def _shown(self) -> Sequence[Sequence[object]]:
        return self.rows[: min(MAX_ROWS, max(10, MAX_CELLS // max(1, len(self.columns))))]

    def _left_out(self) -> str:
        more = len(self.rows) - len(self._shown())
        return f"… and {more} more rows" if more > 0 else ""


def _whole_options(escaped: str) -> str:
    """Keep each ``--option`` on one line: a browser would break it inside its dashes."""
    return _OPTION.sub(r'<span class="workbook-option">\g<0></span>', escaped)


def _lines(text: str) -> list[str]:
    return [text] if len(text) <= MAX_CHARACTERS else textwrap.wrap(text, MAX_CHARACTERS)


def _escaped(value: object) -> str:
    return html.escape(cell(value))
