"""What may go wrong around a component: a disk full or read-only, umasks, paths, damaged files; nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.disks import must_mount
from tests.forked import said

NOTEBOOK = """
import os, subprocess
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from tests.session.parts import Copy, Large, Read, Split, Write
from utils.errors import WorkbookError
from utils.session.context import WorkbookContext
store = Path({store!r})

def told(call):
    try:
        call()
    except WorkbookError as error:
        assert "\\n" not in error.what and error.cure, error
        print("TOLD", type(error).__name__, error.what, "->", error.cure)
        return True

def states(context):
    with context.metadata() as handle:
        return {{one.last_known_state for one in handle.store.get_executions()}}
"""

OWN_DISK = """
import ctypes
assert ctypes.CDLL(None).unshare(0x00020000) == 0  # CLONE_NEWNS: the mounts below are this program's alone
store.mkdir()
if "WORKBOOK_USERLAND" not in os.environ:  # its mounts are private already
    subprocess.run("mount --make-rprivate /".split(), check=True)
subprocess.run(f"mount -t tmpfs -o size=4m none {store}".split(), check=True)
"""

FULL = """
context = WorkbookContext(store)
context.run(Write(text="a"))
filler, failed = store / "filler", []
for left in (0, 4, 16, 64, 128, 192):
    for make in (lambda: Write(text=f"{left}"), lambda: Large(kilobytes=160 + left)):
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                file.truncate(file.tell() - left * 1024)
        failed += [told(lambda: context.run(make()))]
        told(lambda: WorkbookContext(store))
        filler.unlink()
        context.run(make())
        assert context.run(make()).cached and context.run(Write(text="a")).cached
assert failed.count(True) > len(failed) / 2, failed
assert states(context) <= {3, 4, 5, 6}, states(context)  # complete, failed, cached, canceled
assert not list((store / "claims").iterdir())
for file in (store / "artifacts").rglob("text"):
    assert file.read_text(), file
