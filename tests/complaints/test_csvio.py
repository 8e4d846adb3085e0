from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import paths
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


def test_a_column_of_numbers_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    csvio.write_rows(path, ["id", "zip"], [["1", "02139"], ["2", "00501"]])
    assert csvio.read_table(path).to_numpy().tolist() == [["1", "02139"], ["2", "00501"]]


def test_rows_are_counted_and_read_by_name(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    rows = [["1", "a\r\nb"], ["2", "c\rd"], ["3", "é\n"]]
    assert csvio.write_rows(path, ["id", "text"], rows) == 3
    assert csvio.read_records(path) == [dict(zip(["id", "text"], row, strict=True)) for row in rows]


def test_files_are_utf_8_whatever_the_machine_prefers(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    csvio.write_rows(path, ["id", "text"], [["1", "caf\u00e9"]])
    code = (
        "import sys; from pathlib import Path; from utils.complaints import csvio; "
        "print(ascii(csvio.read_records(Path(sys.argv[1]))))"
    )
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=paths.ROOT, env={**os.environ, **plain}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "[{'id': '1', 'text': 'caf\\xe9'}]", done.stderr


def test_a_row_that_lacks_a_column_has_no_names(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("id,text\n1\n")
    with pytest.raises(ValueError, match="zip"):
        csvio.read_records(path)


def test_the_parser_is_strict_and_knows_its_separator() -> None:
    assert list(csvio.Parser(["a;b,c\n"], ";")) == [["a", "b,c"]]
    with pytest.raises(csv.Error, match="expected after"):
        list(csvio.Parser(['"a"b,c\n']))


def test_a_row_may_be_as_long_as_the_limit_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvio, "LONGEST_ROW", 4)
    assert list(csvio.Parser(["a,b\n"] * 2)) == [["a", "b"]] * 2
    with pytest.raises(csvio.RowTooLongError):
        list(csvio.Parser(["a,bc\n"]))


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
        ('name;"age\rin years"\n', ";"),
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
