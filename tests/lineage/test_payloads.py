"""Files behind a URI."""

from __future__ import annotations

from types import SimpleNamespace

from utils.lineage import payloads


def test_files_with_their_sizes_however_deep(tmp_path):
    (tmp_path / "Split-train").mkdir()
    (tmp_path / "Split-train" / "data.gz").write_bytes(b"12345")
    (tmp_path / "schema.pbtxt").write_bytes(b"1")
    table = payloads.files(SimpleNamespace(uri=str(tmp_path)))
    assert table["bytes"].to_dict() == {"Split-train/data.gz": 5, "schema.pbtxt": 1}


def test_an_empty_payload_is_an_empty_table(tmp_path):
    assert len(payloads.files(tmp_path)) == 0
