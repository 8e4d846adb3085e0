"""Reading CSV files that may be broken: every defect becomes one clear sentence.

Files are read as a stream: bytes are decoded by hand, so that a wrong encoding can be reported with
its byte, and rows come one by one, so that memory stays flat for files of any size.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from utils.complaints.errors import ComplaintsError

_BLOCK = 1 << 20
_WIDE = {
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


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


def _check_start(start: bytes, path: Path) -> None:
    """Refuse what is not text in UTF-8, or not a table at all, by its first bytes."""
    if not start.strip():
        raise ComplaintsError(f"{path.name} is empty: download or export it again.")
    for mark, name in _WIDE.items():
        if start.startswith(mark):
            raise ComplaintsError(
                f"{path.name} is encoded as {name} from byte 0 on: save it as CSV in UTF-8, "
                f"or pass encoding='utf-16'."
            )
    if b"\0" in start:
        raise ComplaintsError(
            f"{path.name} holds a zero byte at byte {start.index(0)}, so it is no UTF-8 text: "
            "save it as CSV in UTF-8."
        )
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"<"):
        raise ComplaintsError(
            f"{path.name} is a web page, probably a server's error, and not CSV: "
            "delete it and download it again."
        )
    if text.startswith((b"{", b"[")):
        excerpt = text[:80].decode("utf-8", "replace").replace("\n", " ")
        raise ComplaintsError(
            f"{path.name} is JSON and not CSV ({excerpt}): ask the server for format=csv, "
            "or download it again."
        )


def _text(file: BinaryIO, path: Path, encoding: str) -> Iterator[str]:
    """Decode a file block by block.

    Raises:
        ComplaintsError: If a byte does not fit the encoding, or a zip archive ends too early.
    """
    decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding)()
    position, first = 0, True
    while True:
        try:
            block = file.read(_BLOCK)
        except (EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ComplaintsError(
                f"{path.name} is a damaged or truncated zip archive ({error}): download it again."
            ) from error
        if first and encoding == "utf-8":
            _check_start(block[:4096], path)
        first = False
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
        if "\0" in text:
            raise ComplaintsError(
                f"{path.name} holds a zero character after byte {position - pending:,}, so it is no "
                "text file: export it again as CSV in UTF-8."
            )
        position += len(block)
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
    if rest:
        yield rest


def _member(path: Path, archive: zipfile.ZipFile) -> BinaryIO:
    """Open the one CSV file of an archive."""
    names = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(".csv") and not info.filename.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        found = ", ".join(info.filename for info in archive.infolist()[:5]) or "nothing"
        raise ComplaintsError(
            f"{path.name} must hold exactly one CSV file but holds {found}: unpack it and "
            "name the file."
        )
    if names[0].flag_bits & 1:
        raise ComplaintsError(f"{path.name} is protected by a password: unpack it first.")
    return archive.open(names[0])  # type: ignore[return-value]


def _open(path: Path, stack: ExitStack) -> BinaryIO:
    try:
        file = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise ComplaintsError(
            f"{path} cannot be read ({error.strerror}): check the path."
        ) from error
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            return stack.enter_context(_member(path, archive))
        except zipfile.BadZipFile as error:
            raise ComplaintsError(
                f"{path.name} is a truncated zip archive (its table of contents is missing): "
                "download it again."
            ) from error
        except NotImplementedError as error:
            raise ComplaintsError(
                f"{path.name} is packed in a way that Python cannot read ({error}): "
                "unpack it first."
            ) from error
    if start[:2] == b"\x1f\x8b":
        raise ComplaintsError(f"{path.name} is packed with gzip: unpack it first.")
    return file


def read(path: Path, *, encoding: str = "utf-8") -> Iterator[Row]:
    """Read a CSV file, plain or in a zip archive, row by row; the header comes first as row 0.

    Blank lines, and rows in which every field is empty, are passed over.

    Args:
        path: The file.
        encoding: Its encoding; a byte order mark of UTF-8 is understood.

    Yields:
        The header, then each row with as many fields as the header.

    Raises:
        ComplaintsError: If the file is empty, no CSV, not in this encoding, torn, or truncated.
    """
    with ExitStack() as stack:
        lines = _lines(_text(_open(path, stack), path, encoding))
        reader = csv.reader(lines, strict=True)
        width, number = 0, 0
        while True:
            try:
                values = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                raise ComplaintsError(_explain(path, number, reader.line_num, error)) from error
            if not any(value.strip() for value in values):
                continue
            if not width:
                width = len(values)
                yield Row(0, reader.line_num, values)
                continue
            number += 1
            if len(values) != width:
                more = "few" if len(values) < width else "many"
                raise ComplaintsError(
                    f"Row {number:,} of {path.name} (line {reader.line_num:,}) has too {more} "
                    f"fields, {len(values)} instead of {width}: the file is torn or truncated "
                    "there, so download or export it again."
                )
            yield Row(number, reader.line_num, values)


def _explain(path: Path, number: int, line: int, error: csv.Error) -> str:
    """A sentence for what the CSV parser met after a row."""
    where = f"after row {number:,} of {path.name} (line {line:,})" if number else f"in {path.name}"
    text = str(error)
    if "unexpected end of data" in text or "field limit" in text:
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
