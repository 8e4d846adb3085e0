"""A copy stands in its place whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from utils import files
from utils.operating import remembering


def test_a_kill_while_it_is_copied_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = files.fresh_folder(tmp_path / "memory")
    (source / "a").write_text("new")
    (source / "__pycache__").mkdir()
    target = files.fresh_folder(tmp_path / "files")
    (target / "old").touch()

    def killed(_: Path, place: Path, **__: object) -> None:
        place.mkdir()
        (place / "a").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(shutil, "copytree", killed)
        remembering.copy(source, target)
    files.check_disposable(target)
    assert (target / "old").exists()
    remembering.copy(source, target)
    assert {path.name for path in target.iterdir()} == {"a", files.MARK}
    assert (target / "a").read_text() == "new"
    assert {path.name for path in tmp_path.iterdir()} == {"memory", "files"}
