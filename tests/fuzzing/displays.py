"""Every display of ``tests/hostile.py``, given texts that somebody wrote to do harm."""

from __future__ import annotations

import html
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzzing import mutations
from tests.fuzzing.harness import ACCEPTED, Fault, Target, Try, drawn

_OPTION = re.compile(r'<span class="workbook-option">([^<]*)</span>')
"""What the displays put around an option of a command on purpose, so that no browser breaks its line."""


def _inputs() -> st.SearchStrategy[tuple[str, str]]:
    from tests.hostile import VIEWS

    return st.tuples(st.sampled_from(sorted(VIEWS)), mutations.hostile_text(40))


def printed(text: str) -> str:
    """The text as a display shows it: a line break, or what a terminal obeys, is a blank, and so are several blanks."""
    plain = "".join(
        " " if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") else one for one in text
    )
    return " ".join(plain.split())


@contextmanager
def _displays(folder: Path) -> Iterator[Try]:
    from IPython.core.interactiveshell import InteractiveShell

    from tests.hostile import VIEWS, Texts
    from tests.test_hostile import Skeleton, markdown, markup, plain
    from utils import displays

    InteractiveShell.instance()
    displays.enable()

    def skeleton(view: object) -> Skeleton:
        return Skeleton(_OPTION.sub(r"\1", markup(view)))

    known: dict[tuple[str, int], Counter[tuple[str, ...]]] = {}
    place = folder / "texts"

    def made(name: str, hostile: str) -> tuple[object, Texts]:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        text = Texts(place, hostile)
        return VIEWS[name](text), text

    for name in VIEWS:  # what they import is no part of an input's time
        made(name, "x")

    def attempt(asked: tuple[str, str]) -> bool:
        name, hostile = asked
        key = name, len(hostile)
        if key not in known:
            known[key] = skeleton(made(name, "x" * len(hostile))[0]).elements
        view, text = made(name, hostile)
        page = skeleton(view)
        if page.elements != known[key]:
            more, less = page.elements - known[key], known[key] - page.elements
            raise Fault(f"{name}: text has become markup: {[*more][:3]}, {[*less][:3]}")
        shown, words = [printed(one) for one in text.shown], printed(page.words)
        lost = [one for one in shown if one not in words] if words else []
        if lost:
            raise Fault(f"{name}: the page does not show {lost[0]!r}")
        said = plain(view)
        raw = next((one for one in said if unicodedata.category(one) == "Cc" and one != "\n"), None)
        if raw is not None:
            raise Fault(f"{name}: the text holds {raw!r}, which a terminal obeys")
        if markdown(view) == said:
            said = html.unescape(re.sub(r"\\(.)", r"\1", said))
        said = printed(said)
        lost = [one for one in shown if one not in said]
        if lost:
            raise Fault(f"{name}: the text does not show {lost[0]!r}")
        return ACCEPTED

    try:
        yield attempt
    finally:
        displays.disable()
        InteractiveShell.clear_instance()


TARGETS: Sequence[Target] = (
    Target("displays", 3_000, drawn(_inputs), _displays, seconds=60, growth=400_000_000),
)
"""The target of this module."""
