from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.complaints import csvio

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
    with pytest.raises(ZeroDivisionError), csvio.atomic_text(target) as file:
        file.write("half")
        raise ZeroDivisionError
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
