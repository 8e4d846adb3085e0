"""Deliveries, span after span."""

from __future__ import annotations

import pytest

from tests.disks import room
from utils import paths
from utils.files import FileError
from utils.ingestion import pictures, workspace
from utils.ingestion.errors import IngestionError
from utils.ingestion.inbox import Inbox
from utils.ingestion.versions import DataRepository


def test_deliveries_keep_time_and_bytes(tmp_path):
    inbox = Inbox(tmp_path / "inbox").deliver("S1").deliver("S1", 2, change=str.upper)
    assert inbox.files == ["1/v1/complaints.csv", "1/v2/complaints.csv"]
    source = paths.DATA / "complaints" / "S1.csv"
    first, second = (inbox.folder / name for name in inbox.files)
    assert first.read_bytes() == source.read_bytes()
    assert second.read_text(encoding="utf-8") == source.read_text(encoding="utf-8").upper()
    times = {int(path.stat().st_mtime) for path in (source, first, second)}
    assert len(times) == 1


def test_an_inbox_begins_empty(tmp_path):
    Inbox(tmp_path / "inbox").deliver("S2")
    assert Inbox(tmp_path / "inbox").files == []


def test_nothing_is_overwritten(tmp_path):
    inbox = Inbox(tmp_path / "inbox").deliver("S1")
    with pytest.raises(IngestionError, match="the next version"):
        inbox.deliver("S1")
    with pytest.raises(IngestionError, match="Use one of S1, S2"):
        inbox.deliver("S9")


@pytest.mark.parametrize("make", [Inbox, DataRepository, pictures.make])
def test_a_folder_of_somebody_elses_is_left_alone(tmp_path, make):
    (tmp_path / "letter.txt").touch()
    with pytest.raises(FileError, match="the workbook did not make"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_what_lies_in_a_notebooks_own_folder_is_replaced(tmp_path):
    work = workspace.claim(tmp_path)
    (work / "inbox" / "from an older workbook").mkdir(parents=True)
    assert Inbox(work / "inbox").files == []
    workspace.release(work)


def test_a_delivery_whose_correction_fails_was_none(tmp_path):
    inbox = Inbox(tmp_path / "inbox")
    with pytest.raises(ZeroDivisionError):
        inbox.deliver("S1", change=lambda text: text[: 1 // 0])
    assert inbox.files == []
    assert inbox.deliver("S1").files == ["1/v1/complaints.csv"]
    with pytest.raises(FileError, match="File too large"), room(1000):
        inbox.deliver("S2")
    assert inbox.deliver("S2").files == ["1/v1/complaints.csv", "2/v1/complaints.csv"]
