from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from utils.complaints import readers
from utils.complaints.errors import ComplaintsError

GOOD = 'a,b,c\n1,"x, ""y""\nz",3\n4,5,6\n'


def put(folder: Path, data: bytes | str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def values(path: Path, **options: str) -> list[list[str]]:
    return [row.values for row in readers.read(path, **options)]


def packed(
    data: bytes, names: tuple[str, ...] = ("complaints.csv",), how: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name in names:
            archive.writestr(name, data)
    return buffer.getvalue()


EXPECTED = [["a", "b", "c"], ["1", 'x, "y"\nz', "3"], ["4", "5", "6"]]


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.rstrip("\n"),
        "\n" + GOOD + "\n\n",
        GOOD.replace("\n4", "\n,,\n  , ,\n4"),
    ],
)
def test_harmless_differences_are_understood(tmp_path: Path, data: str) -> None:
    assert values(put(tmp_path, data)) == EXPECTED


def test_windows_line_ends_are_understood_and_kept_inside_fields(tmp_path: Path) -> None:
    found = values(put(tmp_path, GOOD.replace("\n", "\r\n")))
    assert found == [EXPECTED[0], ["1", 'x, "y"\r\nz', "3"], EXPECTED[2]]


def test_odd_separators_stay_inside_fields(tmp_path: Path) -> None:
    text = "x\u2028y\x0bz\x85\x1c"
    assert values(put(tmp_path, f"a,b\n1,{text}\n")) == [["a", "b"], ["1", text]]


def test_zip_archives_are_read_without_unpacking(tmp_path: Path) -> None:
    assert values(put(tmp_path, packed(GOOD.encode()), "c.csv.zip")) == EXPECTED
    names = ("__MACOSX/._complaints.csv", "complaints.csv")
    assert values(put(tmp_path, packed(GOOD.encode(), names), "m.zip")) == EXPECTED


def test_rows_know_their_numbers(tmp_path: Path) -> None:
    rows = list(readers.read(put(tmp_path, GOOD)))
    assert [(row.number, row.line) for row in rows] == [(0, 1), (1, 3), (2, 4)]


