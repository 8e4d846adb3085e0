"""Files that would be written again unchanged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.disks import room
from utils.files import FileError
from utils.ingestion import files, records
from utils.ingestion.keeping import unless_equal


def test_an_equal_file_keeps_its_time(tmp_path):
    path = tmp_path / "folder" / "file"
    for _ in range(2):
        with unless_equal(path) as part:
            part.write_bytes(b"same")
    inode = path.stat().st_ino
    with unless_equal(path) as part:
        part.write_bytes(b"same")
    assert path.stat().st_ino == inode
    with unless_equal(path) as part:
        part.write_bytes(b"other")
    assert path.read_bytes() == b"other"


def test_an_error_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), unless_equal(path) as part:
        part.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_two_writers_at_once_leave_one_whole_file(tmp_path):
    with unless_equal(tmp_path / "file") as first, unless_equal(tmp_path / "file") as second:
        first.write_bytes(b"of the first")
        second.write_bytes(b"of the second")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"of the first"]


@pytest.mark.parametrize("ending", ["csv", "parquet", "avro", "tfrecord"])
def test_a_full_disk_is_one_sentence(tmp_path, ending):
    frame = pd.DataFrame({"text": np.random.default_rng(0).random(10_000).astype(str)})
    path = tmp_path / f"rows.{ending}"
    with pytest.raises(FileError, match=f"/rows.{ending} cannot be written: File too"), room(1000):
        if ending == "tfrecord":
            records.write(path, frame.to_dict("records"))
        else:
            getattr(files, f"write_{ending}")(frame, path)
    assert list(tmp_path.iterdir()) == []
