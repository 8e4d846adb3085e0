"""Changing bytes and text as damage, other programs and attackers do."""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from random import Random

from hypothesis import strategies as st

TOKENS: Sequence[bytes] = (
    *(b'"', b'""', b'"""', b",", b";", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\n\n", b"\0", b" "),
    *(b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80"),
    *(
        b"\xe2\x80\xa8",
        b"\xe2\x80\xae",
        b"\x1a",
        b"\x0b",
        b"\x0c",
        b"\x1b[2J",
        b"\x7f",
        b"\xc2\x85",
    ),
    *(
        b"sep=;\n",
        b'"sep=|"\n',
        b"=cmd|' /C calc'!A0",
        b"<script>",
        b"</script>",
        b"{",
        b"[",
        b"%s",
    ),
    *(b"PK\x03\x04", b"PAR1", b"Obj\x01", b"\x1f\x8b", b"BZh", b"SQLite format 3", b"%PDF-"),
    *(b"nan", b"-inf", b"1e999", b"-1", b"0", b"1.0", b"00", b"9" * 19, b"9" * 5000, b"2.5E+06"),
    *(b"N/A", b"Yes", b"No", b"true", b"null", b"2/30/2015", b"0000-00-00", b"../../etc/passwd"),
    *(b"complaint_id", b"consumer_disputed", b"\xd9\xa3", b"\xef\xbc\x91", b"\xc2\xb2"),
)
"""What has a meaning somewhere: to CSV, to a spreadsheet, to a decoder, to another format."""

ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "latin-1", "utf-7")


def _place(random: Random, data: bytes) -> int:
    return random.randrange(len(data) + 1)


def _range(random: Random, data: bytes) -> tuple[int, int]:
    start = _place(random, data)
    return start, start + random.choice((1, 1, 2, 5, 20, 100, 1000))


def _flip(random: Random, data: bytes) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _byte(random: Random, data: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]


def _delete(random: Random, data: bytes) -> bytes:
    start, end = _range(random, data)
    return data[:start] + data[end:]


def _repeat(random: Random, data: bytes) -> bytes:
    start, end = _range(random, data)
    return data[:end] + data[start:end] * random.choice((1, 1, 2, 50)) + data[end:]


def _insert(random: Random, data: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + random.choice(TOKENS) * random.choice((1, 1, 1, 3)) + data[at:]


def _begin(random: Random, data: bytes) -> bytes:
    return random.choice(TOKENS) + data


def _cut(random: Random, data: bytes) -> bytes:
    return data[: _place(random, data)]


def _lines(random: Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) > 1:
        one, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _cells(random: Random, data: bytes) -> bytes:
    """Give a cell another's text: what stays is still CSV."""
    lines = data.split(b"\n")
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    cells, others = lines[one].split(b","), lines[other].split(b",")
    cells[random.randrange(len(cells))] = random.choice([*others, *TOKENS])
    lines[one] = b",".join(cells)
    return b"\n".join(lines)


def _separate(random: Random, data: bytes) -> bytes:
    return data.replace(b",", random.choice((b";", b"\t", b"|", b"^", b"::")))


def _ends(random: Random, data: bytes) -> bytes:
    return data.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n", b"\n\r")))


def _encode(random: Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace")


def packed(random: Random, data: bytes) -> bytes:
    """Return bytes as gzip, bzip2, or a zip archive of none, one or two files."""
    kind = random.randrange(4)
    if kind == 0:
        return gzip.compress(data, 1)
    if kind == 1:
        return bz2.compress(data, 1)
    made = io.BytesIO()
    with zipfile.ZipFile(
        made, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as archive:
        for number in range(random.choice((0, 1, 1, 1, 1, 2))):
            archive.writestr(random.choice(("a.csv", "a.CSV", "b.txt", "../c.csv")), data[number:])
    return made.getvalue()


Change = Callable[[Random, bytes], bytes]

OF_BYTES: Sequence[Change] = (_flip, _flip, _byte, _byte, _delete, _repeat, _insert, _cut, _begin)
"""Changes that know nothing of what the bytes mean."""

OF_CSV: Sequence[Change] = (
    *(_flip, _byte, _delete, _repeat, _insert, _insert, _cells, _cells, _cells, _lines, _cut),
    *(_begin, _separate, _ends, _encode, packed),
)
"""Changes of a CSV file: those of other programs too."""


def changed(random: Random, data: bytes, changes: Sequence[Change] = OF_BYTES) -> bytes:
    """Return bytes with one to five changes, mostly few."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        data = random.choice(changes)(random, data)
    return data


def hostile_text(largest: int = 60) -> st.SearchStrategy[str]:
    """Texts that somebody may have written to do harm: markup, scripts, entities, Markdown, control characters.

    Lone surrogates are left out: they are no text, and no UTF-8 file can hold one.
    """
    pieces = st.sampled_from(
        [
            *(
                "</script>",
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "<!--",
                "-->",
            ),
            *(
                "]]>",
                "<![CDATA[",
                "</style>",
                "</textarea>",
                "</title>",
                "<svg/onload=alert(1)>",
                "&amp;",
            ),
            *(
                "&lt;",
                "&#60;",
                "&#x3c;",
                "&notin;",
                "&",
                '"',
                "'",
                "`",
                "```",
                "<",
                ">",
                "\\",
                "\\u003c",
            ),
            *(
                "${7*7}",
                "{{7*7}}",
                "{%raw%}",
                "%s",
                "%(x)s",
                "{0}",
                "{}",
                "$",
                "$$x^2$$",
                "_x_",
                "**x**",
            ),
            *(
                "[x](javascript:alert(1))",
                "![](x)",
                "|",
                "| --- |",
                "# ",
                "* ",
                "1. ",
                "~~",
                "<a href=x>",
            ),
            *(
                "javascript:",
                "\u202e",
                "\u2066",
                "\u200b",
                "\u2028",
                "\ufeff",
                "e\u0301",
                "\U0001f600",
                "ß",
            ),
            *(
                "=1+1",
                "@x",
                "-1",
                "+1",
                "nan",
                "None",
                "1e5",
                "0x10",
                "\x1b[31m",
                "onclick=",
                "/*",
                "*/",
                "//",
            ),
        ]
    )
    characters = st.text(
        st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=largest // 4
    )
    return (
        st.lists(pieces | characters, min_size=1, max_size=8)
        .map("".join)
        .map(lambda x: x[:largest])
    )
