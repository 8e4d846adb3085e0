"""Targets that are files: tables, exports, TFRecords, Parquet, Avro, pictures, records of progress, notebooks."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzzing import mutations, seeds
from tests.fuzzing.harness import ACCEPTED, REFUSED, Fault, Target, Try, mutated
from utils.complaints import convert, csvio, readers, schema

_BLANK = "".join(csvio.SEPARATORS) + '" \r\n'
_FRAME = str.maketrans("", "", '",;|')
"""What frames the texts of a CSV file, beside blanks: what is left is content."""


def content(text: str) -> str:
    """All content of a CSV file in its order, whatever the separator."""
    return "".join(text.split()).translate(_FRAME)


def _of_tables(random: Random) -> bytes:
    data = random.choice(seeds.tables())
    if random.random() < 0.05:
        return mutations.changed(random, mutations.packed(random, data))
    return mutations.changed(random, data, mutations.OF_CSV)


def _of_exports(random: Random) -> bytes:
    return mutations.changed(random, random.choice(seeds.exports()), mutations.OF_CSV)


@contextmanager
def _readers(folder: Path) -> Iterator[Try]:
    path = folder / "complaints.csv"

    def attempt(data: bytes) -> bool:
        path.write_bytes(data)
        header, *rows = readers.read(path)
        if [row.number for row in rows] != list(range(1, len(rows) + 1)):
            raise Fault("the rows are not numbered one by one")
        if any(len(row.values) != len(header.values) for row in rows):
            raise Fault("a row has another number of fields than the header")
        came_through(data, chain(header.values, *(row.values for row in rows)))
        return ACCEPTED

    yield attempt


def came_through(data: bytes, texts: Iterable[str]) -> None:
    """Compare the content of a CSV file with all that was read of it, in the same order.

    Left out on purpose are a line that names the separator, and the columns behind the header's last name. A separator
    that is none of the usual ones counts as content of the file alone, so where it may be one nothing is compared.
    """
    if data.startswith(b"PK"):
        return
    text = data.decode("utf-8-sig")
    first = text.lstrip(_BLANK).split("\n")[0]
    header = first.rstrip()
    if csvio.HINT.match(first) or csvio.separator(first) not in csvio.SEPARATORS:
        return
    if header.endswith(tuple(csvio.SEPARATORS)) or header.endswith('""'):
        return
    given, got = content(text), content("".join(texts))
    if given != got:
        raise Fault(f"of {len(given)} characters of content, {len(got)} came through")


@contextmanager
def _convert(folder: Path) -> Iterator[Try]:
    path, target = folder / "export.csv", folder / "converted" / "complaints.csv"

    def attempt(data: bytes) -> bool:
        path.write_bytes(data)
        target.unlink(missing_ok=True)
        try:
            found = convert.convert(path, target, on_duplicate="skip")
        except Exception:
            left = list(target.parent.glob("*")) if target.parent.exists() else []
            if left:
                raise Fault(f"a refused file left {left[0].name} behind") from None
            raise
        header, *rows = csvio.read_rows(target)
        source = sum(1 for _ in readers.read(path)) - 1
        if tuple(header) != schema.COLUMNS or len(rows) != found.rows:
            raise Fault("what was written is not what was told")
        if found.rows + found.duplicates != source or found.labelled + found.pending != found.rows:
            raise Fault(f"of {source} rows, {found.rows} were written")
        at = header.index(schema.NARRATIVE)
        if found.narratives != sum(bool(row[at]) for row in rows):
            raise Fault("a narrative is lost")
        return ACCEPTED

    yield attempt


@contextmanager
def _executor(folder: Path) -> Iterator[Try]:
    from utils.pipeline.csv_executor import DEFAULTS, ReadComplaints

    path = folder / "complaints.csv"
    both = {**DEFAULTS, "groups": [], "labelled_only": False, "label_as_text": True}
    ways = ReadComplaints(DEFAULTS), ReadComplaints(both)

    def attempt(data: bytes) -> bool:
        path.write_bytes(data)
        strict, loose = ways
        rows = list(loose.process(str(path)))
        text = data.decode("utf-8-sig")
        header, *cells = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
        if len(cells) != len(rows):
            raise Fault(f"of {len(cells)} rows, {len(rows)} came through")
        for row, example in zip(cells, rows, strict=True):
            features = example.features.feature
            got = [
                "".join(one.decode() for one in features[name.strip()].bytes_list.value)
                for name in header
            ]
            if got != row:
                raise Fault(f"the row {row!r} became {got!r}")
        labelled = list(strict.process(str(path)))
        at = [name.strip() for name in header].index(schema.LABEL)
        if len(labelled) != sum(bool(row[at]) for row in cells):
            raise Fault("a labelled row is lost")
        return ACCEPTED

    yield attempt


def _framed(records: Sequence[bytes]) -> bytes:
    """A TFRecord file, by TensorFlow's own writer."""
    import tempfile

    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/made"
        with tf.io.TFRecordWriter(path) as writer:
            for record in records:
                writer.write(record)
        return Path(path).read_bytes()


