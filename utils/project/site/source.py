"""What Sphinx reads: the executed notebooks made ready for pages, the cover, the data card and the settings."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils import paths
from utils.files import fresh_folder
from utils.project.launch_links import Repository
from utils.project.site.chapters import LAUNCH, Chapter, Part, outputs, parts, read

if TYPE_CHECKING:
    from nbformat import NotebookNode

SETTINGS = "site.json"
"""The file beside ``conf.py`` that tells it what is being built."""

SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")
"""Of several forms of an output, the first of these is shown."""

_LIVE = "application/vnd.jupyter.widget-view+json"
_KINDS = {
    "Facets": "Facets",
    "Fairness": "Fairness Indicators",
    "What-If": "the What-If Tool",
    "Metrics": "TensorFlow Model Analysis",
    "Plots": "TensorFlow Model Analysis",
}
_EMPTY_HEADER = re.compile(r"<th(?P<attributes>(?:\s[^<>]*)?)>\s*(?:&nbsp;)?\s*</th>")
_REGION = re.compile(r'role="region" aria-label="(?P<name>[^"]*)"')


def folder() -> Path:
    """Return the folder of this package's files: ``sphinx/`` and ``templates/``."""
    return Path(str(resources.files("utils.project.site")))


def render(template: str, **values: object) -> str:
    """Fill in one of the templates; every value is escaped.

    Args:
        template: Its name in ``templates/``.
        values: What it shows.

    Returns:
        The text.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(str(folder() / "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["kind"] = kind
    return environment.get_template(template).render(**values)


def kind(title: str) -> str:
    """Return the interface that a live view belongs to.

    Args:
        title: The view's title.

    Returns:
        The interface's name, or the beginning of a title that is none of the known ones.
    """
    return next(
        (name for start, name in _KINDS.items() if title.startswith(start)),
        title.partition(":")[0],
    )


def output(made: NotebookNode) -> NotebookNode | None:
    """Return an output in the one form that a page shows.

    Args:
        made: The output of a cell.

    Returns:
        The output; None where it holds nothing but a widget, which needs a kernel.
    """
    if "data" not in made:
        return made
    found = next((form for form in SHOWN if form in made.data), None)
    if found is None or (_LIVE in made.data and found == "text/plain"):
        return None
    shown = made.copy()
    shown.data = {found: made.data[found]}
    return shown


def accessible(page: str, regions: Counter[str]) -> str:
    """Return the HTML of an output as assistive technology wants it: no empty headers, no two regions of one name.

    Args:
        page: HTML.
        regions: How often each name of a region was used before on the same page; is counted on.

    Returns:
        HTML that looks the same.
    """

    def cell(found: re.Match[str]) -> str:
        attributes = re.sub(r'\s+scope="[^"]*"', "", found["attributes"])
        return f"<td{attributes}></td>"

    def region(found: re.Match[str]) -> str:
        regions[found["name"]] += 1
        number = regions[found["name"]]
        return found[0] if number == 1 else f'{found[0][:-1]} ({number})"'

    return _REGION.sub(region, _EMPTY_HEADER.sub(cell, page))


def page(notebook: NotebookNode, chapter: Chapter, repository: Repository) -> NotebookNode:
    """Return a notebook made ready for its page.

    Its launch links become buttons, each output keeps the form that a page shows, the set-up cell is folded.

    Args:
        notebook: The executed notebook, which is left as it is.
        chapter: What it says of itself.
        repository: Where the workbook is published.

    Returns:
        The notebook for Sphinx.
    """
    made = copy.deepcopy(notebook)
    made.metadata.pop("widgets", None)
    made.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
    buttons = render("launch.html.jinja", links=chapter.links(repository)).strip()
    first = made.cells[0]
    if LAUNCH.search(first.source):
        first.source = LAUNCH.sub(lambda _: buttons, first.source, count=1)
    else:
        title, _, rest = first.source.partition("\n")
        first.source = f"{title}\n\n{buttons}\n{rest}"
    regions: Counter[str] = Counter()
    for cell in made.cells:
        if cell.cell_type != "code":
            continue
        if "setup" in cell.metadata.get("tags", []):
            cell.metadata.tags = [*cell.metadata.tags, "hide-input"]
        shown = (output(one) for one in cell.outputs)
        cell.outputs = [one for one in shown if one is not None]
        for one in cell.outputs:
            if "text/html" in one.get("data", {}):
                one.data["text/html"] = accessible(one.data["text/html"], regions)
    for one, view in outputs(made):
        one.data["text/html"] = f'<span id="{view.anchor}"></span>{one.data["text/html"]}'
    return made


def settings(grouped: Sequence[Part], repository: Repository) -> dict[str, Any]:
    """Return what ``conf.py`` and the templates of the site need to know.

    Args:
        grouped: The chapters in their parts.
        repository: Where the workbook is published.
    """
    return {
        "address": repository.address,
        "parts": [
            {
                "title": part.title,
                "chapters": [
                    {"page": chapter.stem, "number": chapter.number, "title": chapter.title}
                    for chapter in part.chapters
                ],
            }
            for part in grouped
        ],
    }


def lay_out(
    notebooks: Sequence[Path], card: Path, repository: Repository, to: Path
) -> list[Chapter]:
    """Write everything that Sphinx reads into a new folder.

    Args:
        notebooks: The executed notebooks.
        card: The data card.
        repository: Where the workbook is published.
        to: The folder; what an earlier call left there is deleted.

    Returns:
        The chapters, in order.

    Raises:
        ValueError: If a notebook does not begin with a title.
    """
    import nbformat

    fresh_folder(to)
    shutil.copytree(
        folder() / "sphinx", to, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
    )
    chapters = []
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        chapter = read(path.stem, notebook)
        nbformat.write(page(notebook, chapter, repository), to / path.name)
        drawn = render("thumbnail.svg.jinja", chapter=chapter)
        thumbnail = to / "static" / "thumbnails" / f"{chapter.stem}.svg"
        thumbnail.parent.mkdir(exist_ok=True)
        thumbnail.write_text(drawn, "utf-8")
        chapters.append(chapter)
    shutil.copy(card, to / "data.md")
    grouped = parts((paths.ROOT / "README.md").read_text("utf-8"), chapters)
    for name in ("index", "views"):
        written = render(
            f"{name}.md.jinja", chapters=chapters, parts=grouped, repository=repository
        )
        (to / f"{name}.md").write_text(written, "utf-8")
    (to / SETTINGS).write_text(json.dumps(settings(grouped, repository), indent=1) + "\n", "utf-8")
    return chapters
