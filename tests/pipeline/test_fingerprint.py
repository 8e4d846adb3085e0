"""Fingerprints change with the code, and an edited module is loaded anew."""

import importlib
import sys

from utils.pipeline import fingerprint


def test_a_fingerprint_is_short_and_the_same_each_time():
    first = fingerprint.fingerprint("modules.features", "csv_executor")
    assert len(first) == 16
    assert first == fingerprint.fingerprint("modules.features", "csv_executor")
    assert first != fingerprint.fingerprint("modules.features")


def test_a_fingerprint_follows_an_edit(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "FOLDER", tmp_path)
    (tmp_path / "one.py").write_text("x = 1\n")
    before = fingerprint.fingerprint("one")
    (tmp_path / "one.py").write_text("x = 2\n")
    assert fingerprint.fingerprint("one") != before


def test_an_edited_module_is_loaded_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprint, "__package__", "edited")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "edited").mkdir()
    (tmp_path / "edited" / "__init__.py").write_text("")
    module = tmp_path / "edited" / "one.py"
    module.write_text("x = 1\n")
    loaded = importlib.import_module("edited.one")
    try:
        assert loaded.x == 1
        module.write_text("x = 'two'\n")
        fingerprint.reload("one", "not_loaded")
        assert loaded.x == "two"
        assert "edited.not_loaded" not in sys.modules
    finally:
        del sys.modules["edited.one"], sys.modules["edited"]