def _of_records(random: Random) -> tuple[bytes, bool]:
    """A TFRecord file that is damaged, or whole with damaged examples in it; and whether it is packed."""
    records, packed = list(seeds.examples()), random.random() < 0.5
    if random.random() < 0.4:
        records[random.randrange(len(records))] = mutations.changed(random, records[0])
        whole = _framed(records)
        return (gzip.compress(whole, 1) if packed else whole), packed
    whole = _framed(records)
    if packed and random.random() < 0.5:
        return gzip.compress(mutations.changed(random, whole), 1), True
    return mutations.changed(random, gzip.compress(whole, 1) if packed else whole), packed


@contextmanager
def _tfrecord(folder: Path) -> Iterator[Try]:
    from utils import examples

    split = folder / "Split-train"
    split.mkdir()

    def attempt(made: tuple[bytes, bool]) -> bool:
        data, _ = made
        (split / "data").write_bytes(data)
        rows = len(examples.table(folder, "train"))
        if data.startswith(b"\x1f\x8b"):
            try:
                data = gzip.decompress(data)
            except (EOFError, OSError, zlib.error) as error:
                raise Fault(
                    f"{rows} rows of a torn gzip file were taken for all: {error}"
                ) from None
        place = count = 0
        while place < len(data):
            place += 16 + int.from_bytes(data[place : place + 8], "little")
            count += 1
        if place != len(data) or count != rows:
            raise Fault(f"of {count} rows, {rows} came through")
        return ACCEPTED

    yield attempt


def _made(kind: str) -> bytes:
    import tempfile

    from utils.ingestion import files

    write = {"parquet": files.write_parquet, "avro": files.write_avro}[kind]
    with tempfile.TemporaryDirectory() as folder:
        return write(seeds.frame(), Path(folder) / "made").read_bytes()


def _columnar(kind: str) -> Target:
    seed: list[bytes] = []

    def make(random: Random) -> bytes:
        if not seed:
            seed.append(_made(kind))
        return mutations.changed(random, seed[0])

    @contextmanager
    def ready(folder: Path) -> Iterator[Try]:
        from utils.ingestion import executors

        path = folder / f"complaints.{kind}"
        records = {"parquet": executors.parquet_records, "avro": executors.avro_records}[kind]
        reader = executors.ReadRecords(kind, records)

        def attempt(data: bytes) -> bool:
            path.write_bytes(data)
            for example in reader.process(str(path)):
                example.SerializeToString()
            return ACCEPTED

        yield attempt

    return Target(f"{kind} files", 800, mutated(make), ready, growth=300_000_000)


@contextmanager
def _table(folder: Path) -> Iterator[Try]:
    from utils.ingestion import files

    path = folder / "complaints.csv"

    def attempt(data: bytes) -> bool:
        path.write_bytes(data)
        frame = files.read_complaints(path)
        cells = chain(frame.columns, *frame.itertuples(index=False, name=None))
        came_through(data, ("" if cell is None else str(cell) for cell in cells))
        return ACCEPTED

    yield attempt


