from __future__ import annotations

import json
import os
from pathlib import Path

from utils.cloud import keys

BEGIN = "-----BEGIN PRIVATE" + " KEY-----"


def test_keys_are_found_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / ".git").mkdir()
    key = json.dumps({"private_key": BEGIN, "client_email": "pipeline@p.iam.gserviceaccount.com"})
    (tmp_path / "deep" / "notes.txt").write_text(key)
    (tmp_path / ".git" / "notes.txt").write_text(key)
    (tmp_path / "login.json").write_text(json.dumps({"refresh_token": "x"}))
    (tmp_path / "id").write_text(f"{BEGIN}\nabc\n")
    (tmp_path / "old.p12").write_bytes(b"\x00")
    (tmp_path / "marked").write_text(f"{BEGIN}\nabc\n", "utf-8-sig")
    (tmp_path / "windows.json").write_text(json.dumps({"refresh_token": "x"}), "utf-16")
    found = {one.file: one.why for one in keys.find(tmp_path)}
    assert found == {
        "deep/notes.txt": "a key of pipeline@p.iam.gserviceaccount.com",
        "id": "a private key",
        "login.json": "somebody's own login",
        "marked": "a private key",
        "old.p12": "a key store, by its name",
        "windows.json": "somebody's own login",
    }
    assert BEGIN not in repr(keys.find(tmp_path))


def test_what_only_speaks_of_keys_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f'assert "{BEGIN}" in text\n')
    (tmp_path / "b.json").write_text('["private_key"]')
    (tmp_path / "large").write_bytes(b"x" * (keys.LARGEST + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "deep").write_text("[" * keys.LARGEST)
    os.mkfifo(tmp_path / "pipe")
    assert keys.find(tmp_path) == []
