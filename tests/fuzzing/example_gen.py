"""Damaged files through ExampleGen itself: TFX's component, run in an empty store, with this project's executor.

What the executor reads of a file by itself is tried elsewhere by the thousand. Here files that it takes go through
together, many in a run, and every row of them must come out; a file that it refuses goes through by itself, and its run
must fail by the executor's own sentence.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzzing import mutations, seeds
from tests.fuzzing.harness import ACCEPTED, REFUSED, Fault, Target, Try

TOGETHER = 50
"""How many files that are taken go through one run."""

ALONE = 3
"""How many are taken for one that is refused and goes through a run by itself."""

Batch = list[bytes]


def _taken(data: bytes) -> bool:
    import tempfile

    from utils.errors import WorkbookError
    from utils.pipeline import csv_executor

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        try:
            return bool(list(csv_executor.ReadComplaints(csv_executor.DEFAULTS).process(file.name)))
        except WorkbookError:
            return False


def _drive(try_one: Callable[[Any], None], count: int, seed: int) -> None:
    random = Random(seed)
    taken: Batch = []
    alone = together = 0
    while alone + together < count:
        data = mutations.changed(random, random.choice(seeds.tables()), mutations.OF_CSV)
        if _taken(data):
            if together + len(taken) < count * ALONE // (ALONE + 1):
                taken.append(data)
        elif alone < count // (ALONE + 1):
            alone += 1
            try_one([data])
        if len(taken) == TOGETHER or (
            taken and together + len(taken) >= count * ALONE // (ALONE + 1)
        ):
            together += len(taken)
            try_one(taken)
            taken = []


@contextmanager
def _example_gen(folder: Path) -> Iterator[Try]:
    from IPython.core.interactiveshell import InteractiveShell

    from utils.complaints import schema
    from utils.ingestion import records
    from utils.pipeline import components
    from utils.pipeline.config import PipelineConfig
    from utils.session.context import WorkbookContext
    from utils.session.errors import ComponentFailed

    InteractiveShell.instance()
    base, store = folder / "data", folder / "store"

    def narratives(files: Batch) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for data in files:
            text = io.StringIO(data.decode("utf-8-sig"), newline="")
            header, *rows = (row for row in csv.reader(text) if row)
            names = [name.strip() for name in header]
            for row in rows:
                cells = dict(zip(names, row, strict=True))
                if cells[schema.LABEL]:
                    found[cells[schema.KEY], cells[schema.NARRATIVE]] += 1
        return found

    def attempt(files: Batch) -> bool:
        for place in (base, store):
            shutil.rmtree(place, ignore_errors=True)
        (base / "S1").mkdir(parents=True)
        for number, data in enumerate(files):
            (base / "S1" / f"{number}.csv").write_bytes(data)
        context = WorkbookContext(store)
        component = components.example_gen(PipelineConfig(input_base=str(base), span=1))
        try:
            with redirect_stdout(io.StringIO()):
                context.run(component)
        except ComponentFailed as error:
            if "CsvError" not in str(error) and "no rows" not in str(error):
                raise Fault(f"ExampleGen failed otherwise: {error}") from error
            return REFUSED
        table = records.table(component.outputs["examples"])
        got = Counter(
            (key, narrative or "")
            for key, narrative in zip(table[schema.KEY], table[schema.NARRATIVE], strict=True)
        )
        if got != narratives(files):
            lost = narratives(files) - got
            raise Fault(f"{sum(lost.values())} rows are lost or changed, such as {[*lost][:1]}")
        return ACCEPTED

    try:
        yield attempt
    finally:
        InteractiveShell.clear_instance()


TARGETS: Sequence[Target] = (
    Target("files through ExampleGen", 208, _drive, _example_gen, seconds=90, weigh=len),
)
"""The target of this module."""
