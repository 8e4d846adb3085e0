"""What all own views have in common: a title, an optional picture, tables of the same facts, and the facts as data."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from utils.displays.fallback import Table, cell
from utils.displays.frame import script, static, to_json
from utils.errors import printable

if TYPE_CHECKING:
    import pandas as pd

LONGEST = 3_000
"""Characters of one value that a static table shows at the most."""

_SHOW = """(() => {
  const view = document.currentScript.closest(".workbook-view");
  view.querySelector(".workbook-view-picture").innerHTML = __PICTURE__;
  view.querySelector("details").removeAttribute("open");
})();"""
"""Shows the picture and folds the table; where no script runs, the table is open and the picture not there."""


@dataclass(frozen=True)
class View:
    """A view: return it from a cell, or hand it to ``display``.

    Attributes:
        title: One line that says what is shown.
        tables: The facts; the first table is also :attr:`data`, unless ``facts`` is given. One without rows is left out
            where there is a note, which then says why, or another table.
        picture: A drawing of the same facts as SVG that was made with escaped values; empty for none.
        note: A sentence for the reader below the title; empty for none.
        facts: The facts, where the first table shows them in another form; None where it is them.
    """

    title: str
    tables: Sequence[Table]
    picture: str = ""
    note: str = ""
    facts: Table | None = None

    @property
    def data(self) -> pd.DataFrame:
        """The facts as data: the values themselves, not the clipped ones that are shown."""
        import pandas as pd

        table = self.facts or self.tables[0]
        return pd.DataFrame([list(row) for row in table.rows], columns=list(table.columns))

    def html(self) -> str:
        """Return the view as HTML, with a style that follows the notebook's theme."""
        tables = "".join(table.html() for table in self._shown())
        title = html.escape(cell(self.title))
        note = f'<p class="workbook-view-note">{html.escape(self.note)}</p>' if self.note else ""
        facts = (
            f'<div class="workbook-view-tables" tabindex="0" role="region" aria-label="{title}">{tables}</div>'
            if tables
            else ""
        )
        if self.picture:
            facts = (
                '<div class="workbook-view-picture"></div>'
                f"<details open><summary>The same as a table</summary>{facts}</details>"
                f"{script(_SHOW.replace('__PICTURE__', to_json(self.picture)))}"
            )
        return (
            f'<div class="workbook-view"><style>{static("views.css")}</style>'
            f'<p class="workbook-view-title">{title}</p>{note}{facts}</div>'
        )

    def text(self) -> str:
        """Return the same facts as plain text."""
        shown = (table.text() for table in self._shown())
        parts = [cell(self.title), printable(self.note), *shown]
        return "\n\n".join(part for part in parts if part)

    def _shown(self) -> list[Table]:
        filled = [table for table in self.tables if table.rows]
        return filled if filled or self.note else list(self.tables)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.text()}

    def __repr__(self) -> str:
        """Return the title, so that a list of views stays readable."""
        return f"<View {cell(self.title)!r}>"
