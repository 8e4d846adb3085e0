"""Files that would be written again unchanged."""

from __future__ import annotations

import pytest

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
