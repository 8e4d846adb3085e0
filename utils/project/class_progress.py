"""``make progress``: which exercises are solved, by you or, from the files of a class, by each of its readers.

An exercise that is answered rightly is written into ``exercises.json`` in the reader's store (``utils/exercises``), a
list of numbers. The files of a class come from many machines and may hold anything: each is read up to a small size,
never through a link, and nothing of it gets into the table but numbers of exercises that there are.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from utils import paths
from utils.environments.console import say
from utils.errors import WorkbookError
from utils.files import atomic_text
from utils.project.run_notebooks import chapter

LARGEST = 64_000
"""A larger file, in bytes, is no record: one with every exercise of the workbook has about a kilobyte."""

NAME = 80
"""A reader's name is cut after so many characters."""

EXERCISE = re.compile(r'context\.exercise\(\s*"([^"]+)"')
"""How a cell that checks an exercise calls for the check; the group is the exercise's number."""

_FORMULA = ("=", "+", "-", "@")


class ProgressError(WorkbookError):
    """Progress that cannot be collected."""


@dataclass(frozen=True)
class Reader:
    """What one reader has solved.

    Attributes:
        name: The name of the reader's file or folder.
        solved: Numbers of exercises.
        remark: What is wrong with the record; empty where nothing is.
    """

    name: str
    solved: frozenset[str]
    remark: str = ""


