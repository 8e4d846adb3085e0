"""Reading CSV files that may be broken: every defect becomes one clear sentence.

Files are read as a stream: bytes are decoded by hand, so that a wrong encoding can be reported with
its byte, and rows come one by one, so that memory stays flat for files of any size.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from utils.complaints import csvio
from utils.complaints.errors import ComplaintsError

_BLOCK = 1 << 20
_WIDE = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(OSError, OverflowError, ValueError),
)
"""What Python raises over an archive that is damaged: an offset before its start is an ``OSError`` to it."""

_UTF_8 = ("utf-8", "utf-8-sig")
_OTHER = {
    b"\x1f\x8b": "is packed with gzip: unpack it first",
    b"BZh": "is packed with bzip2: unpack it first",
    b"\xfd7zXZ": "is packed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "is packed with zstd: unpack it first",
    b"7z\xbc\xaf": "is packed with 7-Zip: unpack it first",
    b"Rar!": "is packed with RAR: unpack it first",
    b"\xd0\xcf\x11\xe0": "is a workbook of an old Excel and not CSV: save it as CSV in UTF-8",
    b"PAR1": "is a Parquet file and not CSV: export it as CSV in UTF-8",
    b"Obj\x01": "is an Avro file and not CSV: export it as CSV in UTF-8",
    b"SQLite format 3": "is an SQLite database and not CSV: export its table as CSV in UTF-8",
    b"%PDF-": "is a PDF and not CSV: export its table as CSV in UTF-8",
}
_OFFICE = {"[Content_Types].xml", "content.xml"}
"""Members of an archive that make it a file of an office program."""


@dataclass(frozen=True)
class Row:
    """One row of a file.

    Attributes:
        number: Number of the row, the first after the header being 1.
        line: Line of the file on which it ends.
        values: Its fields.
    """

    number: int
    line: int
    values: list[str]


def not_csv(start: bytes) -> str:
    """Tell from its first bytes why a file is not CSV in UTF-8.

    Args:
        start: The first bytes of the file, some thousand of them.

    Returns:
        The rest of a sentence that begins with the file's name, without the full stop; empty if nothing
        speaks against the file.
    """
    if not start.strip():
        return "is empty: download or export it again"
    for mark, what in _OTHER.items():
        if start.startswith(mark):
            return what
    if start.startswith(_ZIP):
        return "is a zip archive: unpack it first"
    for mark, name in _WIDE.items():
        if start.startswith(mark):
            return (
                f"is encoded as {name} from byte 0 on: save it as CSV in UTF-8, or convert it with "
                f"encoding='{name.lower()}'"
            )
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"<"):
        return (
            "is a web page, probably a server's error, and not CSV: delete it and download it again"
        )
    if text.startswith((b"{", b"[")):
        excerpt = text[:80].decode("utf-8", "replace").replace("\n", " ")
        return (
            f"is JSON and not CSV ({excerpt}): ask the server for format=csv, or download it again"
        )
    return ""


def _codec(encoding: str) -> str:
    """Return the one name of an encoding that has several."""
    try:
        io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise ComplaintsError(
            f"{encoding!r} is not an encoding of text that Python knows: name one such as utf-8, "
            "cp1252 (a Windows program's) or utf-16."
        ) from error


def _wrong_start(start: bytes, codec: str) -> str:
    """As :func:`not_csv`, for a file that is to be read in some encoding and is not decoded yet."""
    if codec not in _UTF_8:
        marked = start.startswith(codecs.BOM_UTF8)
        return (
            f"begins with the mark of UTF-8: read it with encoding='utf-8', not {codec!r}" * marked
        )
    if wrong := not_csv(start):
        return wrong
    if b"\0" in start:
        place = start.index(0)
        return f"holds a zero byte at byte {place}, so it is no UTF-8 text: save it as CSV in UTF-8"
    return ""


def _text(file: BinaryIO, path: Path, encoding: str) -> Iterator[str]:
    """Decode a file block by block, without the byte order mark.

    Raises:
        ComplaintsError: If it is not text, there is no such encoding, a byte does not fit it, or a zip
            archive ends too early.
    """
    codec = _codec(encoding)
    decoder = codecs.getincrementaldecoder("utf-8" if codec in _UTF_8 else codec)()
    position, first = 0, True
    while True:
        try:
            block = file.read(_BLOCK)
        except _DAMAGED as error:
            if isinstance(file, zipfile.ZipExtFile):
                raise _damaged(path, error) from error
            if isinstance(error, OSError):
                raise _unreadable(path, error) from error
            raise
        wrong = _wrong_start(block[:4096], codec) if first else ""
        if wrong:
            raise ComplaintsError(f"{path.name} {wrong}.")
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            place = position - pending + error.start
            byte = error.object[error.start]
            raise ComplaintsError(
                f"{path.name} is not {encoding.upper()}: byte 0x{byte:02X} at position {place:,} "
                "does not fit; save it as CSV in UTF-8, or name its encoding, e.g. "
                "encoding='cp1252'."
            ) from error
        except UnicodeError as error:
            raise ComplaintsError(
                f"{path.name} is not {encoding.upper()} ({error}): save it as CSV in UTF-8, or name "
                "its encoding."
            ) from error
        if first and codec not in _UTF_8:
            wrong = not_csv(text[:4096].replace("\0", "").encode("utf-8", "replace"))
            if wrong:
                raise ComplaintsError(f"{path.name} {wrong}.")
        if "\0" in text:
            raise ComplaintsError(
                f"{path.name} holds a zero character after byte {position - pending:,}, so it is no "
                "text file: export it again as CSV in UTF-8."
            )
        position += len(block)
        if first:
            text = text.removeprefix("\ufeff")
        first = False
        if text:
            yield text
        if not block:
            return


def _lines(blocks: Iterator[str]) -> Iterator[str]:
    """Split text at line feeds only, keeping them; other separators may be in a narrative."""
    rest = ""
    for block in blocks:
        *lines, rest = (rest + block).split("\n")
        for line in lines:
            yield line + "\n"
        if len(rest) > csvio.LONGEST_ROW:
            raise csvio.RowTooLongError
    if rest:
        yield rest


def _member(path: Path, archive: zipfile.ZipFile) -> BinaryIO:
    """Open the one CSV file of an archive."""
    names = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".csv") and not info.filename.startswith("__MACOSX/")
    ]
    if _OFFICE.intersection(archive.namelist()):
        raise ComplaintsError(
            f"{path.name} is a file of an office program, such as an Excel workbook, and not CSV: open "
            "it there and save it as CSV in UTF-8."
        )
    if len(names) != 1:
        found = ", ".join(info.filename for info in archive.infolist()[:5]) or "nothing"
        raise ComplaintsError(
            f"{path.name} must hold exactly one CSV file but holds {found}: unpack it and "
            "name the file."
        )
    if names[0].flag_bits & 1:
        raise ComplaintsError(f"{path.name} is protected by a password: unpack it first.")
    return archive.open(names[0])  # type: ignore[return-value]


def _unreadable(path: Path, error: OSError) -> ComplaintsError:
    return ComplaintsError(f"{path} cannot be read ({error.strerror or error}): check the path.")


def _damaged(path: Path, error: Exception) -> ComplaintsError:
    return ComplaintsError(
        f"{path.name} is a damaged or truncated zip archive ({error}): download it again."
    )


def _open(path: Path, stack: ExitStack) -> BinaryIO:
    try:
        file = stack.enter_context(path.open("rb"))
        start = file.read(16)
        file.seek(0)
    except OSError as error:
        raise _unreadable(path, error) from error
    if start.startswith(_ZIP):
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            return stack.enter_context(_member(path, archive))
        except ComplaintsError:
            raise
        except (NotImplementedError, RuntimeError) as error:
            raise ComplaintsError(
                f"{path.name} is packed in a way that Python cannot read ({error}): "
                "unpack it first."
            ) from error
        except _DAMAGED as error:
            raise _damaged(path, error) from error
    for mark, what in _OTHER.items():
        if start.startswith(mark):
            raise ComplaintsError(f"{path.name} {what}.")
    return file


def _beginning(lines: Iterator[str]) -> tuple[str, str, int]:
    """Read up to the header; return its first line, the file's separator, and the lines before it."""
    separator, blank = "", "".join(csvio.SEPARATORS) + '" \r\n'
    skipped = 0
    for line in lines:
        if line.strip(blank):
            if separator or not csvio.HINT.fullmatch(line):
                return line, separator or csvio.separator(line), skipped
            separator = csvio.separator(line)
        skipped += 1
    return "", ",", skipped


