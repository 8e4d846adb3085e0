"""ExampleGen for complaints in CSV files: every column typed by the schema, quoted newlines understood.

TFX's own ``CsvExampleGen`` infers types from the values, so ZIP codes that happen to be all digits become
numbers and lose their leading zeros. Here a column is text, and the label alone is a number. Rows are read
one at a time: a file may be larger than memory.

Source: book, chapter 3; https://www.tensorflow.org/tfx/guide/examplegen
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

import apache_beam as beam
import tensorflow as tf
from tfx.dsl.io import fileio

from utils.complaints import csvio, readers, schema
from utils.errors import WorkbookError

from . import custom_config
from .filled_splits import FilledSplitsExecutor


class _OtherSeparatorError(csv.Error):
    """A file whose columns are not separated by commas; the message names what separates them."""


DEFAULTS: dict[str, Any] = {
    "labelled_only": True,
    "label_as_text": False,
    "groups": [schema.STATE_GROUP],
}
"""The options of :class:`Executor`, packed by :mod:`.custom_config` where they differ: whether to leave out rows
without a label; whether to hand the label on as it is written, for looking at defects; and columns of groups to add,
each a ``utils.pipeline.config.Group`` as a dictionary."""


class CsvError(WorkbookError, ValueError):
    """A CSV file that cannot be read; the message names the file, the row and the cure."""


def check_header(header: Sequence[str], source: str, labelled_only: bool) -> None:
    """Refuse a header that lacks a column of the schema. Further columns are welcome.

    Args:
        header: The column names of the file.
        source: The file, for the message.
        labelled_only: Whether the label must be there too.

    Raises:
        CsvError: Naming the columns and the cure.
    """
    if not header:
        raise CsvError(
            f"{source} is empty: it needs a header with the columns {', '.join(schema.COLUMNS)}."
        )
    if "" in header:
        raise CsvError(
            f"{source} has a column without a name, its column {list(header).index('') + 1}: name or remove it; "
            "utils.complaints.sources.convert leaves it out."
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise CsvError(f"{source} has the column {twice[0]!r} twice: rename or remove one of them.")
    missing = [name for name in schema.COLUMNS if name not in header and name != schema.LABEL]
    if missing:
        raise CsvError(
            f"{source} lacks {_columns(missing)}; it has {', '.join(header)}. Rename its columns to those of "
            "the schema; utils.complaints.sources does it for the CFPB's own files."
        )
    if labelled_only and schema.LABEL not in header:
        raise CsvError(
            f"{source} lacks the label {schema.LABEL!r}. To read it for statistics or predictions, "
            "set labelled_only=False."
        )


def read_rows(
    text: TextIO, source: str, labelled_only: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Read complaints one row at a time.

    Args:
        text: The opened file; line ends untouched (``newline=""``).
        source: The file, for messages.
        labelled_only: Whether the label column must be there.

    Yields:
        The row's number, the header being row 1, and its columns by name. Blank lines are passed over.

    Raises:
        CsvError: For a header or a row that cannot be read.
    """
    reader = csvio.Parser(_lines(text))
    header: list[str] = []
    row = 0
    while True:
        start = reader.line_num + 1
        row += 1
        where = f"{source}, row {row} (line {start})"
        try:
            cells = next(reader)
        except StopIteration:
            break
        except UnicodeDecodeError as error:
            raise CsvError(
                f"{where} or the rows just after it: not UTF-8 text ({error.reason}). Save the file as UTF-8."
            ) from error
        except _OtherSeparatorError as error:
            raise CsvError(
                f"{source} is separated by {error}, not by commas. utils.complaints.sources.convert reads it, and "
                "writes its rows with commas."
            ) from error
        except csv.Error as error:
            cure = "Look for a quotation mark that is never closed, or not doubled inside a text."
            if "NUL" in str(error):
                cure = "Save the file as CSV in UTF-8."
            raise CsvError(f"{where}: {error}. {cure}") from error
        if not header and cells:
            header = [name.strip() for name in cells]
            check_header(header, source, labelled_only)
        elif cells:
            if len(cells) != len(header):
                raise CsvError(
                    f"{where}: {len(cells)} fields where the header has {len(header)}. Look for a row cut in "
                    "two, or for a text with commas that is not in quotation marks."
                )
            yield row, dict(zip(header, cells, strict=True))
    if not header:
        check_header(header, source, labelled_only)