def test_other_encodings_are_read_when_named(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,caf\u00e9\n".encode("cp1252"))
    assert values(path, encoding="cp1252") == [["a", "b"], ["1", "caf\u00e9"]]
    path = put(tmp_path, "a,b\n1,caf\u00e9\n".encode("utf-16"))
    assert values(path, encoding="utf-16") == [["a", "b"], ["1", "caf\u00e9"]]


LONG = "a,b\n" + "1,2\n" * 400_000
BROKEN = {
    "nothing": (b"", "file.csv is empty"),
    "blanks": (b" \n\n", "file.csv is empty"),
    "web page": (b"\n<!DOCTYPE html><html>503</html>", "is a web page"),
    "json": (b'{"detail": "not found"}', r'is JSON and not CSV \(\{"detail": "not found"\}\)'),
    "utf-16": (GOOD.encode("utf-16"), "encoded as UTF-16 from byte 0 on"),
    "utf-16 without mark": (GOOD.encode("utf-16-le"), "zero byte at byte 1"),
    "zero far inside": (LONG.encode() + b"1,\0\n", "holds a zero character"),
    "latin-1": (b"a,b\n1,caf\xe9\n", "byte 0xE9 at position 9 does not fit"),
    "latin-1 far inside": (
        LONG.encode() + b"1,\xe9\n",
        f"byte 0xE9 at position {len(LONG) + 2:,} does not",
    ),
    "cut inside a letter": (b"a,b\n1,caf\xc3", "byte 0xC3 at position 9 does not fit"),
    "short row": (b"a,b,c\n1,2,3\n1,2\n", r"Row 2 .*\(line 3\) has too few fields, 2 instead of 3"),
    "long row": (b"a,b\n1,2,3\n", "too many fields, 3 instead of 2"),
    "open quote": (b'a,b\n1,2\n3,"never\nending\n', r"after row 1 .* never ends"),
    "open quote, long": (
        b'a,b\n3,"' + b"x" * 200_000 + b"\n1,2\n",
        "never ends: the file is truncated",
    ),
    "text after quote": (b'a,b\n1,"x"y\n', "not valid CSV .* must be doubled"),
    "backslash": (b'a,b\n1,"say \\"no\\", he"\n', "not valid CSV"),
    "old Mac": (b"a,b\r1,2\r", "bare carriage return"),
    "gzip": (b"\x1f\x8b\x08\x00", "packed with gzip: unpack it first"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_every_defect_gets_one_clear_sentence(tmp_path: Path, name: str) -> None:
    data, message = BROKEN[name]
    with pytest.raises(ComplaintsError, match=message) as caught:
        values(put(tmp_path, data))
    assert str(caught.value).endswith(".")
    assert ": " in str(caught.value)


def test_truncated_archives_are_named(tmp_path: Path) -> None:
    whole = packed(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000)))
    with pytest.raises(ComplaintsError, match="truncated zip archive"):
        values(put(tmp_path, whole[: len(whole) // 2], "half.zip"))
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 0xFF
    with pytest.raises(ComplaintsError, match="damaged or truncated zip archive"):
        values(put(tmp_path, bytes(damaged), "damaged.zip"))


@pytest.mark.parametrize(
    "how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("byte", [0x00, 0x7F, 0xFF])
def test_a_zip_archive_with_one_wrong_byte_is_read_or_refused(
    tmp_path: Path, how: int, byte: int
) -> None:
    whole = packed(GOOD.encode(), how=how)
    refused = 0
    for place in range(4, len(whole)):
        damaged = whole[:place] + bytes([byte]) + whole[place + 1 :]
        try:
            assert values(put(tmp_path, damaged, "damaged.zip")) == EXPECTED
        except ComplaintsError:
            refused += 1
    assert refused > 20


def test_archives_with_several_or_no_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match=r"exactly one CSV file but holds a.csv, b.csv"):
        values(put(tmp_path, packed(b"x", ("a.csv", "b.csv")), "two.zip"))
    with pytest.raises(ComplaintsError, match=r"holds readme.txt"):
        values(put(tmp_path, packed(b"x", ("readme.txt",)), "none.zip"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match=r"none.csv cannot be read .*check the path"):
        values(tmp_path / "none.csv")


def test_a_disk_that_fails_in_the_middle_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(8)

    monkeypatch.setattr(readers, "_open", lambda path, stack: Failing(b"a,b\n1,2\n" * 3))
    with pytest.raises(ComplaintsError, match=r"file.csv cannot be read \(Input/output error\)"):
        values(tmp_path / "file.csv")


def test_letters_across_blocks_are_joined(tmp_path: Path) -> None:
    text = "\u20ac" * 700_000
    lines = [["a", "b"], ["1", text[:40_000]]]
    filler = "".join(f"{n},{text[:30_000]}\n" for n in range(20))
    found = values(put(tmp_path, f"a,b\n1,{text[:40_000]}\n{filler}"))
    assert found[:2] == lines
    assert len(found) == 22


QUOTED = 'complaint_id{0}state{0}text\n"1"{0}"x; ""y""|\tz,\nw"{0}"3"\n4{0}5{0}6\n'


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("before", ["", "\n", "sep={0}\n", '"sep={0}"\r\n', "{0}{0}\n", "\ufeff"])
def test_other_separators_are_found_in_the_header(
    tmp_path: Path, separator: str, before: str
) -> None:
    path = put(tmp_path, (before + QUOTED).format(separator))
    rows = list(readers.read(path))
    assert [row.values for row in rows] == [
        ["complaint_id", "state", "text"],
        ["1", 'x; "y"|\tz,\nw', "3"],
        ["4", "5", "6"],
    ]
    assert rows[2].line == 4 + before.count("\n")


def test_empty_fields_behind_the_last_column_are_passed_over(tmp_path: Path) -> None:
    for text in ("a,b,,\n1,2,,\n3,,,\n", "a,b\n1,2,,\n3,\n", "a,b,\n1,2,note\n3,,\n"):
        assert values(put(tmp_path, text)) == [["a", "b"], ["1", "2"], ["3", ""]]


def test_a_byte_order_mark_is_understood_in_every_spelling_of_an_encoding(tmp_path: Path) -> None:
    path = put(tmp_path, '\ufeff"a",b\n1,2\n')
    for encoding in ("UTF8", "utf_8", "utf-8-sig"):
        assert values(path, encoding=encoding) == [["a", "b"], ["1", "2"]]
    path = put(tmp_path, b"\xff\xfe" + '"a",b\n1,2\n'.encode("utf-16-le"))
    assert values(path, encoding="utf-16-le") == [["a", "b"], ["1", "2"]]


OTHERS = {
    "utf-32": (GOOD.encode("utf-32"), "encoded as UTF-32 .*encoding='utf-32'"),
    "bzip2": (b"BZh91AY&SY", "packed with bzip2"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook of an old Excel"),
    "parquet": (b"PAR1\x15\x04", "is a Parquet file"),
    "xlsx": (packed(b"<x/>", ("[Content_Types].xml", "xl/workbook.xml")), "office program"),
    "ods": (packed(b"<x/>", ("mimetype", "content.xml")), "office program"),
    "semicolon in an unquoted text": (
        b"state;product\nCA;a;b\n",
        "Row 1 .* too many fields, 3 instead of 2: a text with semicolons in it has no quotation",
    ),
    "too long": (b'a,b\n1,2\n3,"' + b"xxxx\n" * 2_000_001, "after row 1 .* longer than 10,000,000"),
    "too long, one line": (b"x" * 10_000_001, "longer than 10,000,000 characters"),
}


@pytest.mark.parametrize("name", list(OTHERS))
def test_what_is_not_a_table_in_utf_8_is_named(tmp_path: Path, name: str) -> None:
    data, message = OTHERS[name]
    with pytest.raises(ComplaintsError, match=message) as caught:
        values(put(tmp_path, data))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (GOOD, "nonsense", "'nonsense' is not an encoding of text .*cp1252"),
        (GOOD, "", "'' is not an encoding"),
        (GOOD, "hex", "'hex' is not an encoding of text"),
        (GOOD, "utf-8\0", "is not an encoding"),
        (GOOD, "utf-16", r"is not UTF-16( \(UTF-16 stream does not start with BOM\)|: byte 0x61)"),
        (GOOD, "undefined", "is not UNDEFINED"),
        ("\ufeff" + GOOD, "cp1252", "begins with the mark of UTF-8"),
        (b"\x1f\x8b\x08", "cp1252", "packed with gzip"),
        (b"", "cp1252", "is empty"),
        ("<html>", "latin-1", "is a web page"),
    ],
)
def test_a_wrong_encoding_is_one_sentence(
    tmp_path: Path, data: bytes | str, encoding: str, message: str
) -> None:
    with pytest.raises(ComplaintsError, match=message):
        values(put(tmp_path, data), encoding=encoding)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    import os

    with pytest.raises(ComplaintsError, match=r"cannot be read \(Is a directory\)"):
        values(tmp_path)
    end, other = os.pipe()
    try:
        with pytest.raises(ComplaintsError, match="cannot be read"):
            os.write(other, b"a,b\n" * 10)
            values(Path(f"/dev/fd/{end}"))
    finally:
        os.close(end)
        os.close(other)


def test_an_unusual_separator_is_named_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ComplaintsError, match=r"3 instead of 2: a text with '\^' in it has no"):
        values(put(tmp_path, "Complaint ID^State\n1^a^b\n"))


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b" \n", "is empty"),
        (b"PK\x03\x04\0", "is a zip archive: unpack it first"),
        (b"PK\x05\x06\0", "is a zip archive: unpack it first"),
        (b"\xff\xfe\0\0a", "convert it with encoding='utf-32'"),
        (b"\xef\xbb\xbf <p>", "is a web page"),
        (b"[1,\n2\xe9]", "is JSON and not CSV ([1, 2\ufffd])"),
        (b"SQLite format 3\0", "is an SQLite database"),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(start: bytes, what: str) -> None:
    assert what in readers.not_csv(start)
    assert readers.not_csv(b"a,b\n1,2\n") == ""


def test_half_a_letter_of_another_plane_is_read_as_it_is(tmp_path: Path) -> None:
    path = put(tmp_path, b"a,b\n1,+2AA-\n")
    assert values(path, encoding="utf-7") == [["a", "b"], ["1", "\ud800"]]


def test_rows_know_their_lines_behind_blank_ones(tmp_path: Path) -> None:
    rows = list(readers.read(put(tmp_path, "\n\nsep=;\n\na;b\n\n1;2\n;\n3;4\n")))
    assert [(row.number, row.line) for row in rows] == [(0, 5), (1, 7), (2, 9)]