def read(path: Path, *, encoding: str = "utf-8") -> Iterator[Row]:
    """Read a CSV file, plain or in a zip archive, row by row; the header comes first as row 0.

    The columns may be separated by commas, semicolons, tabs or any other character; the header tells.
    Blank lines, and rows in which every field is empty, are passed over. So are empty fields beyond the header's last
    name, and full ones too where the header has columns without a name at its end.

    Args:
        path: The file.
        encoding: Its encoding; byte order marks are understood.

    Yields:
        The header, then each row with as many fields as the header.

    Raises:
        ComplaintsError: If the file is empty, no CSV, not in this encoding, torn, or truncated.
    """
    with ExitStack() as stack:
        lines = _lines(_text(_open(path, stack), path, encoding))
        whole = width = number = line = 0
        try:
            first, separator, skipped = _beginning(lines)
            parser = csvio.Parser(chain([first], lines), separator)
            for values in parser:
                line = skipped + parser.line_num
                if not any(value.strip() for value in values):
                    continue
                if len(values) == whole:
                    del values[width:]
                whole = whole or len(values)
                while len(values) > width and not values[-1].strip():
                    values.pop()
                if not width:
                    width = len(values)
                    yield Row(0, line, values)
                    continue
                number += 1
                if len(values) != width:
                    raise ComplaintsError(
                        _misfit(path, number, line, len(values), width, separator)
                    )
                yield Row(number, line, values)
        except csv.Error as error:
            raise ComplaintsError(_explain(path, number, line, error)) from error
        if not width:
            raise ComplaintsError(
                f"{path.name} is empty, but for blanks and separators: download or export it again."
            )