"""

READ_ONLY = """
context = WorkbookContext(store)
context.run(Write(text="a"))
subprocess.run(["mount", "-o", "remount,ro", str(store)], check=True)
assert told(lambda: context.run(Write(text="b")))
assert told(lambda: context.run(Write(text="a")))
assert told(lambda: WorkbookContext(store))
assert told(lambda: context.folder("05"))
subprocess.run(["mount", "-o", "remount,rw", str(store)], check=True)
assert context.run(Write(text="a")).cached
assert not context.run(Write(text="b")).cached
"""

PLAIN = """
os.umask({umask})
context = WorkbookContext(store)
split = Split()
context.run(split)
context.run(Read(source=split.outputs["out"]))
assert WorkbookContext(store).run(Split()).cached
(context.folder("05") / "mine.py").touch()
os.umask(0o022)
again = Split()
assert WorkbookContext(store).run(again).cached
assert WorkbookContext(store).run(Read(source=again.outputs["out"])).cached
"""


def program(store: Path, code: str) -> str:
    return NOTEBOOK.format(store=str(store)) + code


def told(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.startswith("TOLD ")]


@pytest.fixture
def disk(tmp_path):
    """The folder of a store that is a disk of its own, which only the program sees."""
    must_mount()
    return tmp_path / "store"


def test_a_disk_that_is_full(disk, tmp_path):
    """Wherever the room ends, one sentence says so; with room again the same cell works, and the rest is there."""
    lines = told(said(program(disk, OWN_DISK + FULL), tmp_path / "log"))
    assert len(lines) > 7
    for line in lines:
        assert "No space left on device" in line and "Free some disk space" in line, line
        assert len(line) < 600, line


def test_a_store_that_becomes_read_only(disk, tmp_path):
    lines = told(said(program(disk, OWN_DISK + READ_ONLY), tmp_path / "log"))
    assert len(lines) == 4
    for line in lines:
        assert "Read-only file system" in line and "Make it writable for you" in line, line


@pytest.mark.parametrize("umask", ["0o077", "0o000", "0o027"])
def test_another_user_s_umask(tmp_path, umask):
    said(program(tmp_path / "store", PLAIN.format(umask=umask)), tmp_path / "log")


@pytest.mark.parametrize("name", ["two words", "Straße 1, 100 % ñ 数据", "it's {b} a,b]"])
def test_a_path_with_spaces_and_other_letters(tmp_path, name):
    said(program(tmp_path / name / "store", PLAIN.format(umask="0o022")), tmp_path / "log")


@pytest.fixture(scope="module")
def ipython():
    from IPython.core.interactiveshell import InteractiveShell

    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


@pytest.fixture
def context(ipython, tmp_path):
    from utils.session.context import WorkbookContext

    return WorkbookContext(tmp_path / "store")


def test_an_input_that_cannot_be_read(context):
    """The examples of ``Split`` are no records, as if something had been written over them."""
    from tfx import v1 as tfx

    from tests.session.parts import Split
    from utils.session.errors import ArtifactDamaged

    split = Split()
    uri = Path(context.run(split).outputs[0].uri)
    statistics = tfx.components.StatisticsGen(examples=split.outputs["out"])
    with pytest.raises(ArtifactDamaged) as caught:
        context.run(statistics)
    assert caught.value.what.startswith(
        "StatisticsGen cannot run: the artifact 'out' of Split is damaged: Split-"
    )
    assert "a.gz cannot be read" in caught.value.what and str(uri) in caught.value.what
    assert "move that folder away" in caught.value.cure and "for Split again" in caught.value.cure
    assert len(list(uri.glob("Split-*/*.gz"))) == 4, "nothing is deleted"
    uri.rename(uri.with_name("aside"))
    assert not context.run(Split()).cached


def test_a_schema_that_cannot_be_shown(context):
    from tests.session.parts import Write
    from utils.session.errors import ArtifactDamaged

    write = Write(text="")
    Path(context.run(write).outputs[0].uri, "schema.pbtxt").write_text("feature {")
    with pytest.raises(ArtifactDamaged) as caught:
        context.show(write.outputs["out"])
    assert caught.value.what.startswith("Nothing can be shown: the artifact 'out' of Write is")
    assert "schema.pbtxt cannot be read" in caught.value.what


def test_a_database_that_is_damaged_between_two_cells(context):
    from tests.session.parts import Write
    from utils.folders import FolderError

    context.run(Write(text="a"))
    file = context.store / "metadata.sqlite"
    whole = file.read_bytes()
    file.write_bytes(whole[:40_000])
    with pytest.raises(FolderError, match=r"metadata\.sqlite, the database .*, is damaged: "):
        context.run(Write(text="b"))
    assert file.read_bytes() == whole[:40_000], "it is left as it is"
    file.write_bytes(whole)
    assert context.run(Write(text="a")).cached


def test_a_store_that_is_cleared_away_between_two_cells(context):
    from tests.session.parts import Copy, Write
    from utils.session.errors import ArtifactMissing

    source = Write(text="a")
    context.run(source)
    shutil.rmtree(context.store)
    with pytest.raises(ArtifactMissing, match="it is missing"):
        context.run(Copy(source=source.outputs["out"]))
    assert not context.run(source).cached
    assert not context.run(Copy(source=source.outputs["out"])).cached


@pytest.mark.parametrize("left", ["", "{", "[]", '{"uri": 1}', '{"files": 7}'])
def test_lists_and_claims_that_a_failing_machine_left_unreadable(context, left):
    from tests.session.parts import Write

    first = context.run(Write(text="a"))
    for file in (context.store / "manifests").iterdir():
        file.write_text(left)
    (context.store / "claims" / "one.json").write_text(left)
    assert context.run(Write(text="a")).cached
    assert Path(first.outputs[0].uri, "text").read_text() == "a"
    assert not list((context.store / "claims").iterdir())