def to_example(row: Mapping[str, str], where: str, options: Mapping[str, Any]) -> tf.train.Example:
    """Type one row: text as bytes, the label as an integer, an empty field as a feature without a value.

    Args:
        row: The row's columns.
        where: The file and row, for messages.
        options: See :data:`DEFAULTS`.

    Returns:
        The example, with a column for each of the groups.

    Raises:
        CsvError: For a row without a complaint id, or a label that is not 0, 1 or empty.
    """
    if not row[schema.KEY]:
        raise CsvError(
            f"{where}: no {schema.KEY}. Each complaint needs one: it decides the row's split."
        )
    columns = dict(row)
    for group in options["groups"]:
        columns[group["name"]] = _group(row.get(group["column"], ""), group)
    label = None if options["label_as_text"] else columns.pop(schema.LABEL, "")
    example = tf.train.Example()
    feature = example.features.feature
    for name, value in columns.items():
        if value:
            feature[name].bytes_list.value.append(value.encode())
        else:
            feature[name].SetInParent()
    if label is not None and schema.LABEL in row:
        if label in ("0", "1"):
            feature[schema.LABEL].int64_list.value.append(int(label))
        elif label:
            raise CsvError(
                f"{where}: {schema.LABEL} is {label!r}, not 0, 1 or empty. Convert the file with "
                "utils.complaints.sources, or read it with label_as_text=True to look at its labels."
            )
        else:
            feature[schema.LABEL].SetInParent()
    return example


class ReadComplaints(beam.DoFn):
    """Reads one CSV file into examples."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Keep the options, see :data:`DEFAULTS`."""
        self._options = dict(options)

    def process(self, path: str) -> Iterator[tf.train.Example]:
        """Read the file.

        Args:
            path: A CSV file with a header, in UTF-8.

        Yields:
            An example a row.

        Raises:
            CsvError: For the first row that cannot be read, or where no row has the label that is asked for.
        """
        labelled_only = self._options["labelled_only"]
        rows = kept = 0
        with beam.io.filesystems.FileSystems.open(path) as stream:
            wrong = readers.not_csv(stream.read(4096))
        if wrong:
            raise CsvError(f"{path} {wrong}.")
        with beam.io.filesystems.FileSystems.open(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            for number, row in read_rows(text, path, labelled_only):
                rows += 1
                if labelled_only and not row[schema.LABEL]:
                    continue
                kept += 1
                yield to_example(row, f"{path}, row {number}", self._options)
        if rows and not kept:
            raise CsvError(
                f"{path}: none of its {rows:,} rows has a label. To read it for statistics or predictions, "
                "set labelled_only=False."
            )


@beam.ptransform_fn
@beam.typehints.with_input_types(beam.Pipeline)
@beam.typehints.with_output_types(tf.train.Example)
def _complaints(
    pipeline: beam.Pipeline, exec_properties: dict[str, Any], split_pattern: str
) -> beam.PCollection:
    pattern = f"{exec_properties['input_base']}/{split_pattern}"
    paths = sorted(fileio.glob(pattern))
    if not paths:
        raise CsvError(
            f"No file matches {pattern}: look at the input folder, the pattern and the span."
        )
    options = DEFAULTS | custom_config.unpack(exec_properties.get("custom_config"))
    return pipeline | "Files" >> beam.Create(paths) | "Read" >> beam.ParDo(ReadComplaints(options))


class Executor(FilledSplitsExecutor):
    """The executor for ``FileBasedExampleGen(custom_executor_spec=BeamExecutorSpec(Executor))``."""

    def GetInputSourceToExamplePTransform(self) -> beam.PTransform:
        """Return the transform from files to examples."""
        return _complaints


def _lines(text: TextIO) -> Iterator[str]:
    """Yield the lines of a file, refusing NUL on every Python as those before 3.11 do, and other separators."""
    first = True
    while line := text.readline(csvio.LONGEST_ROW + 1):
        if "\0" in line:
            raise csv.Error("line contains NUL")
        if first and line.strip():
            first = False
            separator = csvio.separator(line)
            if separator != "," or csvio.HINT.fullmatch(line):
                raise _OtherSeparatorError(csvio.SEPARATORS.get(separator, repr(separator)))
        yield line


def _group(value: str, group: Mapping[str, Any]) -> str:
    if not value:
        return ""
    return group["inside"] if value in group["values"] else group["outside"]


def _columns(names: Sequence[str]) -> str:
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(map(repr, names))}"
