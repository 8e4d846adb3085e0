"""Folders that cannot be used are named, with what is wrong and what to do."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forked
from tests.project.site import sample
from utils import folders, paths
from utils.folders import FolderError

AS_SOMEBODY = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
import filelock
from utils import folders
from utils.errors import WorkbookError
{imports}
if os.getuid() == 0:
    os.setegid(65534), os.seteuid(65534)  # The superuser may write everywhere.
try:
    {call}
except WorkbookError as error:
    print(error)
"""


@pytest.fixture
def shut() -> Iterator[Path]:
    """A folder that everybody may look into, and only its owner may write into, who is the superuser or gives it up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "shut")
        folder.mkdir()
        folder.joinpath("store").mkdir()
        folder.joinpath("store", "metadata.sqlite").touch()
        Path(name).chmod(0o755)
        folder.joinpath("store", "metadata.sqlite").chmod(0o444)
        folder.joinpath("store").chmod(0o777)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def program(call: str, imports: str = "") -> str:
    return AS_SOMEBODY.format(root=str(paths.ROOT), imports=imports, call=call)


def said(call: str, imports: str = "") -> str:
    code = program(call, imports)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("place", ["", "deep/down"])
def test_a_folder_that_cannot_be_written(shut, place):
    folder = shut / place
    message = said(f"folders.make(Path({str(folder)!r}))")
    assert message.startswith(f"{folder} cannot be written: Permission denied.")
    assert "Make it writable for you" in message
    assert "WORKBOOK_BUILD" in message


def test_a_file_that_cannot_be_changed(shut):
    file = shut / "store" / "metadata.sqlite"
    message = said(f"folders.check_file(Path({str(file)!r}))")
    assert message.startswith(f"{file} cannot be written: Permission denied.")


@pytest.mark.parametrize("place", ["new", "store"])
def test_a_store_that_cannot_be_written(shut, place, tmp_path):
    """Of the one that is new the folder cannot be made; of the other the database cannot be changed."""
    call = f"store.metadata_config(Path({str(shut / place)!r}))"
    message = forked.said(program(call, "from utils.pipeline import store"), tmp_path / "log")
    assert f"{shut / place}" in message
    assert "cannot be written: Permission denied." in message


def test_generated_data_that_cannot_be_written(shut):
    target = shut / "complaints" / "S1.csv"
    message = said(
        f"spans.make_once(Path({str(target)!r}), print)",
        "from utils.complaints import spans\nspans.fingerprint()",
    )
    assert message.startswith(f"{target.parent} cannot be written: Permission denied.")


@pytest.mark.parametrize("module", ["run_notebooks", "run_tests", "site"])
def test_a_build_folder_that_make_cannot_write(tmp_path, module):
    build = tmp_path / "file" / "build"
    build.parent.touch()
    options = ["--executed", str(tmp_path)] if module == "site" else []
    if options:
        sample.write(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", f"utils.project.{module}", *options],
        cwd=paths.ROOT,
        env={**os.environ, "WORKBOOK_BUILD": str(build)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"cannot be made: {build.parent} is a file.\nMove that file away" in done.stderr


def test_a_file_where_a_folder_should_be(tmp_path):
    tmp_path.joinpath("build").touch()
    with pytest.raises(FolderError) as caught:
        folders.make(tmp_path / "build" / "store")
    assert caught.value.what.endswith(f"{tmp_path / 'build'} is a file.")
    assert "Move that file away" in caught.value.cure


def test_a_store_whose_database_is_something_else(tmp_path):
    from utils.pipeline import store

    file = store.metadata_file(tmp_path)
    file.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(FolderError) as caught:
        store.metadata_config(tmp_path)
    assert caught.value.what.startswith(f"{file}, the database of ML Metadata, is damaged")
    assert "move the folder" in caught.value.cure
    file.write_bytes(b"")
    store.metadata_config(tmp_path)
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE anything (id)")
    store.metadata_config(tmp_path)


def test_a_folder_where_a_file_should_be(tmp_path):
    with pytest.raises(FolderError, match="Is a directory"):
        folders.check_file(tmp_path)


def test_a_folder_that_is_fine_is_made_and_left_empty(tmp_path):
    assert list(folders.make(tmp_path / "deep" / "down").iterdir()) == []
    folders.check_file(tmp_path / "not there yet")


@pytest.mark.parametrize("name", ["workbook [2]", "what?", "*stars*"])
def test_a_path_that_reads_as_a_pattern(tmp_path, name):
    with pytest.raises(FolderError) as caught:
        folders.check_name(tmp_path / name / "build")
    assert name in caught.value.what
    assert "Rename that folder" in caught.value.cure


@pytest.mark.parametrize(
    "name", ["two words", "it's", "a,b", "{braces}", "a]b", "100%", "Straße 1"]
)
def test_other_characters_are_welcome(tmp_path, name):
    folders.check_name(tmp_path / name)