def exercises(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the exercises that there are.

    Args:
        folder: The folder of the notebooks.

    Returns:
        The numbers of each chapter's exercises, by the chapter, ``"1"`` to ``"C"``, in the notebooks' order.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        found[chapter(path.name)] = tuple(dict.fromkeys(EXERCISE.findall(code)))
    return found


def numbers(record: Path) -> list[object]:
    """Read a record that may hold anything.

    Args:
        record: The file.

    Returns:
        The members of its list, which may be of any kind.

    Raises:
        ProgressError: If it is no ordinary file, is too large, cannot be read, or holds no list.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(record, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ProgressError("the record is no ordinary file")
            content = file.read(LARGEST + 1)
    except OSError as error:
        linked = "is a link, which is not followed" if record.is_symlink() else "cannot be read"
        raise ProgressError(f"the record {linked}") from error
    if len(content) > LARGEST:
        raise ProgressError(f"the record is larger than {LARGEST:,} bytes")
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProgressError("the record is no JSON") from error
    if not isinstance(found, list):
        raise ProgressError("the record holds no list")
    return found


def read(name: str, records: Sequence[Path], known: frozenset[str]) -> Reader:
    """Read the records of one reader.

    Args:
        name: The reader's name.
        records: The reader's files; more than one where two generations of TFX were used.
        known: The exercises that there are.

    Returns:
        What is solved. A record that cannot be read counts as empty, and the remark says why.
    """
    solved: set[str] = set()
    remarks = [] if records else ["there is no record"]
    for record in records:
        try:
            found = numbers(record)
        except ProgressError as error:
            remarks.append(error.what)
            continue
        right = {one for one in found if isinstance(one, str) and one in known}
        solved |= right
        strange = sum(not isinstance(one, str) or one not in known for one in found)
        if strange:
            remarks.append(f"{strange} of its numbers are no exercises")
    return Reader(name, frozenset(solved), "; ".join(dict.fromkeys(remarks)))


def records(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Find the records of a class.

    Args:
        folder: A folder with one file for each reader, ``ada.json``; or one folder for each, with ``exercises.json``
            in it or in the store of a clone (``build/store-1.21``).

    Yields:
        A reader's name, and the reader's files, which may be none.

    Raises:
        ProgressError: If the folder cannot be read.
    """
    try:
        entries = sorted(one for one in folder.iterdir() if not one.name.startswith("."))
    except OSError as error:
        raise ProgressError(
            f"{folder} is not a folder that can be read.",
            "Name the folder of the readers' files: make progress FROM=folder",
        ) from error
    for entry in entries:
        if entry.suffix == ".json":
            yield entry.stem, [entry]
        elif entry.is_dir() and not entry.is_symlink():
            places = [entry / paths.SOLVED, *sorted(entry.glob(f"build/store-*/{paths.SOLVED}"))]
            yield entry.name, [place for place in places if os.path.lexists(place)]


def collect(folder: Path, known: Mapping[str, Sequence[str]]) -> list[Reader]:
    """Return what a class has solved.

    Args:
        folder: As for :func:`records`.
        known: The exercises, by chapter.

    Returns:
        A reader each, in the order of their names.

    Raises:
        ProgressError: If the folder cannot be read, or there is no reader in it.
    """
    every = frozenset(number for chapter in known.values() for number in chapter)
    found = [read(name, files, every) for name, files in records(folder)]
    if not found:
        raise ProgressError(
            f"There are no records in {folder}.",
            f"Put the {paths.SOLVED} of each reader into it, named after the reader: ada.json, ben.json.",
        )
    return found


def shown(name: str) -> str:
    """Return a name that is safe in a table and in a terminal.

    Args:
        name: A name that somebody else has chosen.

    Returns:
        The name with ``?`` for what cannot be printed, not too long, and with an apostrophe before what a spreadsheet
        would take for a formula.
    """
    plain = "".join(one if one.isprintable() else "?" for one in name[:NAME])
    return f"'{plain}" if plain.lstrip().startswith(_FORMULA) else plain


def _title(chapter: str) -> str:
    return f"{'Chapter' if chapter.isdigit() else 'Appendix'} {chapter}"


def header(known: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the heads of the table's columns.

    Args:
        known: The exercises, by chapter.
    """
    total = sum(map(len, known.values()))
    chapters = (f"{_title(name)} (of {len(found)})" for name, found in known.items())
    return ["reader", f"solved (of {total})", *chapters, "remark"]


def table(readers: Sequence[Reader], known: Mapping[str, Sequence[str]]) -> str:
    """Return the table of a class.

    Args:
        readers: The readers.
        known: The exercises, by chapter.

    Returns:
        CSV: a line for each reader, with how many exercises of each chapter are solved.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(header(known))
    for reader in readers:
        counts = [len(reader.solved.intersection(found)) for found in known.values()]
        lines.writerow([shown(reader.name), len(reader.solved), *counts, reader.remark])
    return text.getvalue()


def save(text: str, to: Path) -> None:
    """Write the table.

    Args:
        text: The table.
        to: The file; only an earlier table is replaced.

    Raises:
        ProgressError: If something else stands there.
        FileError: If it cannot be written.
    """
    if to.is_file() and not to.read_bytes().startswith(b"reader,solved (of "):
        raise ProgressError(
            f"{to} is not a table of progress, so it is not replaced.",
            "Name another file: TO=class.csv",
        )
    with atomic_text(to) as file:
        file.write(text)


def own(store: Path, known: Mapping[str, Sequence[str]]) -> str:
    """Return what you have solved yourself.

    Args:
        store: The folder of the store.
        known: The exercises, by chapter.

    Returns:
        A line for each chapter that has been begun, and one that says where the record is.
    """
    every = frozenset(number for chapter in known.values() for number in chapter)
    record = store / paths.SOLVED
    me = read("", [record] if os.path.lexists(record) else [], every)
    lines = [
        f"{_title(name)}: {len(me.solved.intersection(found))} of {len(found)} exercises solved."
        for name, found in known.items()
        if me.solved.intersection(found)
    ]
    said = lines or ["No exercise is solved yet."]
    return "\n".join([*said, f"The record is {record}" + (f" ({me.remark})" if me.remark else "")])


def main(argv: list[str]) -> int:
    """Run the command line.

    Args:
        argv: ``[--from FOLDER] [--to FILE]``.

    Returns:
        0; 1 with a message if the progress could not be collected.
    """
    parser = argparse.ArgumentParser(prog="make progress", description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, help="the folder of the readers' files")
    parser.add_argument("--to", type=Path, help="the file of the table; shown where none is named")
    arguments = parser.parse_args(argv)
    known = exercises(paths.NOTEBOOKS)
    try:
        if arguments.folder is None:
            print(own(paths.store(), known))
            return 0
        readers = collect(arguments.folder, known)
        text = table(readers, known)
        if arguments.to is None:
            print(text, end="")
        else:
            save(text, arguments.to)
    except WorkbookError as error:
        print(error, file=sys.stderr)
        return 1
    strange = sum(bool(reader.remark) for reader in readers)
    say(f"{len(readers)} readers, {strange} of them with a remark in the last column.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