@contextmanager
def _pictures(folder: Path) -> Iterator[Try]:
    from utils.ingestion import pictures

    path = folder / "letter" / "one.png"
    path.parent.mkdir()

    def attempt(data: bytes) -> bool:
        path.write_bytes(data)
        (picture,) = pictures.read(folder)
        if picture.row()["image"] != data:
            raise Fault("the picture's bytes have changed")
        return ACCEPTED

    yield attempt


def _of_progress(random: Random) -> tuple[bytes, str]:
    known = ["1.1", "4.2", "C.3", "9.9", 7, None, [], {"a": 1}, "=1+1", "\u202e"]
    record = json.dumps(random.choices(known, k=random.randrange(6))).encode()
    name = bytes(
        random.choices(b"abc=+-@\t\r\n,\"'; \x1b\xc3\xa9\xe2\x80\xae", k=random.randrange(1, 90))
    )
    if random.random() < 0.1:
        record = b"[" * random.choice((10, 1000, 60_000)) + record
    return mutations.changed(random, record), name.decode("utf-8", "replace")


@contextmanager
def _progress(folder: Path) -> Iterator[Try]:
    from utils.project import class_progress

    path = folder / "ada.json"
    known = {"1": ("1.1", "1.2"), "4": ("4.2",), "C": ("C.3",)}
    every = frozenset(chain.from_iterable(known.values()))

    def attempt(made: tuple[bytes, str]) -> bool:
        data, name = made
        path.write_bytes(data)
        reader = class_progress.read(name, [path], every)
        head, *lines = csv.reader(io.StringIO(class_progress.table([reader], known), newline=""))
        if len(lines) != 1 or len(lines[0]) != len(head) or not reader.solved <= every:
            raise Fault("a reader's record broke the table")
        cell = lines[0][0]
        if cell.lstrip().startswith(("=", "+", "-", "@")) or not cell.isprintable():
            raise Fault(f"a reader's name is a formula or no text: {cell!r}")
        return REFUSED if "the record" in reader.remark else ACCEPTED

    yield attempt


def _of_notebooks(random: Random) -> bytes:
    return mutations.changed(random, random.choice(seeds.notebooks()))


@contextmanager
def _filter(folder: Path) -> Iterator[Try]:
    from utils.project.notebook_filter import canonical

    def attempt(data: bytes) -> bool:
        once = canonical(data)
        if canonical(once) != once:
            raise Fault("filtering twice is not filtering once")
        if once == data:
            return REFUSED
        cells = json.loads(once)["cells"]
        if any(cell.get("outputs") or cell.get("execution_count") for cell in cells):
            raise Fault("an output is left")
        if len(cells) != len(json.loads(data)["cells"]):
            raise Fault("a cell is lost")
        return ACCEPTED

    yield attempt


TARGETS: Sequence[Target] = (
    Target("CSV reader", 60_000, mutated(_of_tables), _readers),
    Target("export headers", 8_000, mutated(_of_exports), _convert),
    Target("CSV rows of ExampleGen", 3_000, mutated(_of_tables), _executor),
    Target("tables", 8_000, mutated(_of_tables), _table),
    Target("TFRecord files", 600, mutated(_of_records), _tfrecord),
    _columnar("parquet"),
    _columnar("avro"),
    Target(
        "pictures",
        8_000,
        mutated(lambda random: mutations.changed(random, random.choice(seeds.pictures()))),
        _pictures,
    ),
    Target("records of progress", 10_000, mutated(_of_progress), _progress),
    Target("notebook filter", 10_000, mutated(_of_notebooks), _filter),
)
"""The targets of this module."""


def json_value(data: Any) -> Any:
    """Return JSON, strictly: NaN and Infinity are none."""

    def refuse(constant: str) -> Any:
        raise Fault(f"{constant} is no JSON")

    return json.loads(data, parse_constant=refuse)
