"""Two tiny executed notebooks, with all kinds of outputs, made without running anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from utils.displays.fallback import Table
from utils.displays.frame import Frame, Library

LIBRARY = Library(
    "sample",
    "<script>customElements.define('sample-view', class extends HTMLElement {"
    " set data(told) { this.innerHTML = `<button>${told.word}</button>`;"
    " this.firstChild.onclick = () => { this.firstChild.textContent = 'clicked'; }; } });</script>",
)
"""A web interface with one button."""

FIRST = """# 1. Beginning: a `first` look

[Open in Colab](https://example.org/colab) · [Open in Binder](https://example.org/binder)

A **paragraph** that introduces the chapter.

### In this chapter you will
- **See a view**, and click in it.
- **Read** [words](https://example.org): `many` of them.

### What it takes
About 30 minutes to read, 4 minutes to run on two cores, and up to 2 GB of memory.
"""

WARNING = """<div class="alert alert-block alert-warning" style="color: #3d2c00; background-color: #fff3cd">
<b>A warning.</b> Say <code>please</code>, and <a href="https://example.org">why</a>.
</div>"""

PLAIN = "What-If Tool"


def frame(word: str) -> str:
    """A live view as it stands in a notebook."""
    table = Table(["word"], [[word]], caption="Words")
    return Frame(
        library=LIBRARY,
        body="<sample-view></sample-view>",
        start="document.querySelector('sample-view').data = data;",
        data={"word": word},
        tables=[table],
        title=f"Sample view: {word}",
        height=100,
    ).html(embed=True)


def shown(**forms: Any) -> nbformat.NotebookNode:
    """An output in one or several forms, named ``text_html`` for ``text/html``."""
    data = {name.replace("_", "/", 1): value for name, value in forms.items()}
    return nbformat.v4.new_output("display_data", data)


def code(source: str, *outputs: nbformat.NotebookNode, tags: tuple[str, ...] = ()) -> Any:
    """An executed cell."""
    return nbformat.v4.new_code_cell(
        source,
        outputs=list(outputs),
        execution_count=1,
        metadata={"tags": list(tags)} if tags else {},
    )


def widget() -> nbformat.NotebookNode:
    """A widget, which shows nothing without a kernel."""
    return nbformat.v4.new_output(
        "display_data",
        {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": PLAIN},
    )


def first() -> nbformat.NotebookNode:
    """A chapter with a live view, a table, all colours of a terminal, an error, a widget and a warning."""
    table = (
        '<table border="1" class="dataframe"><thead><tr><th></th><th>word</th></tr></thead>'
        "<tbody><tr><th>0</th><td>cell</td></tr></tbody></table>"
    )
    colours = "".join(
        f"\x1b[{look};{code}m{code}\x1b[0m " for look in (0, 1) for code in range(30, 38)
    )
    stream = nbformat.v4.new_output("stream", name="stdout", text=f"said\n{colours}\n")
    error = nbformat.v4.new_output(
        "error", ename="ValueError", evalue="wrong", traceback=["\x1b[31mValueError\x1b[0m: wrong"]
    )
    made = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(FIRST),
            code("context = workbook.start()", tags=("setup",)),
            nbformat.v4.new_markdown_cell("## Looking\nA quokka lives in this section."),
            code("look()", shown(text_html=frame("quokka"), text_plain="quokka")),
            code("table", shown(text_html=table, text_latex="no", text_plain="no"), stream, error),
            code("widget", widget()),
            nbformat.v4.new_markdown_cell(WARNING),
        ]
    )
    made.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return made


def second() -> nbformat.NotebookNode:
    """A chapter without goals, links or pictures, and a hostile title."""
    return nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell('# A. Appendix: x < y & "z"\n\nShort.'),
            code("1 + 1", shown(text_plain="2")),
        ]
    )


def write(folder: Path) -> Path:
    """Writes both notebooks into a folder.

    Args:
        folder: The folder; it is made.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(first(), folder / "01_beginning.ipynb")
    nbformat.write(second(), folder / "A_appendix.ipynb")
    return folder
