"""A spool: where rows wait on this machine's disk while the database is away.

It is bounded, because a disk is; a batch that finds no room is refused, never dropped in silence. A batch is on the
disk before the writer goes on, and leaves the spool only after the database has it. Between these two moments a program
may be killed, and then the batch is written a second time: that is why each row has an id, and why a row that the
database knows is not counted again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from filelock import FileLock

from utils.feedback.errors import FeedbackError, SpoolFull
from utils.files import atomic_text

MOST = 10_000
"""How many rows wait at the most, unless a spool is told another number."""

Batch = tuple[str, list[list]]
"""A table's name, and rows for it."""


class Spool:
    """Batches in a file, one a line, safe for several processes."""

    def __init__(self, file: Path, most: int = MOST) -> None:
        """Name the spool.

        Args:
            file: Its file, which is made when it is first needed.
            most: How many rows may wait.
        """
        self.file = file
        self.most = most
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{file}.lock")

    def __len__(self) -> int:
        return sum(len(rows) for _, rows in self._batches())

    def append(self, table: str, rows: Sequence[Sequence]) -> None:
        """Let a batch wait; when this returns, it is on the disk.

        Args:
            table: The table that it is for.
            rows: Its rows, values that JSON can hold.

        Raises:
            SpoolFull: If there is no room; then nothing of the batch was taken.
        """
        with self._lock:
            waiting = len(self)
            if waiting + len(rows) > self.most:
                raise SpoolFull(
                    f"The spool {self.file.name} holds {waiting:,} rows and may hold {self.most:,}, so there "
                    f"is no room for {len(rows):,} more.",
                    "Bring the database back and call flush(), or stop taking requests; this batch was not taken.",
                )
            self._drop_torn_end()
            with self.file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([table, [list(row) for row in rows]]) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def empty(self, write: Callable[[str, list[list]], object]) -> int:
        """Hand all batches over, in their order, and forget each that was written.

        Args:
            write: Writes a batch for good. When it fails, this batch and those after it stay.

        Returns:
            How many rows were handed over.

        Raises:
            Exception: What ``write`` raised.
        """
        with self._lock:
            waiting, done = list(self._batches()), 0
            try:
                for table, rows in waiting:
                    write(table, rows)
                    done += 1
            finally:
                if done:
                    with atomic_text(self.file) as file:
                        file.writelines(json.dumps(list(batch)) + "\n" for batch in waiting[done:])
                        file.flush()
                        os.fsync(file.fileno())
            return sum(len(rows) for _, rows in waiting)

    def _batches(self) -> Iterator[Batch]:
        try:
            lines = self.file.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return  # torn: its writer was killed before it went on, and will ask again
            try:
                table, rows = json.loads(line)
            except ValueError as error:
                raise FeedbackError(
                    f"Line {number} of the spool {self.file} cannot be read.",
                    "Somebody has edited it: mend or delete this line, its rows are not in the database yet.",
                ) from error
            yield table, rows

    def _drop_torn_end(self) -> None:
        if not self.file.exists():
            return
        whole = self.file.read_bytes()
        end = whole.rfind(b"\n") + 1
        if end < len(whole):
            with self.file.open("r+b") as file:
                file.truncate(end)