def _misfit(path: Path, number: int, line: int, found: int, width: int, separator: str) -> str:
    """Return a sentence for a row of more or fewer fields than the header."""
    name = csvio.SEPARATORS.get(separator, repr(separator))
    cause = (
        "the file is torn or truncated there, so download or export it again."
        if found < width
        else f"a text with {name} in it has no quotation marks, or the file is torn or truncated there, "
        "so export it again with every text in quotation marks."
    )
    return (
        f"Row {number:,} of {path.name} (line {line:,}) has too {'few' if found < width else 'many'} "
        f"fields, {found} instead of {width}: {cause}"
    )


def _explain(path: Path, number: int, line: int, error: csv.Error) -> str:
    """Return a sentence for what the CSV parser met after a row."""
    where = f"after row {number:,} of {path.name} (line {line:,})" if number else f"in {path.name}"
    text = str(error)
    if isinstance(error, csvio.RowTooLongError):
        return (
            f"The row {where} is longer than {csvio.LONGEST_ROW:,} characters: close the quotation mark "
            "that is open there, or shorten the text."
        )
    if "unexpected end of data" in text:
        return (
            f"A quoted field that starts {where} never ends: the file is truncated or torn there, "
            "so download or export it again."
        )
    if "new-line character" in text:
        return (
            f"A line {where} ends with a bare carriage return: save the file with line feeds "
            "(Unix or Windows line ends)."
        )
    return (
        f"The row {where} is not valid CSV ({text}): quotes inside a quoted field must be doubled, "
        "so export the file again."
    )
