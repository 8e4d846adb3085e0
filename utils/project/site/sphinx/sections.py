"""Sphinx extension: the text of each section, for the excerpts under the search's results.

Sphinx shows excerpts by fetching the pages, which a browser forbids where the site is opened from a folder. So the
texts travel in a script of their own that only the search page loads.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes

SCRIPTS = ("sections.js", "search.js")
"""What the search page loads besides: the texts, made here, and the code that shows them."""


def own_text(section: nodes.section) -> str:
    """Return the words of a section without those of the sections inside it.

    Args:
        section: The section.
    """
    kinds = (nodes.paragraph, nodes.literal_block)
    inside = (
        child for child in section.children if not isinstance(child, (nodes.section, nodes.title))
    )
    found = (
        leaf.astext()
        for child in inside
        for leaf in child.findall(lambda one: isinstance(one, kinds))
    )
    return " ".join(" ".join(found).split())


def sections(app: Any) -> Iterator[dict[str, str]]:
    """All sections of the site.

    Args:
        app: Sphinx.

    Yields:
        The page, the section's identifier, its title and its text.
    """
    for page in sorted(app.env.found_docs):
        for section in app.env.get_doctree(page).findall(nodes.section):
            title = next(
                (child.astext() for child in section.children if isinstance(child, nodes.title)), ""
            )
            yield {"page": page, "id": section["ids"][0], "title": title, "text": own_text(section)}


def write(app: Any, error: Exception | None) -> None:
    """Write the texts when all pages are written.

    Args:
        app: Sphinx.
        error: What went wrong, if something did.
    """
    if error is None:
        found = json.dumps(list(sections(app)), separators=(",", ":"))
        target = Path(app.outdir) / "_static" / SCRIPTS[0]
        target.write_text(f"window.workbookSections = {found};\n", "utf-8")


def load(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the search page load the scripts.

    Args:
        app: Sphinx.
        page: The page that is being written.
        template: Its template.
        context: What the template gets.
        doctree: Its content.
    """
    if page == "search":
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx.

    Args:
        app: Sphinx.
    """
    app.connect("html-page-context", load)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
