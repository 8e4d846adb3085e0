from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.displays.evaluations import HOSTILE
from utils.displays import fallback
from utils.displays.fallback import Table


class Reader(HTMLParser):
    """Reads a page as a browser would: its elements, and the text of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.cells: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self._inside = tag in ("td", "th")
        if self._inside:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


def test_html_and_text_hold_the_same_cells() -> None:
    table = Table(["Slice", "auc", "count"], [["a", 0.71234567, 12], ["b", None, 3.0]], "Metrics")
    cells = Reader(table.html()).cells
    assert cells == ["Slice", "auc", "count", "a", "0.71235", "12", "b", "", "3"]
    assert table.text().split() == ["Metrics", *[cell for cell in cells if cell]]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_only_shows(name: str) -> None:
    page = Table([name, "v"], [[name, name]], name).html()
    read = Reader(page)
    assert set(read.elements) == {"table", "caption", "thead", "tr", "th", "tbody", "td"}
    assert read.cells[0] == read.cells[2] == read.cells[3] == fallback.cell(name)
    assert len(page) < 3_000


def test_what_is_left_out_is_counted_in_both() -> None:
    table = Table(["n"], [[number] for number in range(1_000)])
    more = f"and {1_000 - fallback.MAX_ROWS} more rows"
    assert more in table.html()
    assert more in table.text()


def test_wide_tables_keep_few_rows_and_all_columns() -> None:
    table = Table([f"c{number}" for number in range(400)], [[0] * 400] * 50)
    assert table.html().count("<tr>") == 1 + 10 + 1
    assert table.html().count('<th scope="col">') == 400


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (0.5, "0.50000"),
        (1_700_000_000_123_456_789, "1700000000123456789"),
        pytest.param(10**400, "1" + "0" * (fallback.MAX_CHARACTERS - 2) + "…", id="clipped"),
        pytest.param(10**5_000, "(a number of many digits)", id="many digits"),
        (1.25e-7, "1.2e-07"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (True, "True"),
        (b"caf\xc3\xa9", "café"),
        ("a\nb\x00c", "a b c"),
    ],
)
def test_values_are_written_as_text(value: object, text: str) -> None:
    assert fallback.cell(value) == text


def test_an_option_of_a_command_is_kept_whole_and_escaped() -> None:
    said = Table(("place", "told"), [("here", "--a=b&c -- --<b>")]).html()
    assert '<span class="workbook-option">--a=b&amp;c</span> -- ' in said
    assert "<b>" not in said


@pytest.mark.parametrize(
    ("shown", "of", "said"),
    [(1, 1, "the only one"), (3, 3, "all 3"), (5, 1200, "the first 5 of 1,200")],
)
def test_a_table_says_how_many_of_all_it_shows(shown, of, said):
    assert fallback.so_many(shown, of) == said


def test_a_cell_is_one_line_without_control_characters() -> None:
    assert fallback.clip("a\nb\x1b") == "a b "
