from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.complaints import csvio
from utils.complaints.errors import ComplaintsError

CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
FIELDS = st.lists(st.text(CHARACTERS, max_size=30), min_size=2, max_size=6)


@given(FIELDS)
def test_any_text_survives(values: list[str]) -> None:
    line = csvio.format_row(values)
    assert list(csv.reader(io.StringIO(line, newline=""), strict=True)) == [values]
    assert line.endswith("\n")


def test_only_fields_that_need_it_are_quoted() -> None:
    assert csvio.format_row(["a b", "", 'say "no"', "x,y", "1\n2", "1\r2", "it's"]) == (
        'a b,,"say ""no""","x,y","1\n2","1\r2",it\'s\n'
    )


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.csv"
    assert csvio.write_rows(target, ["a", "b"], [["1", "2"]]) == 1
    with pytest.raises(ZeroDivisionError):
        csvio.write_rows(target, ["a", "b"], ([str(1 // n), ""] for n in (1, 0)))
    assert target.read_bytes() == b"a,b\n1,2\n"
    assert [path.name for path in target.parent.iterdir()] == ["file.csv"]
    assert list(csvio.read_rows(target)) == [["a", "b"], ["1", "2"]]


def test_only_an_empty_field_is_missing(tmp_path: Path) -> None:
    texts = ["N/A", "None", "NA", "nan", "null", "NULL", "n/a", "<NA>", "02139", "1e3", "True"]
    path = tmp_path / "texts.csv"
    csvio.write_rows(path, ["id", "text"], [[str(n), text] for n, text in enumerate([*texts, ""])])
    table = csvio.read_table(path)
    assert table["text"].tolist()[:-1] == texts
    assert table["text"].isna().tolist() == [False] * len(texts) + [True]


@pytest.mark.parametrize("limit", [1_000, 131_072, 50_000_000])
def test_the_limit_of_a_row_does_not_depend_on_the_process(tmp_path: Path, limit: int) -> None:
    before = csv.field_size_limit(limit)
    try:
        long = "x" * 3_000_000
        csvio.write_rows(tmp_path / "long.csv", ["a", "b"], [["1", long]])
        assert list(csvio.read_rows(tmp_path / "long.csv"))[1] == ["1", long]
        csvio.write_rows(
            tmp_path / "endless.csv", ["a", "b"], [["1", "x\n" * (csvio.LONGEST_ROW // 2)]]
        )
        with pytest.raises(csv.Error, match="longer than 10,000,000 characters"):
            list(csvio.read_rows(tmp_path / "endless.csv"))
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("complaint_id,product\n", ","),
        ("complaint_id;product\r\n", ";"),
        ('"Complaint ID"|"Consumer disputed?"\n', "|"),
        ("ZIP code\tState\n", "\t"),
        ("state,product,a;b;c;d;e\n", ","),
        ('state,"a;b;c;d;e"\n', ","),
        ("state;product;a,b,c,d,e\n", ";"),
        ("name;age\n", ";"),
        ("Complaint ID^State^ZIP code\n", "^"),
        ("name:age:size\n", ","),
        ("name\n", ","),
        ("sep=;\n", ";"),
        ('"sep=\t"\r\n', "\t"),
        ("a,b\rc,d\r", ","),
    ],
)
def test_the_header_tells_the_separator(header: str, expected: str) -> None:
    assert csvio.separator(header) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n3\n", r"Row 2 of t\.csv \(line 3\) has too few fields.*download or export"),
        ("a,b\n1,2,3\n4,5,6\n", r"Row 1 of t\.csv .*too many fields.*quotation marks"),
        ("a,a\n1,2\n", "has the column 'a' twice: rename or remove"),
    ],
)
def test_a_torn_table_is_refused_and_not_filled_up(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(ComplaintsError, match=words):
        csvio.read_table(path)


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n")
    table = csvio.read_table(path)
    assert (list(table.columns), len(table)) == (["a", "b"], 0)
