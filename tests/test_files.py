"""Files are written whole or not at all; folders are emptied only if the workbook made them."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests import disks
from utils import files
from utils.files import FileError, size


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.txt"
    with files.atomic_text(target) as file:
        file.write("old\r\n\u00e4")
    with pytest.raises(ZeroDivisionError), files.atomic_text(target) as file:
        file.write("half")
        raise ZeroDivisionError
    assert target.read_bytes() == "old\r\n\u00e4".encode()
    assert [path.name for path in target.parent.iterdir()] == ["file.txt"]


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"is a folder"), files.atomic_text(tmp_path):
        raise AssertionError
    with pytest.raises(FileError, match="is not an ordinary file"):
        files.check_target(Path("/dev/null"))
    (tmp_path / "file").touch()
    with pytest.raises(
        FileError, match="cannot be written: a file stands in the place of its folder"
    ):
        files.check_target(tmp_path / "file" / "below" / "it")
    with pytest.raises(FileError, match="cannot be written: File name too long"):
        files.check_target(tmp_path / ("x" * 300))


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(FileError, match=r"file cannot be written: File too large\.\nFree some"),
        disks.room(1000),
        files.atomic_text(tmp_path / "file") as file,
    ):
        file.write("x" * 100_000)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_of_a_file_do_not_share_a_name(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with files.atomic_path(target) as first:
        first.write_bytes(b"first")
        with files.atomic_path(target) as second:
            second.write_bytes(b"second")
        assert target.read_bytes() == b"second"
        assert first.read_bytes() == b"first"
    assert target.read_bytes() == b"first"
    assert target.stat().st_mode & 0o777 == 0o644
    with files.atomic_path(target) as third:
        third.unlink()
    assert target.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [target]


def test_the_error_is_an_os_error_that_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(FileError("What.", "Cure.")))
    assert isinstance(error, OSError)
    assert (error.what, error.cure, str(error)) == ("What.", "Cure.", "What.\nCure.")


def test_a_folder_is_emptied_only_if_it_was_made_so(tmp_path: Path) -> None:
    folder = files.fresh_folder(tmp_path / "new" / "folder")
    (folder / "below").mkdir()
    assert files.fresh_folder(folder) == folder
    assert [path.name for path in folder.iterdir()] == [files.MARK]
    (tmp_path / "empty").mkdir()
    files.fresh_folder(tmp_path / "empty")


def test_a_kill_while_a_folder_is_emptied_does_not_make_it_somebody_else_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files.fresh_folder(tmp_path / "new")
    (folder / "data").touch()

    def killed(place: Path) -> None:
        (Path(place) / files.MARK).unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(files.shutil, "rmtree", killed)
        files.fresh_folder(folder)
    files.fresh_folder(folder)
    assert [path.name for path in folder.iterdir()] == [files.MARK]
    assert list(tmp_path.iterdir()) == [folder], "what was left is gone too"


def test_what_others_made_is_left_alone(tmp_path: Path) -> None:
    precious = tmp_path / "documents" / "letter.txt"
    precious.parent.mkdir()
    precious.touch()
    marked = files.fresh_folder(tmp_path / "marked")
    (marked / "link").symlink_to(precious.parent)
    for folder in (precious.parent, tmp_path, marked / "link", marked / ".." / "documents"):
        with pytest.raises(FileError, match="holds files that the workbook did not make"):
            files.fresh_folder(folder)
    with pytest.raises(FileError, match="is a file"):
        files.fresh_folder(precious)
    assert precious.exists()


def test_all_below_a_marked_folder_may_be_emptied(tmp_path: Path) -> None:
    (tmp_path / "work" / "inbox" / "1").mkdir(parents=True)
    files.mark(tmp_path / "work")
    assert files.fresh_folder(tmp_path / "work" / "inbox").is_dir()
    assert not (tmp_path / "work" / "inbox" / "1").exists()


def test_a_folder_weighs_what_its_files_do(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "one").write_bytes(b"abc")
    (tmp_path / "below" / "two").write_bytes(b"de")
    assert (size(tmp_path), size(tmp_path / "one"), size(tmp_path / "none")) == (5, 3, 0)
