from __future__ import annotations

from pathlib import Path

import pytest

from utils.project import clean


def test_what_is_costly_stays_unless_all_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_BUILD", str(tmp_path))
    for name in ("env-1.16", "side", "downloads", "executed", "store-1.16", "complaints"):
        (tmp_path / name / "inside").mkdir(parents=True)
    (tmp_path / "notes.txt").touch()
    assert clean.main([]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["downloads", "env-1.16", "side"]
    assert "executed" in capsys.readouterr().out
    assert clean.main(["all"]) == 0
    assert list(tmp_path.iterdir()) == []


def test_links_are_deleted_and_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, elsewhere = tmp_path / "build", tmp_path / "elsewhere"
    build.mkdir()
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (build / "executed").symlink_to(elsewhere)
    monkeypatch.setenv("WORKBOOK_BUILD", str(build))
    assert clean.main([]) == 0
    assert (elsewhere / "precious").exists()
    assert clean.to_delete(tmp_path / "missing", everything=True) == []


def test_a_folder_that_is_no_build_folder_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "home" / "me").mkdir(parents=True)
    (tmp_path / "home" / "executed").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "me"))
    for folder, why in ((tmp_path / "documents", ""), (tmp_path / "home", "your home folder")):
        (folder / "letter.txt").touch()
        monkeypatch.setenv("WORKBOOK_BUILD", str(folder))
        assert clean.main(["all"]) == 1
        assert (folder / "letter.txt").exists()
        said = capsys.readouterr().err
        assert f"{folder} holds" in said
        assert why in said
